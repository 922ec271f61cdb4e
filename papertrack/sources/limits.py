"""What stands before every parser: bytes from outside as text, JSON and markup of a size that parsers can bear.

Nothing up to 10 MB may keep a reader waiting for 10 seconds or take 500 MB. The parsers below do not hold to that
by themselves: selectolax takes the square of a page's depth, ElementTree 200 bytes an element, `json` a stack frame
a bracket. What is refused here raises Unrecognised; real answers stay below a tenth of each limit.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from papertrack.core.errors import Unrecognised
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

# ------------------------------------------------------------------ text

# Codecs for text alone: Python's others (hex, rot13, idna, punycode, unicode_escape…) raise what they like.
_CODEC = pattern(
    r"utf-(?:8|16|32)|iso8859|iso2022|cp\d|ascii|gb|big5|shift_jis|euc_|koi8|mac-|tis|hz"
)
_BOMS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WIDE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = pattern(rb"(?i)\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})")


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """A body as text: by its byte order mark, as UTF-8 where it is that, by the header's charset, by its own.

    Never fails: what no charset explains is UTF-8 where that reads most of its letters, else what Windows wrote.
    """
    for mark, name in _BOMS + _WIDE:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    body = body.removeprefix(codecs.BOM_UTF8)
    header = re.search(
        r"charset\s*=\s*[\"']?([\w.:-]{1,40})", headers.get("content-type", ""), re.I
    )
    own = _DECLARED.match(body[:1000])
    told = [
        _codec(name)
        for name in (header and header[1], own and own[1].decode("ascii", "replace"))
        if name
    ]
    # What is valid UTF-8 and not ASCII is UTF-8, whatever it says; 7-bit charsets alone look like ASCII.
    first = (
        []
        if any(name and name.startswith(("iso2022", "hz")) for name in told)
        else ["utf-8"]
    )
    for codec in (*first, *filter(None, told)):
        try:
            return body.decode(codec)
        except ValueError:
            continue
    return utf8_or_windows(body)


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if _CODEC.match(found) else None


def utf8_or_windows(body: bytes) -> str:
    """UTF-8, broken letters replaced; where those are more than the whole ones, what Windows wrote in Europe."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    # One broken letter in a UTF-8 file is no reason to read all others wrongly.
    if broken and broken > sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text))):
        return body.decode("cp1252", "replace")
    return text


# ------------------------------------------------------------------ JSON


def load(body: bytes, *, where: str) -> Any:
    """The value of a JSON body. Raises Unrecognised naming `where`, with line and column."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise Unrecognised(
            f"{where}: not JSON: {error.msg} in line {error.lineno}, column {error.colno}; fetch or save it again"
        ) from error
    except UnicodeDecodeError as error:
        raise Unrecognised(
            f"{where}: not UTF-8 text (byte {error.start}); fetch or save it again"
        ) from error
    except (ValueError, RecursionError) as error:
        cause = (
            "nested too deeply"
            if isinstance(error, RecursionError)
            else shorten(clean(str(error)), 80)
        )
        raise Unrecognised(
            f"{where}: not JSON that papertrack reads: {cause}"
        ) from error


def no_constant(name: str) -> NoReturn:
    """For `json`'s `parse_constant`: NaN and Infinity are no JSON."""
    raise ValueError(f"{name} is no JSON number")


# ------------------------------------------------------------------ XML

# OAI's largest pages have 100,000 tags, the API's 60,000.
_MAX_XML_TAGS, _MAX_REFERENCES = 400_000, 600_000


def check_xml(body: bytes, *, where: str) -> None:
    """Refuses what would fill the memory as a tree, entities of its own, and what hides them from the search."""
    encoding = _DECLARED.match(body[:1000])
    # Another encoding would hide the word from the search; expat reads all that Python knows.
    if (encoding and encoding[1].lower() not in _ENCODINGS) or b"<!ENTITY" in body:
        raise Unrecognised(
            f"{where}: XML with entities or in an unusual encoding, which arXiv never sends; not read"
        )
    if body.count(b"<") > _MAX_XML_TAGS or body.count(b"&") > _MAX_REFERENCES:
        raise Unrecognised(
            f"{where}: its markup is larger than anything of arXiv's; not read"
        )


_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"latin-1")


# ------------------------------------------------------------------ HTML

# selectolax takes time in the square of a page's depth, of an element's attributes and of unclosed
# formatting elements: 500 KB of `<div>` took it 55 s. Real pages stay below a tenth of these.
_MAX_BYTES, _MAX_TAGS, _MAX_DEPTH, _MAX_FORMATTING, _MAX_ATTRIBUTES = (
    20_000_000,
    400_000,
    1_000,
    16,
    2_000,
)
_TAIL = 20_000
_TAG = pattern(rb"<(/?)([a-zA-Z][^\s/>]{0,40})((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>?")
_QUOTED = pattern(rb"\"[^\"]*+\"|'[^']*+'")
_NOT_NESTING = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th tbody".split()
)
_FORMATTING = frozenset(
    b"a b big code em font i nobr s small strike strong tt u".split()
)


def html(
    body: bytes, headers: Mapping[str, str], *, where: str, whose: str
) -> LexborHTMLParser:
    """A page, parsed. Raises Unrecognised for markup that would keep the parser busy; `whose` page was expected."""
    from selectolax.lexbor import LexborHTMLParser

    large = (
        len(body) > _MAX_BYTES
        or body.count(b"<") > _MAX_TAGS
        or body.count(b"=") > _MAX_TAGS
    )
    if large or _is_heavy(body):
        raise Unrecognised(
            f"{where}: not a page of {whose}: its markup is larger or deeper than any listing's"
        )
    return LexborHTMLParser(decode(body, headers))


def check_end(body: bytes, *, where: str) -> None:
    """Refuses a page that was cut: parsers of HTML read what came as if it were all."""
    if b"</html" not in body[-_TAIL:].lower():
        raise Unrecognised(
            f"{where}: the page breaks off, its end is missing; fetch or save it again"
        )


def _is_heavy(body: bytes) -> bool:
    """Whether a page is deeper than any. Linear: half a second for 400,000 tags."""
    unclosed: Counter[bytes] = Counter()
    depth = formatting = 0
    for match in _TAG.finditer(body):
        name = match[2].lower()
        if (
            len(match[3]) > _MAX_ATTRIBUTES
            and len(_QUOTED.sub(b"", match[3])) > _MAX_ATTRIBUTES
        ):
            return True
        if name in _NOT_NESTING or (match[1] and not unclosed[name]):
            continue
        step = -1 if match[1] else 1
        unclosed[name] += step
        depth += step
        formatting += step if name in _FORMATTING else 0
        if depth > _MAX_DEPTH or formatting > _MAX_FORMATTING:
            return True
    return False
