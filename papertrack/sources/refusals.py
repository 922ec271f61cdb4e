"""Formats that papertrack recognises but does not read, each with what to do instead.

Without them such a file would be read as a text, and papers lost without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from papertrack.core.lazy_regex import pattern
from papertrack.sources.detect import Head

_EXPORT = "export it as BibTeX, RIS or CSL-JSON"
_UNPACK = "unpack it and import the files in it"
_SHEET = "save it as CSV"
_IDS = "import a text with its arXiv id or DOI"

_HAYAGRIVA = pattern(r"(?m)\A(?:#.*\n|---\n|\n)*[^\s:#][^\n:]{0,200}:\n {1,8}\w+: ")
_TYPE = pattern(r"(?m)^[ -]{1,8}type: ")
_TITLE = pattern(r"(?m)^[ -]{1,8}title: ")
_WEB_OF_SCIENCE = pattern(r"(?m)\A(?:FN |VR |PT [A-Z]\n)")
_WEB_OF_SCIENCE_TABLE = pattern(r"\APT\tAU\t")
_MARC = pattern(r"\A\d{5}[acdnp][a-z]")


class Refusal(NamedTuple):
    """A format that is not read: its name in messages, and what the reader can do."""

    name: str
    detects: Callable[[Head], bool]
    advice: str


def _starts(*starts: bytes) -> Callable[[Head], bool]:
    return lambda head: head.start.startswith(starts)


def _root(*roots: str) -> Callable[[Head], bool]:
    return lambda head: head.root in roots


def _zip_with(*names: bytes) -> Callable[[Head], bool]:
    """A ZIP file that has one of these names among its first files."""

    def detects(head: Head) -> bool:
        is_zip = head.start.startswith(b"PK\x03\x04")
        return is_zip and any(name in head.start for name in names)

    return detects


def _is_zotero_rdf(head: Head) -> bool:
    vocabulary = "purl.org/net/biblio", "zotero.org/namespaces"
    return head.root == "rdf" and any(name in head.text for name in vocabulary)


def _is_other_rdf(head: Head) -> bool:
    return head.root == "rdf" and not re.search(r"rss/1\.0|my\.netscape", head.text)


def _is_endnote_xml(head: Head) -> bool:
    return head.root in ("xml", "records") and "<ref-type" in head.text


def _is_image(head: Head) -> bool:
    starts = b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM"
    is_webp = head.start[:4] == b"RIFF" and head.start[8:12] == b"WEBP"
    is_heic = head.start[4:12] in (b"ftypheic", b"ftypavif", b"ftypmif1")
    is_bitmap = head.start.startswith(starts) and b"\0" in head.start[:64]
    return is_webp or is_heic or is_bitmap or head.root == "svg"


def _is_web_archive(head: Head) -> bool:
    is_safari = head.start.startswith(b"bplist00")
    return is_safari or "Content-Type: multipart/related" in head.text[:2000]


def _is_papertrack_backup(head: Head) -> bool:
    has_papers = b"papers/" in head.start or b"marks.json" in head.start
    return _is_tar(head) and has_papers


def _is_tar(head: Head) -> bool:
    return head.start[257:262] == b"ustar"


def _is_yaml(head: Head) -> bool:
    is_csl = re.match(r"(?:---\s*)?references:\s*\n", head.text)
    is_hayagriva = _HAYAGRIVA.match(head.text) and _TYPE.search(head.text)
    return bool((is_csl or is_hayagriva) and _TITLE.search(head.text))


def _is_web_of_science(head: Head) -> bool:
    text = head.text.lstrip("\ufeff")
    return bool(_WEB_OF_SCIENCE.match(text) or _WEB_OF_SCIENCE_TABLE.match(text))


def _is_marc(head: Head) -> bool:
    return bool(_MARC.match(head.text)) and "\x1e" in head.text


def _is_binary(head: Head) -> bool:
    """Whether there are zero bytes where no encoding of text has them."""
    is_wide = head.start[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
    return not is_wide and b"\0" in head.start


REFUSALS = (
    Refusal("a PDF file", _starts(b"%PDF-"), _IDS),
    Refusal("a SQLite database", _starts(b"SQLite format 3\0"), _EXPORT),
    Refusal("a Word document (DOCX)", _zip_with(b"word/"), _EXPORT),
    Refusal("an Excel workbook (XLSX)", _zip_with(b"xl/"), _SHEET),
    Refusal("a PowerPoint file (PPTX)", _zip_with(b"ppt/"), _EXPORT),
    Refusal("a spreadsheet (ODS)", _zip_with(b"opendocument.spreadsheet"), _SHEET),
    Refusal("an ODT document", _zip_with(b"opendocument.text"), _EXPORT),
    Refusal("an EPUB book", _zip_with(b"epub+zip"), _IDS),
    Refusal("a ZIP file", _starts(b"PK\x03\x04", b"PK\x05\x06"), _UNPACK),
    Refusal(
        "a backup of papertrack",
        _is_papertrack_backup,
        "restore it with papertrack restore FILE",
    ),
    Refusal("a tar archive", _is_tar, _UNPACK),
    Refusal(
        "a compressed archive",
        _starts(
            b"7z\xbc\xaf'\x1c", b"Rar!", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"
        ),
        _UNPACK,
    ),
    Refusal(
        "an old Office document (DOC or XLS)", _starts(b"\xd0\xcf\x11\xe0"), _EXPORT
    ),
    Refusal("an RTF document", _starts(b"{\\rtf"), _EXPORT),
    Refusal("a PostScript file", _starts(b"%!PS"), _IDS),
    Refusal("a Parquet file", _starts(b"PAR1"), _SHEET),
    Refusal("an image", _is_image, _IDS),
    Refusal("a web archive", _is_web_archive, "save the page as HTML"),
    Refusal("a Zotero RDF file", _is_zotero_rdf, _EXPORT),
    Refusal("an RDF file", _is_other_rdf, _EXPORT),
    Refusal("a MODS file", _root("modscollection", "mods"), _EXPORT),
    Refusal("an EndNote XML file", _is_endnote_xml, _EXPORT),
    Refusal("a MARC file", _is_marc, _EXPORT),
    Refusal("a TEI document", _root("tei", "teicorpus"), _EXPORT),
    Refusal("a Word bibliography (XML)", _root("sources"), _EXPORT),
    Refusal("YAML with references", _is_yaml, _EXPORT),
    Refusal(
        "a Web of Science export", _is_web_of_science, "export it as BibTeX or RIS"
    ),
    Refusal("a binary file", _is_binary, _EXPORT),
)
"""In order: the first one detected is it."""
