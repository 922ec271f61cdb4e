"""What the comment on arXiv states, and the abstract: where a paper is accepted,
where its code is, and whether it was withdrawn.
"""

from __future__ import annotations

import re

from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean

# ------------------------------------------------------------------ withdrawn

_PAPER = (
    r"(?:paper|article|manuscript|submission|preprint|e-?print|work|note|letter|draft"
    r"|report|document|text|entry|version)"
)
_OF_ITS_OWN = (
    r"(?:(?!previous|earlier|prior|old|first|other|former|original|companion)\w+\s+)?"
)
_IS = r"(?:(?:has|have|had|is|was|been|being|now|temporarily|hereby|therefore)\s+)*"
_OTHERWHERE = r"(?!\s+from\s+(?!(?:the\s+)?arxiv))"
"""Withdrawn from a conference, a paper may still be on arXiv."""
_REASON = (
    r"(?=\s*(?:[.,;:!()\]\[-]|\Z)|\s+(?:by|due|because|as|since|for|pending|until|while|"
    r"and|after|owing|at|in\s+favou?r|to\s+be|on|from\s+(?:the\s+)?arxiv|temporarily)\b)"
)
_WITHDRAWN = pattern(
    rf"(?i)\b(?:this|the|our|present)\s+{_OF_ITS_OWN}{_PAPER}\s+{_IS}"
    rf"(?:withdrawn|retracted|removed\s+by\s+(?:the\s+)?(?:arxiv|author)){_OTHERWHERE}"
    rf"|(?:\A|[.,;!(\[]\s*)(?:{_PAPER}\s+{_IS})?withdrawn{_REASON}{_OTHERWHERE}"
    r"|\bwithdrawn\s+by\s+(?:the\s+|its\s+|all\s+)?(?:\w+\s+)?(?:authors?|submitters?|arxiv)\b"
    r"|\b(?:i|we|authors?)\s+(?:\w+\s+){0,4}(?:withdraws?|withdrew|withdrawn|retract)\s+"
    rf"(?:this|the|our|my)\s+{_PAPER}\b"
)
_WITHDRAWN_IN_ABSTRACT = pattern(
    rf"(?i)\bthis\s+{_OF_ITS_OWN}{_PAPER}\s+{_IS}withdrawn{_OTHERWHERE}"
    rf"|\bthe\s+{_PAPER}\s+{_IS}withdrawn\s+by\s+(?:the\s+|its\s+)?authors?\b"
    rf"|\A\W*(?:{_PAPER}\s+{_IS})?withdrawn{_REASON}{_OTHERWHERE}"
    r"|\b(?:i|we|the\s+authors?)\s+(?:(?:have|has|hereby|wish|to|must|decided)\s+){0,4}"
    rf"(?:withdraws?|withdrew|withdrawn)\s+(?:this|our|my)\s+{_PAPER}\b"
)
_WITHDRAWN_IN_TITLE = pattern(
    r"(?i)\A\W*(?:this\s+paper\s+(?:has\s+been|is)\s+|paper\s+)?withdrawn\s*(?:\Z|[]):.—–-]"
    r"|by\s+(?:the\s+)?authors?)|[([]\s*(?:paper\s+)?withdrawn(?:\s+by[^)\]]*)?\s*[])]\W*\Z"
    r"|[-—–:]\s+withdrawn\W*\Z"
)
_ANOTHER = pattern(
    r"(?i)\b(?:v[0-9]+|versions?\s+[0-9]+|previous|earlier|prior|old(?:er)?|supersedes"
    r"|replaces|companion)\b[^.;,]*\Z"
    r"|\b(?:not|never|no\s+longer|if)\b(?:\s+\w+){0,3}\s*\Z"
)
"""What before it shows that a part, or another paper or version, was withdrawn."""


def is_withdrawn(comment: str, title: str = "", abstract: str = "") -> bool:
    """Whether the paper was withdrawn, as its authors or arXiv put it in these texts."""
    # To look for letters takes a hundredth of the time of a pattern.
    if "thdr" in abstract and _states(_WITHDRAWN_IN_ABSTRACT, abstract):
        return True
    if "thdr" in title.casefold() and _states(_WITHDRAWN_IN_TITLE, title):
        return True
    folded = comment.casefold()
    is_likely = "thdr" in folded or "retracted" in folded or "removed by" in folded
    return is_likely and _states(_WITHDRAWN, comment)


def _states(form: re.Pattern[str], text: str) -> bool:
    matches = form.finditer(text)
    return any(not _ANOTHER.search(_before(text, one.start() + 1)) for one in matches)


def _before(text: str, place: int) -> str:
    """The words before a place, of which a sentence rarely has more."""
    return text[max(place - 200, 0) : place]


# ------------------------------------------------------------------ code

_CODE = pattern(
    r"(?i)(?<![\w@.-])(?:https?://)?(?:www\.)?"
    r"((?:(?:gist\.)?github\.com|gitlab\.[a-z0-9.-]+|bitbucket\.org|codeberg\.org"
    r"|huggingface\.co(?!/(?:papers|blog|docs|datasets|collections)/))"
    r"/[\w.~-]+/[^\s{}()<>\[\]\"'|,;]+)"
)


_LONGEST_BEFORE = len("https://www.gist.")
"""So many characters before a host the URL begins at the earliest."""
_HOSTS = ("github.com", "gitlab.", "bitbucket.org", "codeberg.org", "huggingface.co")


def code_url(text: str) -> str | None:
    """The first URL of a repository in a comment or an abstract; None if it has none."""
    if "/" not in text:
        return None
    text = text.replace("\\_", "_")
    folded = text.casefold()
    # To look for letters takes a hundredth of the time of a pattern.
    places = [place for host in _HOSTS if (place := folded.find(host)) >= 0]
    if not places:
        return None
    # Some letters are folded to several.
    start = min(places) - _LONGEST_BEFORE if len(folded) == len(text) else 0
    match = _CODE.search(text, max(start, 0))
    if match is None:
        return None
    path = match[1].rstrip(".:!?*/$\\")
    return f"https://{path.removesuffix('.git')}"


# ------------------------------------------------------------------ venues

_PREPRINT_SERVER = pattern(
    r"(?i)\W{0,2}(?:the\s+)?(?:preprint,?\s+)?(?:(?:at|on|in)\s+)?(?:arxiv|corr)\b.{0,80}"
    r"|computing research repository\b.{0,80}|e-?prints?|preprints?"
)
_KIND = (
    r"(?:(?:an?|the|its)\s+)?(?:(?:full|long|short|regular|invited|research|conference"
    r"|workshop|journal|main|demo|poster|oral|spotlight|contributed|tiny|extended|technical"
    r"|late-breaking|system|industry|position)[\s-]+)*"
    r"(?:paper|article|poster|oral|spotlight|highlight|talk|presentation|abstract|letter"
    r"|demo|demonstration|contribution|chapter|report)"
)
_PUBLICATION = (
    r"(?:publication|presentation|inclusion|oral\s+presentation|poster\s+presentation)"
)
_AT = r"(?:at|to|by|in|into|for|with)"
_ACCEPTED = pattern(
    r"(?i)\b(?:"
    rf"accept(?:ed|ance)(?:\s*\([^)]{{1,30}}\))?(?:\s+{_KIND})?"
    rf"(?:\s+as\s+{_KIND}(?:\s+\([^)]{{1,30}}\))?)?"
    rf"(?:\s+(?:for|to)\s+(?:be\s+)?(?:{_PUBLICATION}|published|presented|appear)"
    rf"(?:\s+as\s+{_KIND})?)?(?:\s+in\s+final\s+form)?"
    rf"(?:(?:\s*[:,])?\s+{_AT}:?|[:,]|\s*@|(?=\s+[A-Z][\w-]+\s+(?:20)?[0-9]{{2}}\b))"
    r"|(?:to|will|shall|should)\s+(?:also\s+)?(?:appear|be\s+(?:published|presented))"
    rf"(?:\s+as\s+{_KIND})?(?:\s*:)?\s+(?:at|in|by|on|as\s+part\s+of):?"
    r"|(?:published|appear(?:s|ed|ing)|presented)(?:\s+\w+ly|\s+version)?"
    rf"(?:\s+as\s+{_KIND})?(?:\s*:)?\s+(?:at|in):?"
    r"|in[\s-]press,?(?:\s+(?:at|in|with))?|forthcoming\s+(?:at|in)"
    rf"|camera[\s-]*ready(?:\s+(?:version|paper|copy))?\s+(?:at|for|of|to|in)(?:\s+{_KIND}\s+at)?"
    rf"|(?:oral|spotlight|poster|highlight|best\s+(?:\w+\s+)?paper(?:\s+award)?)"
    r"(?:\s+(?:presentation|paper))?(?:\s*\([^)]{1,30}\))?\s+(?:at|in)"
    r"|(?:\A|(?<=[.,;]\s))in(?::|(?=\s+proc(?:eedings|\.)))"
    r")(?:\s+|(?<=@))"
)
"""What is before the name of a venue."""
_OTHERS = pattern(
    r"(?i)(?:\b(?:not|never|if|unless|once|when|until|conditionally|tentatively"
    r"|provisionally|submitted|(?:be|list\s+of|considered|intended|submitted\s+for|aim\w*))"
    r"(?:\s+(?:yet|been|is|was|it|for))*\s*"
    r"|\b(?:preliminary|earlier|previous|short|shorter|shortened|abridged|abbreviated"
    r"|condensed|initial|parts?|some|portions?|companion|code|data|dataset|software|based"
    r"|supersedes|replaces|(?:comment|reply|response|correction|erratum)\s+(?:on|to))\b[^.;]*"
    r")\Z"
)
"""What before it shows that something else, or nothing yet, is published."""
_IN_REVIEW = pattern(
    r"(?i)\b(?:submitted|submission|under\s+(?:\w+\s+)?review|in\s+review|rejected"
    r"|withdrawn|reviewing)\b"
)
_SHOWN_AS = (
    r"(?:an?\s+)?(?:oral|spotlight|poster|highlight|notable(?:[\s-]top[\s-]?\d+%)?"
    r"|best\s+(?:\w+\s+)?paper(?:\s+\w+)?)s?(?:\s+(?:presentation|paper|talk|session))?"
)
_NAMED_FIRST = pattern(
    r"(?:\A|(?<=[.;,]\s)|(?<=[.;,]))\s*(?P<name>[A-Z][\w&/.'’-]*(?:\s+[A-Z0-9&'’(][\w&/.'’)-]*){0,6})"
    rf"[,:]?\s*[\[(]?\s*(?:as\s+)?(?i:(?P<by>accepted(?!\s+(?:manuscript|version|papers?|{_AT}))"
    rf"|in\s+press|to\s+appear|camera[\s-]*ready)|{_SHOWN_AS})(?![\w-])"
)
"""`ICLR 2025 (oral)`, `MNRAS accepted`, `CVPR 2024 camera-ready`."""
_CONFERENCES = (
    "AAAI AACL AAMAS ACCV ACL ACML AISTATS ALT ASE ASPLOS ASRU BMVC CAV CCS CDC CHI CIKM "
    "COLING COLM COLT CoLLAs CoNLL CoRL CVPR DAC DATE EACL ECAI ECCV ECIR ECML EMNLP FAccT "
    "FOCS FSE HPCA ICALP ICASSP ICCV ICDE ICDM ICLR ICML ICPR ICRA ICSE ICWSM IJCAI "
    "INTERSPEECH Interspeech IROS ISCA ISIT ISMIR ISSTA ITSC KDD L4DC LREC MICCAI MIDL MLSys "
    "NAACL NDSS NeurIPS NIPS NSDI OOPSLA OSDI PLDI PODC PODS POPL RecSys RSS SIGCOMM SIGGRAPH "
    "SIGIR SIGMOD SODA SOSP STOC TheWebConf UAI UIST USENIX VLDB WACV WSDM WWW"
)
_CONFERENCE = pattern(
    r"\b(?:Conference|Conf\.|Workshop|Symposium|Proceedings|Proc\. of)(?! [Ss]eries)"
    rf"|(?<![A-Za-z])(?:{'|'.join(_CONFERENCES.split())})(?![A-Za-z])"
)
_LISTED = pattern(
    r"(?:\A|(?<=[.;,(\[]\s)|(?<=[.;,(\[]))\s*(?P<name>(?:IEEE/CVF |ACM |IEEE |Findings of )?"
    rf"(?:{'|'.join(_CONFERENCES.split())}|TMLR|TACL)(?:\s+Asia)?(?:[-\s'’]*(?:20)?[0-9]{{2}})(?![0-9])"
    r"(?:\s+(?:\([A-Za-z][\w\s&-]{2,40}\)|Main(?:\s+Conference)?|Findings"
    r"|Workshops?(?:\s+on\s+[^.,;()]{3,80})?"
    r"|(?:[A-Z][\w&-]+\s+(?:and\s+|&\s+)?){1,4}(?:Workshop|Track)"
    r"|Datasets\s+(?:and|&)\s+Benchmarks|(?i:extended\s+abstract"
    r"|(?:long|short|full|regular|demo|conference|accepted)\s+paper)))?)\s*(?=[.,;)\]]|\Z)"
)
"""A well-known conference with its year, between commas: `12 pages, CVPR 2024`."""
_ABBREVIATED = (
    "acad acc acta adv alg algebr am amer anal ann annu appl arch art assoc astron "
    "astroparticle astrophys biol bull chem class combin comm commun comp comput "
    "conf contemp cosmol cybern decis des differ discret dyn ed electr electron eng "
    "equ estim eur europ exp found funct fund gen geom geophys grav hist ieee inf "
    "inform inst instr instrum int intell intern ital j jour lang learn lect lett "
    "lib lin mach mag mat mater math meas mech med meth methods mod mol mon nat "
    "natl netw neur neural no not nucl oper opt optim part pattern phil philos phys "
    "plasma pol princ prob probab proc process prog pt pub publ quant quart rel rep "
    "res rev robot roy sci sec sect secur ser sign signal simul soc softw sov spec "
    "st stat struct supp suppl surv sym symb symp syst tech theor topol trans "
    "transp univ vis vol"
)
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_STOP = pattern(
    r"(?i)[\s,.;:(\[+-]*(?:"
    r"(?:\b(?:\d+|\w+)\s*(?:\+\s*\d+\s*)?(?:main\s+|double-column\s+|pages?\s+)?)"
    r"(?:pages?|pp|pgs|figures?|figs?|tables?|refs|references|appendi\w+|plots|footnotes)\b"
    r"|\b(?:https?:|www\.|doi\b|arxiv[:.]|v\d\b)"
    r"|[,.;:(\[-]\s*(?:this\b|with\b|see\b|code\b|project\b|source\b|data\b|please\b|minor\b"
    r"|final\b|author|version\b|supplement|including\b|includes?\b|comments?\b|revised\b"
    r"|extended\b|camera|website\b|webpage\b|github|accepted\b|under\b|first\b|equal\b)"
    r"|\s(?:with\s+(?:the\s+)?(?:title|minor|appendi|supplement|small)|under\s+the\s+title|after\b|as\s+(?:an?\s+)?"
    r"(?:\w+[\s-]+)?(?:oral|poster|spotlight|paper|highlight|talk|article|letter|report)"
    r"|this\s+(?:is|version)|which\b|available\b|on\s+\d|\(\s*(?:this|the|link|see|short|long|full|main)\b))"
)
_SHOWN = pattern(rf"(?i)[\s,;:–-]*(?:\(\s*{_SHOWN_AS}[^)]*\)|\b{_SHOWN_AS})[\s.,;]*\Z")
_ARTICLE = pattern(
    r"(?i)(?:(?:journal:|[:,'\"“‘])\s*"
    r"|(?:the|an?|upcoming|forthcoming|both)\s+)+"
)
_NAME = pattern(
    r"(?:[A-Z0-9]|npj |eLife|iScience|(?:workshop|special|proceedings|journal|conference"
    r"|symposium|main|findings|demo|main|mini)\b).*"
)
_NO_NAME = pattern(
    r"(?i)(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d.*"
    r"|(?:in\s+)?(?:russian|chinese|french|german|spanish|japanese|english|portuguese|italian)\b.*"
    r"|(?:github|gitlab|zenodo|hugging\s?face|figshare|kaggle|two|three|part|several|this|that"
    r"|these|our|its|peer)\b.{0,3}|(?:github|zenodo|hugging\s?face)\b.*"
    r"|(?:january|february|march|april|june|july|august|september|october|november|december)"
    r"|(?:bio|med|chem)rxiv.*|(?:conference|journal|workshop|proceedings|publication)s?"
)
_LONGEST_VENUE = 200


def is_preprint_server(venue: str) -> bool:
    """Whether a venue is arXiv or the like, where nothing is published."""
    return _PREPRINT_SERVER.fullmatch(venue) is not None


def is_conference(venue: str) -> bool:
    """Whether a venue is a conference or a workshop, as far as its name shows."""
    return _CONFERENCE.search(venue) is not None


_LETTERS_OF_ACCEPTED = (
    *("ccept", "ppear", "ublish", "resented", "press", "forthcoming", "camera"),
    *("oral", "spotlight", "poster", "highlight", "best", "proc", "notable", "in:"),
    *(
        f"{before}{decade}"
        for decade in "0123"
        for before in ("20", "'", "’", "-", "9")
    ),
)


def accepted_venue(comment: str) -> str | None:
    """Where a comment states that the paper is accepted or published; else None.

    >>> accepted_venue("12 pages. Accepted at ICML 2025 (oral)")
    'ICML 2025'
    """
    folded = comment.casefold()
    if not any(map(folded.__contains__, _LETTERS_OF_ACCEPTED)):
        return None  # most comments have only the number of pages
    comment = clean(comment)
    for match in _ACCEPTED.finditer(comment):
        if _OTHERS.search(_before(comment, match.start())):
            continue
        name = _venue(comment[match.end() : match.end() + 2 * _LONGEST_VENUE])
        if name:
            return name
    for form in (_NAMED_FIRST, _LISTED):
        for match in form.finditer(comment):
            is_stated = form is _NAMED_FIRST and match["by"]
            if not is_stated and _IN_REVIEW.search(comment):
                continue
            name = _venue(match["name"])
            has_year = name and any(map(str.isdigit, name))
            if name and (is_stated or has_year) and not _TEXTS.match(name):
                return name
    return None


_TEXTS = pattern(
    r"(?i)(?:the|this|paper|article|manuscript|version|final|preprint|draft|authors?|our|we"
    r"|submitted|revised|extended|now|published|journal|conference|code|pages?|letter|already"
    r"|recently|just|also|camera|a|an|it|to|not|as|short|full|long|work|report)\b"
)
"""What begins a sentence rather than the name of a venue."""


def _venue(text: str) -> str | None:
    """The name at the beginning of a text; None if it has none."""
    article = _ARTICLE.match(text)
    if article:
        text = text[article.end() :]
    stop = _STOP.search(text, 1)
    if stop:
        text = text[: stop.start() + stop[0].startswith(".")]
    text = _sentence(text)
    head, comma, _ = text.partition(",")
    if comma and head[-2:].isdigit():
        text = head
    while _SHOWN.search(text):
        text = _SHOWN.sub("", text)
    text = text.rstrip(" \t,;:-–—*!")
    is_abbreviated = text.endswith(".") and _is_abbreviation(text.split()[-1][:-1])
    text = text.strip(" \t,;:-–—.*!]“‘”’'")
    if text.count('"') == 1:
        text = text.strip('"')
    if is_abbreviated:
        text = f"{text}."
    if text.count("(") > text.count(")"):
        text = text.rpartition("(")[0].rstrip(" ,;")
    if not 1 < len(text) <= _LONGEST_VENUE or not any(map(str.isupper, text)):
        return None
    if _NO_NAME.fullmatch(text) or is_preprint_server(text):
        return None
    return text if _NAME.fullmatch(text) else None


_ENDS = pattern(
    r"([^\s.(]*)[.!?](?=\s|\Z)|[;\]]|,(?=\s+(?!and\b|&)[a-z])|\)(?=\s+[a-z])|\s[-–—]\s"
)


def _sentence(text: str) -> str:
    """The text up to the end of its first sentence; the dot of `Phys. Rev.` is none."""
    for match in _ENDS.finditer(text):
        word = match[1]
        if word is not None:
            if _is_abbreviation(word):
                continue
            return text[: match.end()]
        return text[: match.start() + (match[0] == ")")]
    return text


def _is_abbreviation(word: str) -> bool:
    return (len(word) == 1 and word.isalpha()) or word.lower() in _ABBREVIATIONS
