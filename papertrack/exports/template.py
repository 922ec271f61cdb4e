"""A text by the reader's own template, in Jinja (https://jinja.palletsprojects.com).

The papers are data to it: their texts are cleaned, their addresses are of the web, and
nothing in them is run. In a template of HTML or XML they are escaped; for others there
are filters. The template runs in Jinja's sandbox, as it may be somebody else's.

Many papers are not in memory at once: they are read while the template goes through them,
each time that it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, overload

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape as escape_xml

from papertrack.core.cite_keys import base_key
from papertrack.core.errors import UsageError
from papertrack.core.field_names import DATE, FACT_ADDRESSES, PAPER_NAMES
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines, clean_output
from papertrack.core.wording import did_you_mean, excerpt
from papertrack.exports import bibtex, latex, markdown
from papertrack.exports.cited import cited, shared_suffixes
from papertrack.exports.links import web_url

FEW = 2_000
"""So many papers are in memory at once: a template may go through them in loops of loops."""

BUFFERED = 1_000
"""So many pieces of a text are cleaned at once."""

VARIABLES = ("papers", "title", "query", "now")
"""What a template can use."""

_ESCAPED = re.compile(r"(?i)\.(?:x?html?|xml|svg|atom)(?:\.(?:j2|jinja2?))?$")
# Texts that are several lines, or as they were written: see `_clean`.
_OTHER_TEXTS = ("note", "entry")


class Values(NamedTuple):
    """The variables of a template beside the papers. `now` is ISO 8601 in UTC."""

    title: str
    query: str
    now: str


class Template:
    """A template that was read; `name` is that of its file."""

    def __init__(self, source: str, name: str) -> None:
        """Raises UsageError with the line of a mistake."""
        self._name = name
        environment = ImmutableSandboxedEnvironment(
            autoescape=bool(_ESCAPED.search(name)),
            undefined=jinja2.StrictUndefined,
            finalize=_shown,
            loader=jinja2.DictLoader({}),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {
            "latex": lambda value: latex.encoded(_text(value)),
            "md": lambda value: markdown.escape(_text(value)),
            "xml": lambda value: escape_xml(_text(value)),
            "bib": lambda paper: "".join(bibtex.pieces([paper])),
        }
        environment.policies["json.dumps_kwargs"] = {
            "sort_keys": True,
            "default": _as_list,
        }
        try:
            code = environment.compile(source, name, name)
        except jinja2.TemplateSyntaxError as error:
            raise self._mistake(error.lineno, error.message or "") from None
        # Python compiles the code that Jinja makes of a template.
        except (RecursionError, SyntaxError):
            raise self._mistake(None, "it is nested too deeply") from None
        names = dict(environment.make_globals(None))
        self._template = jinja2.Template.from_code(environment, code, names)

    def pieces(
        self,
        papers: Sequence[Paper],
        values: Values,
        progress: Progress = SILENT,
    ) -> Iterator[str]:
        """The text, piece by piece. Raises UsageError with the line of a mistake."""
        if len(papers) > FEW:
            cleaned: Sequence[Paper] = _Many(papers, progress)
        else:
            cleaned = [_clean(*pair) for pair in cited(papers, progress)]
        return _cleaned(self._made({"papers": cleaned, **values._asdict()}))

    def _made(self, values: Mapping[str, object]) -> Iterator[str]:
        """What the template makes of these values."""
        made = self._template.stream(values)
        made.enable_buffering(BUFFERED)
        try:
            yield from made
        except _ReadError as error:
            raise error.reason from None
        except jinja2.TemplateNotFound as error:
            reason = f"{error.name}: a template can't use another one"
            raise self._mistake(self._line(error), reason) from None
        except jinja2.UndefinedError as error:
            reason = (error.message or "").replace(f"'{_PAPER} object'", "a paper")
            reason = reason.replace(f"{_MANY} object", "list object")
            hint = self._known(reason)
            raise self._mistake(self._line(error), f"{reason}{hint}") from None
        # A template can divide by zero, and raise all that Python's operators do.
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise self._mistake(self._line(error), reason) from None

    def _line(self, error: Exception) -> int | None:
        """The line of the template where an error was raised."""
        line = None
        frame = error.__traceback__
        while frame:
            if frame.tb_frame.f_code.co_filename == self._name:
                line = frame.tb_lineno
            frame = frame.tb_next
        return line

    def _known(self, reason: str) -> str:
        """What may be meant by an unknown name."""
        field = re.fullmatch(r"a paper has no attribute '(\w+)'", reason)
        if field:
            return did_you_mean(field[1], (*PAPER_NAMES, DATE))
        variable = re.fullmatch(r"'(\w+)' is undefined", reason)
        return did_you_mean(variable[1], VARIABLES) if variable else ""

    def _mistake(self, line: int | None, reason: str) -> UsageError:
        where = self._name if line is None else f"{self._name}:{line}"
        return UsageError(f"{where}: {excerpt(reason, 300).removesuffix('.')}")


class _ReadError(Exception):
    """A paper can't be read, for this reason: no mistake of the template."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(reason)
        self.reason = reason


class _Many(Sequence[Paper]):
    """Papers as a template has them, each cleaned when it is needed. They are used like
    a list, but for what would change it.
    """

    def __init__(
        self,
        papers: Sequence[Paper],
        progress: Progress,
        suffix: Mapping[str, str] | None = None,
    ) -> None:
        """`suffix` is as `shared_suffixes` has it, of more papers than these."""
        self._papers = papers
        self._progress = progress
        self._suffix = shared_suffixes(papers) if suffix is None else suffix

    def __len__(self) -> int:
        return len(self._papers)

    def __iter__(self) -> Iterator[Paper]:
        papers = self._progress.counted(self._papers, "writing", "papers")
        while True:
            try:
                paper = next(papers, None)
            except Exception as error:
                raise _ReadError(error) from None
            if paper is None:
                return
            yield self._clean(paper)

    def __reversed__(self) -> Iterator[Paper]:
        return iter(self[::-1])

    @overload
    def __getitem__(self, place: int) -> Paper: ...

    @overload
    def __getitem__(self, place: slice) -> _Many: ...

    def __getitem__(self, place: int | slice) -> Paper | _Many:
        if isinstance(place, slice):
            return _Many(self._papers[place], self._progress, self._suffix)
        number = range(len(self))[place]
        try:
            paper = self._papers[number]
        except Exception as error:
            raise _ReadError(error) from None
        return self._clean(paper)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Many | list):
            return NotImplemented
        return len(self) == len(other) and list(self) == list(other)

    def __add__(self, others: Sequence[Paper]) -> list[Paper]:
        return [*self, *others]

    def __radd__(self, others: Sequence[Paper]) -> list[Paper]:
        return [*others, *self]

    def __repr__(self) -> str:
        return repr(list(self))

    def _clean(self, paper: Paper) -> Paper:
        return _clean(paper, base_key(paper) + self._suffix.get(paper.key, ""))


_PAPER = f"{Paper.__module__}.{Paper.__qualname__}"
_MANY = f"{_Many.__module__}.{_Many.__qualname__}"


def _as_list(value: object) -> list[Paper]:
    """Many papers for JSON. Raises TypeError for another value, as JSON has it."""
    if not isinstance(value, _Many):
        raise TypeError(
            f"Object of type {type(value).__name__} is not JSON serializable"
        )
    return list(value)


def _cleaned(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces of a text, cleaned as the whole of it would be."""
    before = ""
    for piece in pieces:
        text = f"{before}{piece}"
        # It stays before a line break, which may be the next piece's.
        before = "\r" if text.endswith("\r") else ""
        yield clean_output(text.removesuffix("\r"))


def _clean(paper: Paper, cite_key: str) -> Paper:
    """A paper whose texts are lines and whose addresses can be linked."""
    values = paper._asdict()
    for name, value in values.items():
        if name in FACT_ADDRESSES:
            values[name] = web_url(value)
        elif isinstance(value, str):
            values[name] = clean(value)
        elif isinstance(value, tuple) and name not in _OTHER_TEXTS:
            values[name] = tuple(map(clean, value))
    note = "\n".join(clean_lines(paper.note or ""))
    return Paper(**{**values, "note": note or None, "cite_key": cite_key})


def _shown(value: object) -> object:
    """A value as it is written: nothing for None, the items of a list with `; `."""
    return _text(value) if value is None or isinstance(value, tuple) else value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "; ".join(map(str, value))
    return str(value)
