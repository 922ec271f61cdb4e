r"""Formulas in a text that is no LaTeX otherwise: `$\mathcal{O}(n)$`.

A formula is one only if it is made of commands that typeset: what else a backslash
starts could read or write files where the text is exported to. So this is a list of what
is allowed, not of what is not.
"""

from __future__ import annotations

import re

from papertrack.core.lazy_regex import pattern

_COMMANDS = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho
    sigma tau upsilon phi chi psi omega varepsilon vartheta varkappa varpi varrho varsigma
    varphi Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega aleph beth hbar hslash
    imath jmath ell wp Re Im partial nabla infty emptyset varnothing prime backprime forall
    exists nexists neg lnot top bot angle measuredangle triangle square Box Diamond lozenge
    bigstar blacksquare clubsuit diamondsuit heartsuit spadesuit flat natural sharp degree
    checkmark dag dagger ddag ddagger S P pounds copyright mho complement surd

    pm mp times div ast star circ bullet cdot cap cup uplus sqcap sqcup vee wedge lor land
    setminus smallsetminus wr oplus ominus otimes oslash odot bigcirc amalg ltimes rtimes
    bowtie leq le geq ge ll gg neq ne equiv sim simeq approx approxeq cong asymp propto
    doteq models perp mid nmid parallel nparallel in ni notin subset supset subseteq
    supseteq subsetneq supsetneq nsubseteq sqsubset sqsupset sqsubseteq sqsupseteq vdash
    dashv prec succ preceq succeq lesssim gtrsim lessapprox gtrapprox leqslant geqslant leqq
    geqq lt gt eqsim triangleq coloneqq colon vartriangle trianglelefteq trianglerighteq
    therefore because backslash

    to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow
    longleftarrow longrightarrow longleftrightarrow Longleftarrow Longrightarrow
    Longleftrightarrow mapsto longmapsto hookleftarrow hookrightarrow uparrow downarrow
    updownarrow Uparrow Downarrow nearrow searrow swarrow nwarrow rightharpoonup
    rightharpoondown leftharpoonup leftharpoondown rightleftharpoons leftrightarrows
    rightrightarrows rightsquigarrow leadsto iff implies impliedby nrightarrow xrightarrow
    xleftarrow

    left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm
    langle rangle lceil rceil lfloor rfloor lbrace rbrace lbrack rbrack lvert rvert lVert
    rVert vert Vert ldots cdots vdots ddots dots dotsc dotsb

    sum prod coprod int iint iiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot
    bigotimes bigoplus biguplus arccos arcsin arctan arg cos cosh cot coth csc deg det dim
    exp gcd hom inf ker lg lim liminf limsup ln log max min Pr sec sin sinh sup tan tanh
    argmax argmin operatorname limits nolimits bmod pmod mod

    frac dfrac tfrac cfrac binom dbinom tbinom sqrt stackrel overset underset overbrace
    underbrace overline underline overrightarrow overleftarrow widehat widetilde hat tilde
    bar vec dot ddot acute grave check breve mathring not sideset substack smash phantom
    boxed boldsymbol bm pmb mathbf mathrm mathit mathsf mathtt mathcal mathbb mathfrak
    mathscr mathnormal mathds text textrm textbf textit textsf texttt textsc textup
    textnormal emph mbox rm bf it sf tt cal displaystyle textstyle scriptstyle
    scriptscriptstyle quad qquad enspace thinspace mathop mathbin mathrel mathord mathpunct
    ensuremath nonumber rule
"""
COMMANDS = frozenset(_COMMANDS.split())
"""The commands that a formula may contain: none defines, reads, writes or links."""

_MOST = 500
_CANDIDATE = pattern(
    r"(?<![\\$])(?P<dollars>\$\$?)(?![\s$])(?P<inner>(?:[^$\\]|\\[^\n])+?)(?<!\s)"
    r"(?P=dollars)(?![\d$])"
)
_COMMAND = pattern(r"\\([A-Za-z]+)")
_PROSE = pattern(r"[A-Za-z]{2,}\s+[A-Za-z]{2,}|[A-Za-z]{4}")


def parts(text: str) -> list[str]:
    """`text` in pieces: the formulas, with their dollars, are those at odd places."""
    if "$" not in text:
        return [text]
    pieces: list[str] = []
    start = 0
    for match in _CANDIDATE.finditer(text):
        if is_formula(match["inner"]):
            pieces += [text[start : match.start()], match[0]]
            start = match.end()
    return [*pieces, text[start:]]


def is_formula(inner: str) -> bool:
    """Whether what is between dollars typesets a formula, and nothing else."""
    if len(inner) > _MOST or not inner.isprintable():
        return False
    # `^^5c` is a backslash to TeX; the others end a formula or start something else.
    if "^^" in inner or re.search(r"(?<!\\)[%#&@`\"]|://", inner):
        return False
    commands = _COMMAND.findall(inner)
    if not all(name in COMMANDS for name in commands):
        return False
    is_plain = not commands and not re.search(r"[\^_\\=<>+]", inner)
    if is_plain and _PROSE.search(inner):
        return False
    return is_balanced(inner) and inner.count(r"\left") == inner.count(r"\right")


def is_balanced(text: str) -> bool:
    """Whether all braces are closed: for LaTeX, and for BibTeX, which knows no `\\{`."""
    for braces in (re.findall(r"[{}]", text), re.findall(r"\\.|([{}])", text)):
        depth = 0
        for brace in braces:
            depth += {"{": 1, "}": -1}.get(brace, 0)
            if depth < 0:
                return False
        if depth:
            return False
    return True
