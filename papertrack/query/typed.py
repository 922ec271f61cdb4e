"""What readers of other programs type in a query: the terms that mean it here.

Imported for mistakes only.
"""

from __future__ import annotations

from collections.abc import Iterable

from papertrack.core.field_names import BY_QUERY_NAME, CONDITIONS, DATE, QUERY_NAMES
from papertrack.core.nearest import nearest

_FIELDS = """
    since after newer min-date   date:{}..
    until before older           date:..{}
    day month week on submitted submitteddate   date:{}
    posted announced             listed:{}
    publishedat created          published:{}
    imported                     added:{}
    modified changed             updated:{}
    from by au writer creator people   author:{}
    subject ti name heading      title:{}
    abs body text content        abstract:{}
    label labels topic folder    tag:{}
    subj primary arxiv_category  cat:{}
    affiliation company institution lab university   org:{}
    journal conference booktitle jr   venue:{}
    likes points upvote ups      upvotes:{}
    replies discussion num_comments   comments:{}
    gh_stars github_stars        stars:{}
    kw keywords_plus             keyword:{}
    notes annotation             note:{}
    citekey key_ bibkey          cite_key:{}
    arxiv_id arxivid eprint      id:{}
    provider site feed           source:{}
    state in flag                is:{}
"""
"""Names of other programs, then the term that `{}`, the value, makes."""

_NAMES = """
    unread   unseen inbox unmarked triage
    read     seen done finished archived archive closed
    later    todo queue saved toread to-read readlater read-later queued snoozed postponed
    hidden   hide muted ignored dismissed spam
    starred  star stars flagged fav favorite favorites favourite favourites liked
    starred  bookmark bookmarked important pinned
    new      recent fresh latest newest
    updated  changed modified revised
"""
"""What is:NAME is called elsewhere."""

_PRESENCE = """
    code      github repo implementation
    note      notes comment annotation
    tag       tags label labels
    pdf       file fulltext
    abstract  summary
    venue     journal conference
    project   website homepage
"""
"""What has:NAME is called elsewhere."""

_YES = ("yes", "true", "1", "y")
_NO = ("no", "false", "0", "n")


def _by_word(table: str) -> dict[str, str]:
    """Each other word of a row -> its first."""
    words: dict[str, str] = {}
    for row in table.strip().splitlines():
        name, *others = row.split()
        words |= dict.fromkeys(others, name)
    return words


def _templates() -> dict[str, str]:
    templates: dict[str, str] = {}
    for row in _FIELDS.strip().splitlines():
        *names, template = row.split()
        templates |= dict.fromkeys(names, template)
    return templates


FIELDS = _templates()
STATES = _by_word(_NAMES)
PRESENT = _by_word(_PRESENCE)


def quoted(value: str) -> str:
    """The value of a field as one term: in quotation marks if it has spaces."""
    is_whole = value.startswith(('"', "/"))
    return f'"{value}"' if " " in value and not is_whole else value


def state(word: str) -> str | None:
    """`is:unread` for `unread` and what else it is called; None for other words."""
    word = word.casefold()
    name = STATES.get(word, word)
    return f"is:{name}" if name in CONDITIONS["is"] else None


def term(prefix: str, value: str) -> str | None:
    """The term that `prefix:value` means; None where it is unclear.

    Both as they are typed; `prefix` is an unknown field, or `is` or `has` with an unknown
    name.
    """
    prefix = prefix.casefold()
    plain = value.strip('"').casefold()
    if prefix in ("is", "has", "status"):
        return _condition(prefix, plain)
    if prefix == "arxiv" and "." in plain:
        return f"cat:{value}"
    if plain in (*_YES, *_NO):
        flag = state(prefix) or present(prefix)
        if flag:
            return f"^{flag}" if plain in _NO else flag
    if prefix in FIELDS and value:
        made = FIELDS[prefix].format(quoted(value))
        condition, _, name = made.partition(":")
        if condition != "is":
            return made
        return state(name) or _condition("is", plain)
    return _near_field(prefix, value)


def present(name: str) -> str | None:
    """`has:code` for `code` and what else it is called; None for other words."""
    name = name.casefold()
    name = PRESENT.get(name, name)
    return f"has:{name}" if name in CONDITIONS["has"] else None


def _condition(prefix: str, name: str) -> str | None:
    """The condition that is meant by an unknown name after `is:`, `has:` or `status:`."""
    found = [present(name), state(name)]
    if prefix != "has":
        found.reverse()
    if name == "tagged":
        found.append("has:tag")
    for one in found:
        if one is not None:
            return one
    known = CONDITIONS.get(prefix, CONDITIONS["is"])
    near = _single(name, known)
    return f"{prefix}:{near}" if near else None


def _near_field(name: str, value: str) -> str | None:
    near = _single(name, [*QUERY_NAMES, *CONDITIONS])
    if near is None or not value:
        return None
    own = QUERY_NAMES.get(near)
    if own is not None and near != DATE and near not in BY_QUERY_NAME:
        near = own.query_name
    return f"{near}:{value}"


def _single(name: str, known: Iterable[str]) -> str | None:
    """The one known name that another is closest to."""
    near = nearest(name, known)
    return near[0] if len(near) == 1 else None
