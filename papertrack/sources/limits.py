"""What comes before every parser: text, JSON and markup of a size that parsers can bear.

Nothing up to 10 MB may keep a reader waiting for 10 seconds or take 500 MB. The parsers
themselves do not ensure that: selectolax takes the square of a page's depth, ElementTree
200 bytes per element, `json` a stack frame per bracket. What is refused here raises
Unrecognised; real responses stay below a tenth of each limit.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from papertrack.core.errors import Unrecognised
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_FILE = 500 * 1024 * 1024
"""Bytes of a file that is read as a whole, decompressed."""
MAX_LINE = 16 * 1024 * 1024
"""Bytes of a line of a file that is read line by line."""
HEAD = 256 * 1024
"""Bytes of a file that its format is detected from."""

# ------------------------------------------------------------------ text

# Codecs of text only: others (hex, rot13, idna, punycode, ...) raise errors of any kind.
_CODEC = pattern(
    r"utf-(?:8|16|32)|iso8859|iso2022|cp\d|ascii"
    r"|gb|big5|shift_jis|euc_|koi8|mac-|tis|hz"
)
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""What a text in UTF-16 or UTF-32 starts with: byte order marks, or `<`."""
_DECLARED = pattern(rb"(?i)\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})")
_UNICODE = pattern(r"(?:utf|unicode)-?(8|16|32)?(?:-?(?:le|be|bom|mb4|sig))?|utf8mb4")
_CHARSETS = {
    "ansi": "cp1252",
    "sjis": "cp932",
    "shift-jis": "cp932",
    "euc": "euc-jp",
    "koi8r": "koi8-r",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks-c-5601-1987": "cp949",
    "euc-kr": "cp949",
    "unicode-1-1-utf-8": "utf-8",
    "mac": "mac-roman",
    "macintosh": "mac-roman",
    "iso-8859-8-i": "iso8859-8",
}
"""Codecs of charsets that Python does not know, or of which a larger one is meant."""
_CHARSET = pattern(r"(?i)charset\s*=\s*[\"']?([\w.:-]{1,40})")


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """A body as text: by its byte order mark, as UTF-8, by the charsets declared.

    Never fails: what no charset fits is UTF-8 if most of its letters are, else
    Windows-1252.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    body = body.removeprefix(codecs.BOM_UTF8)
    declared = _declared_codecs(body, headers)
    # Valid UTF-8 that is not ASCII is UTF-8, whatever is declared; only charsets of 7
    # bits look like ASCII.
    if not any(codec.startswith(("iso2022", "hz")) for codec in declared):
        declared.insert(0, "utf-8")
    for codec in declared:
        try:
            return body.decode(codec)
        except ValueError:
            continue
    return utf8_or_windows(body)


def _declared_codecs(body: bytes, headers: Mapping[str, str]) -> list[str]:
    """The codecs that the header and the document declare, if they are for text."""
    names = []
    codecs_named = []
    if header := _CHARSET.search(headers.get("content-type", "")):
        names.append(header[1])
    if declaration := _DECLARED.match(body[:1000]):
        names.append(declaration[1].decode("ascii", "replace"))
    for name in names:
        codec = _codec(name)
        if codec:
            codecs_named.append(codec)
    # A server that has no setting of its own declares the Latin-1 of all its pages.
    return sorted(codecs_named, key=lambda codec: codec == "cp1252")


def _codec(name: str) -> str | None:
    """The codec for a charset, also if it is misspelt: `cp-1251`, `iso8859-1`, `unicode`."""
    name = name.lower().replace("_", "-").removeprefix("x-")
    unicode = _UNICODE.fullmatch(name)
    if unicode:
        return f"utf-{unicode[1] or 8}"
    code_page = re.fullmatch(r"(?:cp|win|windows|ansi)-?(\d{3,4})", name)
    latin = re.fullmatch(r"(?:iso|latin)?-?8859-?(\d{1,2})(?:-[ei])?", name)
    if code_page:
        name = f"cp{code_page[1]}"
    elif latin:
        name = f"iso8859-{latin[1]}"
    try:
        codec = codecs.lookup(_CHARSETS.get(name, name)).name
    except (LookupError, ValueError):
        return None
    # As browsers do: what is called Latin-1 has letters of Windows-1252.
    if codec in ("iso8859-1", "ascii"):
        return "cp1252"
    return codec if _CODEC.match(codec) else None


def utf8_or_windows(body: bytes) -> str:
    """UTF-8 with broken letters replaced; Windows-1252 if most letters are broken."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if not broken:
        return text
    # One broken letter in a UTF-8 file is no reason to read all others wrongly.
    intact = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return body.decode("cp1252", "replace") if broken > intact else text


# ------------------------------------------------------------------ JSON


def load(body: bytes, *, where: str) -> Any:
    """The value of a JSON body.

    Raises Unrecognised that names `where`, with line and column.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        reason = f"not JSON: {error.msg} in {place}; fetch or save it again"
        raise Unrecognised(f"{where}: {reason}") from error
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 text (byte {error.start}); fetch or save it again"
        raise Unrecognised(f"{where}: {reason}") from error
    except RecursionError as error:
        raise Unrecognised(f"{where}: the JSON is nested too deeply") from error
    except ValueError as error:
        reason = excerpt(str(error), 80)
        raise Unrecognised(f"{where}: not valid JSON: {reason}") from error


def no_constant(name: str) -> NoReturn:
    """For `json`'s `parse_constant`: NaN and Infinity are not JSON."""
    raise ValueError(f"{name} is not a JSON number")


# ------------------------------------------------------------------ XML

# OAI's largest pages have 100,000 tags, the API's 60,000.
_MAX_XML_TAGS, _MAX_REFERENCES = 400_000, 600_000
_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"latin-1")


def check_xml(body: bytes, *, where: str) -> None:
    """Refuses XML that is too large as a tree, or that declares entities.

    Also unusual encodings: expat reads all that Python knows, and they would hide an
    entity's declaration from the search.
    """
    encoding = _DECLARED.match(body[:1000])
    is_unusual = encoding and encoding[1].lower() not in _ENCODINGS
    if is_unusual or b"<!ENTITY" in body:
        reason = "XML with entities or in an unusual encoding, which arXiv never sends"
        raise Unrecognised(f"{where}: {reason}; not read")
    if body.count(b"<") > _MAX_XML_TAGS or body.count(b"&") > _MAX_REFERENCES:
        raise Unrecognised(f"{where}: more markup than arXiv ever sends; not read")


# ------------------------------------------------------------------ HTML

# selectolax takes time in the square of a page's depth, of an element's attributes and of
# unclosed formatting elements: 500 KB of `<div>` took it 55 s. Real pages stay below a
# tenth of these.


class PageLimits(NamedTuple):
    """The most bytes and tags of a kind of page; `kind` names it in messages."""

    kind: str
    size: int
    tags: int


LISTING = PageLimits("listing", 20_000_000, 400_000)
PAPER = PageLimits("paper", 30_000_000, 800_000)
"""A page of formulas: of each, LaTeXML writes every sign as an element."""
_MAX_DEPTH = 1_000
_MAX_FORMATTING = 16
_MAX_ATTRIBUTES = 2_000
_TAIL = 20_000
_TAG = pattern(rb"<(/?)([a-zA-Z][^\s/>]{0,40})((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>?")
_TITLE = pattern(rb"<(?:title|h1)\b[^>]{0,200}>\s*([^<]{1,500})", re.I)
_QUOTED = pattern(rb"\"[^\"]*+\"|'[^']*+'")
_NOT_NESTING = frozenset(
    b"area base br col embed hr img input link meta param source track wbr "
    b"p li dt dd option tr td th tbody".split()
)
_FORMATTING = frozenset(
    b"a b big code em font i nobr s small strike strong tt u".split()
)


def html(
    body: bytes,
    headers: Mapping[str, str],
    *,
    where: str,
    whose: str,
    limits: PageLimits = LISTING,
) -> LexborHTMLParser:
    """A page, parsed.

    Raises Unrecognised for markup that would keep the parser busy; `whose` page was
    expected.
    """
    from selectolax.lexbor import LexborHTMLParser  # 5 ms, not for JSON

    if _is_heavy(body, limits):
        reason = f"its markup is larger or deeper than any {limits.kind}'s"
        raise Unrecognised(f"{where}: not a page of {whose}: {reason}")
    return LexborHTMLParser(decode(body, headers))


def page_title(body: bytes) -> str:
    """The title or first heading of a page, cleaned and shortened; '' if it has none."""
    match = _TITLE.search(body[:200_000])
    if match is None:
        return ""
    return excerpt(unescape(match[1].decode("utf-8", "replace")), 100)


def check_end(body: bytes, *, where: str) -> None:
    """Refuses a page that was cut off: parsers of HTML read it as if it were whole."""
    if b"</html" not in body[-_TAIL:].lower():
        reason = "the page is incomplete, its end is missing; fetch or save it again"
        raise Unrecognised(f"{where}: {reason}")


def _is_heavy(body: bytes, limits: PageLimits) -> bool:
    """Whether a page is larger or deeper than any; half a second for 400,000 tags."""
    if len(body) > limits.size:
        return True
    if max(body.count(b"<"), body.count(b"=")) > limits.tags:
        return True
    unclosed: Counter[bytes] = Counter()
    depth = formatting = 0
    for match in _TAG.finditer(body):
        closes, name, attributes = match[1], match[2].lower(), match[3]
        if len(attributes) > _MAX_ATTRIBUTES:
            unquoted = _QUOTED.sub(b"", attributes)
            if len(unquoted) > _MAX_ATTRIBUTES:
                return True
        if name in _NOT_NESTING or (closes and not unclosed[name]):
            continue
        step = -1 if closes else 1
        unclosed[name] += step
        depth += step
        if name in _FORMATTING:
            formatting += step
        if depth > _MAX_DEPTH or formatting > _MAX_FORMATTING:
            return True
    return False
