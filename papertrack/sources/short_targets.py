"""Short forms of targets: `today`, `2025-W45`, `2511.04570`, a paper's address, `cs.CL`.

Days and spans are those of Hugging Face's Daily Papers, ids and categories arXiv's.
"""

from __future__ import annotations

from urllib.parse import unquote

from papertrack.core.addresses import is_web_url
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.lazy_regex import pattern
from papertrack.sources.arxiv.category_names import spelled
from papertrack.sources.arxiv.source import categories
from papertrack.sources.base import Target
from papertrack.sources.huggingface.source import HuggingFace
from papertrack.sources.ids import OLD_ARCHIVES

TARGETS = (
    Target(
        "today", "the Daily Papers of today; also yesterday, trending", complete=True
    ),
    Target("2025-11-07", "those of a day; also a week (2025-W45) or a month (2025-11)"),
    Target("2511.04570", "a paper of arXiv; also the address of any site with its id"),
    Target("cs.CL", "what arXiv announced in a category; also cs.CL,cs.LG"),
)

_LISTING = pattern(
    r"(?i)today|yesterday|trending|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?|[0-9]{4}-w[0-9]{2}"
)
_CATEGORY = pattern(r"[a-z]+(?:-[a-z]+)?\.(?:[A-Z]{2}|[a-z]+-[a-z]+)")
"""As arXiv writes a category, also one that is not known; `notes.md` is the name of a file."""
_BARE_ID = pattern(rf"(?i)(?:arxiv:\s*)?(?:[0-9.]+|(?:{OLD_ARCHIVES})\b.*)(?:v[0-9]+)?")
_ID_IN_ADDRESS = pattern(
    r"(?ix) (?<=[/=:])"
    rf"([0-9]{{4}}\.[0-9]{{4,5}} | (?:{OLD_ARCHIVES})(?:\.[a-z]{{2}})?/[0-9]{{7}})"
    r"(?:v[0-9]{1,4})? (?:\.pdf|\.html?)? /? (?=[?#&]|\Z)"
)
"""An id that is all of a part of a path, or of a parameter's value."""


def full(target: str) -> str:
    """The target that a short form stands for; another target as it is.

    >>> full("2025-w45"), full("arXiv:2511.04570v2"), full("https://ar5iv.org/abs/2511.04570")
    ('hf:2025-W45', 'arxiv:2511.04570v2', 'arxiv:2511.04570')
    """
    if _LISTING.fullmatch(target):
        return f"hf:{target.upper() if target[0].isdigit() else target.lower()}"
    if is_web_url(target):
        return _of_address(target) or target
    parts = [part.strip() for part in target.split(",")]
    numbers = [_number(part) for part in parts]
    if all(numbers):
        return f"arxiv:{','.join(filter(None, numbers))}"
    named = categories(target)
    if named and all(spelled(part) or _CATEGORY.fullmatch(part) for part in named):
        return f"arxiv:{','.join(named)}"
    if target.startswith("arxiv:") or arxiv_id(target):
        return target
    key = normalise(target) or ""
    return key if key.startswith("arxiv:") else target


def _number(text: str) -> str | None:
    """The arXiv id of `arXiv:2511.04570v2`, with its version."""
    found = arxiv_id(text) if _BARE_ID.fullmatch(text) else None
    if found is None or text.startswith("arxiv:"):
        return None
    number, version = found
    return f"{number}v{version}" if version else number


def _of_address(url: str) -> str | None:
    """The paper whose id is in an address; Hugging Face's own are a target as they are."""
    if HuggingFace().matches(url):
        return None
    key = normalise(url) or ""
    if key.startswith("arxiv:"):
        return key
    if key.startswith("doi:"):
        return None
    found = {arxiv_id(number) for number in _ID_IN_ADDRESS.findall(unquote(url))}
    ids = [one[0] for one in found if one]
    return f"arxiv:{ids[0]}" if len(ids) == 1 else None
