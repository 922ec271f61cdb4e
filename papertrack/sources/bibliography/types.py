"""The types of papers, by the names that other programs and services give them."""

from __future__ import annotations

import re
from typing import Any

_NAMES = {
    "article": "article journalarticle articlejournal magazinearticle newspaperarticle"
    " electronicarticle review reviewarticle journalarticles letter editorial shortsurvey"
    " articleinpress earlyaccessarticles journals systematicreview comment erratum"
    " magazines note",
    "conference-paper": "conference conferencepaper conferenceproceedings proceedings"
    " proceedingspaper proceedingsarticle paperconference conferences meetingabstract"
    " conferenceandworkshoppapers inproceedings",
    "book": "book books editedbook monograph referencebook editorship classicalwork ebook"
    " proceedingsbook bookset",
    "chapter": "chapter bookchapter booksection bookpart electronicbooksection inbook"
    " incollection partsinbooksorcollections encyclopediaarticle dictionaryentry"
    " referenceentry entryencyclopedia",
    "thesis": "thesis dissertation phdthesis mastersthesis",
    "report": "report techreport governmentdocument standard technicalreport reportcomponent",
    "preprint": "preprint postedcontent",
    "dataset": "dataset database dataandartifacts onlinedatabase",
    "software": "software computerprogram",
    "webpage": "webpage blog blogpost forumpost website postweblog",
}
_TYPES = {name: type for type, names in _NAMES.items() for name in names.split()}


def type_of(name: str) -> str | None:
    """The type that `journalArticle`, `Conference Paper` or `book-chapter` names.

    `other` for a type that is none of papertrack's, None for no name.
    """
    letters = re.sub(r"[\W\d_]+", "", name.lower())
    return _TYPES.get(letters, "other") if letters else None


def published_by(type: str | None, name: str) -> dict[str, Any]:
    """Who published a work of this type, as facts: a thesis has a school."""
    return {"school" if type == "thesis" else "publisher": name}


def is_part(type: str | None) -> bool:
    """Whether works of this type are in a book, the title of which is stated too."""
    return type in ("conference-paper", "chapter")
