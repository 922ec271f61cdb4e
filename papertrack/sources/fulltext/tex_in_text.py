"""Lines of Markdown in which formulas are TeX without marks around them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from papertrack.core.lazy_regex import pattern
from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.verbalised import untangled

_BRACE = pattern(r"\\.|[{}]")
_CITED_BY = pattern(r" ?Cited by: (?:\[[^\[\]]{0,80}\]\([^()]{0,400}\)[,.; ]*)+")
_RAISED = pattern(r"\{\}\^\{([^{}]{1,40})\}")
_FOOTNOTE = pattern(r"(?<=[\w.,;:)”])(\d{1,2}) \1 \1 ?(?=\S)")
_TOUCHING = pattern(r"\((?:19|20)\d\d[a-z]?\)(?=[^\W\d_])")
"""The year of a reference that touches its title."""
_OPAQUE = pattern(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<image>!\[[^\[\]]*\]\([^()\s]*\))"
    r"|\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"\((?P<url>(?:[^()\s\[\]<>]|\([^()\s]*\))*)(?:\s+\"[^\"]*\")?\)"
    r"|(?P<bare>https?://[^\s<>\[\]]+)"
    r"|(?P<formula>\ue000[^\ue000\ue001]*\ue001)"
)
"""What has no formulas in it; those that are known already are between private signs."""
_OWN = pattern(r"https?://(?:www\.)?arxiv\.org/html/[^#\s]*(?:#|$)")
_TEX = pattern(r"\\[A-Za-z]+|[_^]\{|\\[,;!{}|](?=\S)")
"""What only formulas have."""
_NUMBERED = pattern(r"(.*[^\s(])\s*\(([A-Za-z0-9.*′']{1,8})\)")
_COMMAND = pattern(r"\\[A-Za-z]+\*?( (?=\\|\d|[A-Za-z](?![A-Za-z])|[({\[|]))?")


def tidied(line: str, *, in_table: bool = False, may_be_display: bool = False) -> str:
    """A line with its formulas between dollars; one that is a formula on lines of its
    own if it `may_be_display`.
    """
    line = untangled(_CITED_BY.sub("", line), "\ue000{}\ue001")
    if may_be_display and line.startswith("\\"):
        display = _display(line)
        if display:
            return display
    parts: list[str] = []
    start = 0
    for match in _OPAQUE.finditer(line):
        parts += [
            _text(line[start : match.start()], in_table),
            _opaque(match, in_table),
        ]
        start = match.end()
    parts.append(_text(line[start:], in_table))
    return "".join(parts).rstrip()


def _display(line: str) -> str:
    """A line that is one formula, with its number; "" for another."""
    if _end(line, 0, _closings(line)) < len(line):
        return ""
    numbered = _NUMBERED.fullmatch(line)
    if numbered and _is_balanced(numbered[1]):
        return markdown.display(numbered[1], numbered[2])
    return markdown.display(line)


def _opaque(match: re.Match[str], in_table: bool) -> str:
    """A link to another page; of one within the paper its text."""
    if match["formula"]:
        return markdown.formula(match["formula"][1:-1], in_table=in_table)
    if match["url"] is None:
        return f"<{match['bare']}>" if match["bare"] else match[0]
    label, url = match["label"], match["url"]
    if not url or _OWN.match(url):
        return tidied(label, in_table=in_table)
    if label == url:
        return f"<{url}>"
    return f"[{_text(label, in_table)}]({url})"


def _text(text: str, in_table: bool) -> str:
    """Text without links and code, its formulas between dollars."""
    text = _RAISED.sub(lambda match: _raised(match[1]), text)
    text = _FOOTNOTE.sub(
        lambda match: f"{_raised(match[1])} (footnote {match[1]}) ", text
    )
    parts: list[str] = []
    start = 0
    closings = _closings(text)
    while match := _TEX.search(text, start):
        begin = max(text.rfind(" ", start, match.start()) + 1, start)
        begin, end = _trimmed(text, begin, _end(text, begin, closings))
        if end <= match.start():
            end = match.end()
            parts.append(_plain(text[start:end]))
        else:
            tex = text[begin:end].replace(r"\|", "|") if in_table else text[begin:end]
            formula = markdown.formula(tex, in_table=in_table)
            parts += [_plain(text[start:begin]), formula]
        start = end
    return "".join([*parts, _plain(text[start:])])


def _raised(text: str) -> str:
    text = re.sub(r"\\[;,: ]|~", "", text)
    return markdown.escape(markdown.raised(text).text)


def _plain(text: str) -> str:
    """Text that is no formula: with its markup, but without elements of HTML."""
    text = _TOUCHING.sub(r"\g<0> ", text)
    return re.sub(r"(?<!\\)(?:\$|<(?=[A-Za-z/!?]))", r"\\\g<0>", text)


def _end(text: str, start: int, closings: Mapping[int, int]) -> int:
    """Where a formula ends: at a space that no command and no brace needs."""
    at = start
    while at < len(text) and not text[at].isspace():
        if text[at] == "\\":
            command = _COMMAND.match(text, at)
            at = command.end() if command else at + 2
        elif text[at] == "{":
            at = closings.get(at, at) + 1
        else:
            at += 1
    return min(at, len(text))


def _closings(text: str) -> Mapping[int, int]:
    """The places of braces that open, with those of the braces that close them."""
    closings: dict[int, int] = {}
    waiting: list[int] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            waiting.append(match.start())
        elif match[0] == "}" and waiting:
            closings[waiting.pop()] = match.start()
    return closings


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    """A formula without the punctuation of the sentence around it."""
    while begin < end and text[begin] in "“\"'*_":
        begin += 1
    surplus = text.count("(", begin, end) - text.count(")", begin, end)
    while begin < end:
        last = text[end - 1]
        if last == ")" and surplus < 0:
            surplus += 1
        elif last not in ".,;:”\"'*_":
            break
        end -= 1
    while begin < end and text[begin] == "(" and surplus > 0:
        surplus -= 1
        begin += 1
    return begin, end


def _is_balanced(tex: str) -> bool:
    return tex.count("{") == tex.count("}")
