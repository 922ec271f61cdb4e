"""The arXiv ids and DOIs in URLs of arXiv, its mirrors and readers, and publishers.

A URL has an id only by a rule for its host or for the part of its path before a DOI: a DOI
elsewhere in a URL may be that of another paper. Patterns are strings: `re` compiles and
caches them on first use.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

_LONGEST_PATH = 1_000

# `https://arxiv.org/pdf/math.GT/0309136v1.pdf`
_ARXIV_ID = (
    r"(?i:arxiv:)?([0-9]{4}\.[0-9]{4,5}|[A-Za-z-]{2,20}(?:\.[A-Za-z-]{2,20})?/[0-9]{7})"
    r"(?:[vV][0-9]{1,4})?(?:\.pdf|\.html?|\.ps)?/?"
)
_ARXIV_PATHS = {
    r"(?:[\w-]+\.)*arxiv\.org|ar5iv\.org|xxx\.lanl\.gov|xxx\.itep\.ru": (
        r"/(?:abs|pdf|html|format|ps|src|e-print|papers|ftp/[\w-]+/papers/[0-9]+)/"
    ),
    r"alphaxiv\.org": r"/(?:[\w-]+/)?",
    r"huggingface\.co|hf\.co|arxiv-vanity\.com|emergentmind\.com": r"/papers/",
    r"scirate\.com|papers\.cool|inspirehep\.net": r"/(?:api/)?arxiv/",
    r"(?:[\w-]+\.)*semanticscholar\.org": r"/(?:[\w/]+/|(?=(?i:arxiv:)))",
    r"(?:[\w-]+\.)?adsabs\.harvard\.edu": r"/abs/(?=(?i:arxiv:))",
}
"""What is before the id in the path, by the host without `www.`."""

_ADS_PATH = r"/abs/[12][0-9]{3}arXiv([0-9]{4})\.?([0-9]{4,5})[A-Za-z.]?(?:/.*)?"
_DBLP_PATH = r"/rec/(?:[a-z]+/)?journals/corr/abs-([0-9]{4})-([0-9]{4,5})(?:\.\w+)?"
# Sites that show the PDF whose URL is one of their parameters.
_READERS = r"(?:[\w-]+\.)*(?:semanticscholar|allenai)\.org"
_SHOWN_URL = rf"=https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/{_ARXIV_ID}(?=[?&#]|\Z)"

_DOI = r"(10\.[0-9]{4,9}/[^\s?#&]+?)"
_VIEW = (
    r"(?:/(?:full|fulltext|abstract|summary|e?pdf|epub|html|meta|references|figures|full/html)"
    r"|\.pdf|\.html?)?/?"
)
_RESOLVERS = r"doi\..+|dx\.doi\.org|doi-org\..+"
_PUBLISHERS: tuple[tuple[str, str, str], ...] = (
    # Oxford's, MIT's and others' pages: a number and the title follow the DOI.
    (r".+", rf".*/article[\w-]*/doi/{_DOI}/[0-9]{{4,}}(?:/.*)?", "{}"),
    (
        r".+",
        r".*/(?:doi|articles?|chapter|book|content/pdf|content/journals|referenceworkentry)/"
        rf"(?:[A-Za-z-]+/){{0,2}}{_DOI}{_VIEW}",
        "{}",
    ),
    (r"link\.springer\.com", rf"/{_DOI}", "{}"),
    (r"journals\.aps\.org", rf"/\w+/\w+/{_DOI}", "{}"),
    (r"jstor\.org", rf"/stable/(?:pdf/)?{_DOI}{_VIEW}", "{}"),
    (
        r"(?:connect\.)?(?:bio|med)rxiv\.org",
        r"/content/(10\.[0-9]{4,9}/[0-9.]+?)(?:v[0-9]+)?(?:[./][a-z][a-z.-]*)?/?",
        "{}",
    ),
    (r"nature\.com", r"/articles/([a-z]+\.?\d[\w-]*?)(?:[._/][a-z]*)?", "10.1038/{}"),
    (
        r"elifesciences\.org",
        r"/(?:articles|reviewed-preprints)/([0-9]+)",
        "10.7554/elife.{}",
    ),
    (r"zenodo\.org", r"/records?/([0-9]+)(?:/.*)?", "10.5281/zenodo.{}"),
)
"""Hosts, the paths of their papers, and how the DOI is made of what the path contains."""
_PARAMETERS = {
    r"journals\.plos\.org": ("id", "{}"),
    r"(?:papers\.)?ssrn\.com": ("abstract_id", "10.2139/ssrn.{}"),
}


def arxiv_id(host: str, path: str, query: str) -> str | None:
    """The arXiv id, without its version, of the paper that a URL shows.

    `host` is in lower case and without `www.`, `path` without percent-encoding.
    """
    for hosts, before in _ARXIV_PATHS.items():
        if re.fullmatch(hosts, host):
            match = re.fullmatch(before + _ARXIV_ID, path)
            if match:
                return match[1]
    if query and re.fullmatch(_READERS, host):
        match = re.search(_SHOWN_URL, unquote(query))
        return match[1] if match else None
    match = re.fullmatch(_ADS_PATH, path) if "adsabs" in host else None
    if host.startswith("dblp."):
        match = re.fullmatch(_DBLP_PATH, path)
    return f"{match[1]}.{match[2]}" if match else None


def doi(host: str, path: str, query: str) -> str | None:
    """The DOI of the paper that a resolver's or a publisher's URL shows."""
    if len(path) > _LONGEST_PATH:
        return None
    if re.fullmatch(_RESOLVERS, host):
        return path.strip("/")
    for hosts, pattern, template in _PUBLISHERS:
        match = re.fullmatch(pattern, path)
        if match and re.fullmatch(hosts, host):
            return template.format(match[1])
    for hosts, (parameter, template) in _PARAMETERS.items():
        if query and re.fullmatch(hosts, host):
            value = dict(parse_qsl(query)).get(parameter)
            return template.format(value) if value else None
    return None
