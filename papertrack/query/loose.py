"""Which words of a query a search may do without.

A person who half remembers a paper types words of which some are wrong. What is stated
exactly stays exact: phrases, prefixes, fields, and a query with `or`, `not` or
parentheses as a whole.
"""

from collections.abc import Sequence
from typing import NamedTuple

from papertrack.query.clauses import And, Clause, Everything, How, Text, joined
from papertrack.query.tokens import has_operators

_STOP_WORDS = """
a about above across after all also am among an and another any are as at be because
been before being below between both but by can cannot could did do does doing done
during each either for from had has have having he her here his how i if in into is it
its itself just let may me might more most much must my neither no nor not of off on once
only onto or other our ours out over own per rather same shall she should since so some
such than that the their them themselves then there these they this those through thus to
too toward towards under until up upon us very via was we were what when where whether
which while who whom whose why will with within without would yet you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""English words that say nothing about what a paper is about."""


_SIGNS = ".,:;!?()[]{}\"'“”‘’`*|–—-"
"""What is around a word in a sentence."""


class Loose(NamedTuple):
    """A query in two: its bare words but for stop words, and what stays exact.

    `dropped` are the stop words.
    """

    words: tuple[Text, ...]
    rest: Clause = Everything()
    dropped: tuple[str, ...] = ()

    @property
    def clause(self) -> Clause:
        """What has all of the words."""
        return joined(And, [*self.words, *self.exact])

    @property
    def exact(self) -> tuple[Clause, ...]:
        """What stays exact, as the parts that a match must all meet."""
        if isinstance(self.rest, Everything):
            return ()
        return self.rest.clauses if isinstance(self.rest, And) else (self.rest,)


def loosened(clause: Clause, text: str) -> Loose | None:
    """The query in two; `text` is how it was typed. None where it has no bare words, or
    states itself how its terms are joined.
    """
    parts = clause.clauses if isinstance(clause, And) else (clause,)
    words: list[Text] = []
    others: list[Clause] = []
    for part in parts:
        if isinstance(part, Text) and part.how is How.WORD and part.field is None:
            words.append(part)
        else:
            others.append(part)
    if not words or has_operators(text):
        return None
    return of_words(words)._replace(
        rest=joined(And, others) if others else Everything()
    )


def of_words(words: Sequence[Text]) -> Loose:
    """A query of words alone: without stop words, unless it has no others."""
    telling: list[Text] = []
    dropped: list[str] = []
    for word in words:
        bare = word.text.strip(_SIGNS)
        if bare.casefold() in STOP_WORDS:
            dropped.append(bare)
        else:
            telling.append(word)
    if not telling:
        return Loose(tuple(words))
    return Loose(tuple(telling), dropped=tuple(dropped))
