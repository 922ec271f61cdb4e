"""Obsidian: a note per paper, with the facts as properties.

https://help.obsidian.md/properties. A note begins with properties in YAML; their strings
are quoted as in JSON, so that no text is taken for a number, a date or syntax. Below
them papertrack's text is between two markers, comments that Obsidian does not show. What
the reader adds beside the markers, and properties of other names, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from papertrack.core.file_names import part_of_name, whole_name
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean
from papertrack.exports import frontmatter, markdown
from papertrack.exports.cited import cited
from papertrack.exports.links import web_url

KEY = "papertrack"
"""The property with the key of the paper: the mark of papertrack's notes."""
SUFFIX = ".md"
_END = "%% papertrack:end %%"
_BEGIN = re.compile(r"^%% papertrack:begin ([^\r\n]*)%%[ \t]*\r?$", re.M)
_END_LINE = re.compile(rf"^{_END}[ \t]*\r?$", re.M)
_BLOCK = re.compile(rf"{_BEGIN.pattern}.*?^{_END}(?=[ \t]*\r?$)", re.M | re.S)
_WRONG_YAML = "correct its properties, which are not YAML"

# Beside the syntax of Markdown: comments, highlights, references to blocks.
_SYNTAX = re.compile(
    rf"{markdown.SYNTAX.pattern}|%(?=%)|(?<=%)%|=(?==)|(?<==)=|\^", re.I
)


class Damaged(Exception):
    """A note that can't be updated: the reason and the next step."""


class Note(NamedTuple):
    """What papertrack writes of a paper: the name of a new note without its suffix,
    the properties, the text between the markers.
    """

    key: str
    name: str
    properties: dict[str, frontmatter.Value]
    body: str

    @property
    def tags(self) -> list[str]:
        """The tags, as Obsidian writes them."""
        tags = self.properties["tags"]
        assert isinstance(tags, list)
        return tags

    @property
    def block(self) -> str:
        """The markers and what is between them. The first one has the tags, by which
        an update knows those that the reader added.
        """
        begin = " ".join(["%% papertrack:begin", *self.tags, "%%"])
        return f"{begin}\n{self.body}\n{_END}"

    @property
    def text(self) -> str:
        """The whole of a new note."""
        lines = map(frontmatter.line, self.properties, self.properties.values())
        return f"---\n{''.join(lines)}---\n\n{self.block}\n"

    def updated(self, text: str) -> str:
        """A note of this paper, as the reader has changed it, with the facts of today.

        Raises Damaged.
        """
        block = _BLOCK.search(text)
        expected = 1 if block else 0
        markers = len(_BEGIN.findall(text)), len(_END_LINE.findall(text))
        if markers != (expected, expected):
            raise Damaged(
                f"a line %% papertrack:begin %% needs a line {_END} below it, and no"
                " other; restore them, or delete both"
            )
        before: list[str] = []
        if block:
            before = block[1].split()
            body = self.block.replace("\n", "\r\n" if "\r\n" in text else "\n")
            text = text[: block.start()] + body + text[block.end() :]
        try:
            return frontmatter.replaced(text, lambda found: self._merged(found, before))
        except ValueError as error:
            raise Damaged(f"{_WRONG_YAML}: {error}") from None

    def _merged(
        self, found: Mapping[str, object], tags_before: Sequence[str]
    ) -> dict[str, frontmatter.Value]:
        """The properties to set in a note that has `found`: the reader's own aliases and
        tags stay, also the lack of a tag that was removed there.
        """
        aliases = frontmatter.items(found.get("aliases"))
        current = frontmatter.items(found.get("tags"))
        removed = {*tags_before} - {*self.tags}
        added = [tag for tag in self.tags if tag not in tags_before]
        kept = [tag for tag in current if tag not in removed]
        title = str(self.properties["title"])
        return {
            **self.properties,
            "aliases": list(dict.fromkeys([*aliases, title])),
            "tags": list(dict.fromkeys([*kept, *added])),
        }


def notes(papers: Collection[Paper], progress: Progress = SILENT) -> Iterator[Note]:
    """A note for each paper."""
    for paper, cite_key in cited(papers, progress):
        properties = _properties(paper, cite_key)
        yield Note(clean(paper.key), file_name(paper), properties, _body(paper))


def key_in(text: str) -> str | None:
    """The key of the paper that a note is of; None if papertrack did not write it.

    Raises Damaged.
    """
    if f"\n{KEY}:" not in text:
        return None
    try:
        key = frontmatter.properties(text).get(KEY)
    except ValueError as error:
        raise Damaged(f"{_WRONG_YAML}: {error}") from None
    return key if isinstance(key, str) else None


def file_name(paper: Paper) -> str:
    """The id and the title of a paper as a name for a file, without suffix, on any
    system.

    >>> file_name(Paper(id="hep-th/9901001", key="", title="A/B: [x] C? "))
    'hep-th_9901001 A B x C'
    """
    id = part_of_name(clean(paper.id).replace("/", "_"))
    return whole_name(f"{id} {part_of_name(clean(paper.title))}")


def _properties(paper: Paper, cite_key: str) -> dict[str, frontmatter.Value]:
    """The properties of a paper, without those of which nothing is known."""
    title = clean(paper.title) or clean(paper.id)
    is_on_arxiv = paper.key.startswith("arxiv:")
    values: dict[str, frontmatter.Value] = {
        "title": title,
        "aliases": [title],
        "tags": tags(paper),
        "authors": [clean(author) for author in paper.authors],
        "date": clean(paper.published or paper.listed or ""),
        "venue": clean(paper.venue or ""),
        "organization": clean(paper.organization or ""),
        "arxiv": clean(paper.id) if is_on_arxiv else "",
        "doi": clean(paper.doi or ""),
        "url": web_url(paper.url) or "",
        "pdf": web_url(paper.pdf) or "",
        "code": web_url(paper.github) or "",
        "project": web_url(paper.project) or "",
        "citekey": cite_key,
        "upvotes": "" if paper.upvotes is None else paper.upvotes,
        "status": paper.status,
        "starred": paper.starred,
        KEY: clean(paper.key),
    }
    return {
        name: value
        for name, value in values.items()
        if value not in ("", []) or name == "tags"
    }


def tags(paper: Paper) -> list[str]:
    """The tags of a paper, with the characters that Obsidian's have.

    >>> tags(Paper(id="", key="", title="", tags=("to read", "2024", "nlp/#x")))
    ['to-read', '_2024', 'nlp/x']
    """
    found: dict[str, str] = {}
    for tag in paper.tags:
        levels = (re.sub(r"[^\w-]+", "-", level) for level in clean(tag).split("/"))
        name = "/".join(filter(None, (level.strip("-") for level in levels)))
        if re.fullmatch(r"[\d/-]+", name):
            name = f"_{name}"
        if name:
            found.setdefault(name.casefold(), name)
    return list(found.values())


def _body(paper: Paper) -> str:
    title = clean(paper.title) or clean(paper.id)
    address = web_url(paper.url) or web_url(paper.pdf)
    blocks = [
        "# " + markdown.link(_escape(title), address),
        markdown.facts(paper, address, escape=_escape),
        _escape(clean(paper.abstract or paper.summary or "")),
    ]
    # Escaped as the texts are, two of these are left in addresses only.
    blocks = [block.replace("%%", r"\%\%") for block in blocks]
    body = "\n\n".join(filter(None, [*blocks, markdown.quote(paper.note or "")]))
    return body.replace(r"\<%", "&lt;%").replace("<%", "&lt;%")


def _escape(text: str) -> str:
    return markdown.escape(text, _SYNTAX)
