"""Comments on arXiv: venues, withdrawals and code, and how they are shown and found."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.comments import accepted_venue, code_url, is_withdrawn
from papertrack.core.facts import Facts
from papertrack.core.model import Record
from papertrack.joining.facts import combine
from papertrack.joining.settle import settle
from papertrack.sources.arxiv.formats import parse
from papertrack.sources.bibliography import arxiv_snapshot

NOW = "2025-11-24T12:00:00Z"

ACCEPTED = {
    "Accepted at ICML 2025": "ICML 2025",
    "Accepted to NeurIPS 2024": "NeurIPS 2024",
    "accepted by PASP": "PASP",
    "Accepted for CVPR 2026": "CVPR 2026",
    "Accepted in Physical Review D": "Physical Review D",
    "Accepted by A&A": "A&A",
    "Accepted for publication in MNRAS. 28 pages, 19 figures": "MNRAS",
    "14 pages, 9 figures, Accepted for publication in Astronomy & Astrophysics": (
        "Astronomy & Astrophysics"
    ),
    "10 pages, 6 figures, 2 tables Accepted for publication in A&A": "A&A",
    "10 pages, 16 figures. accepted to be published by A&A": "A&A",
    "11 pages; figset in the source; accepted by ApJS": "ApJS",
    "Accepted for publication in the Astrophysical Journal": "Astrophysical Journal",
    "Accepted by the Symposium on Cold Kettles (SCK 2020)": (
        "Symposium on Cold Kettles (SCK 2020)"
    ),
    "Accepted as a conference paper at ICLR 2023": "ICLR 2023",
    "Accepted as an oral presentation at AAAI 2024": "AAAI 2024",
    "Accepted (spotlight) at ICLR 2025": "ICLR 2025",
    "Accepted at EMNLP 2023 (Findings)": "EMNLP 2023 (Findings)",
    "Accepted to the 3rd Workshop on Teapots at ACL 2022, 9 pages": (
        "3rd Workshop on Teapots at ACL 2022"
    ),
    "Accepted at TMLR. Code: https://github.com/tea/pot": "TMLR",
    "Accepted to ISSI 2019 (https://issi.example)": "ISSI 2019",
    "Accepted for presentation at ICASSP 2022, Singapore": "ICASSP 2022",
    "To appear in Phys. Rev. Lett. 5 pages": "Phys. Rev. Lett.",
    "To appear in Proc. of INTERSPEECH 2021": "Proc. of INTERSPEECH 2021",
    "to appear at USENIX Security '25": "USENIX Security '25",
    "Will appear in the Journal of Kettle Studies, minor changes": (
        "Journal of Kettle Studies"
    ),
    "Published in Nature Kettles": "Nature Kettles",
    "9 pages, 5 figures, published in Galaxies": "Galaxies",
    "Published as a conference paper at ICLR 2021": "ICLR 2021",
    "To be published in Acta Kettlica. 50 pages, 16 figures": "Acta Kettlica",
    "Presented at the NeurIPS 2022 Workshop on Tea": "NeurIPS 2022 Workshop on Tea",
    "ICML 2026 (oral)": "ICML 2026",
    "Accepted at ICML 2024 (oral). Code: https://github.com/tea/pot": "ICML 2024",
    "NeurIPS 2024 Spotlight": "NeurIPS 2024",
    "CVPR 2024 (Highlight), project page: https://tea.example": "CVPR 2024",
    "18 pages, ICLR 2026 poster": "ICLR 2026",
    "ICLR 2025 camera ready": "ICLR 2025",
    "ICLR 2025 camera-ready version": "ICLR 2025",
    "Camera-ready version for ECCV 2024": "ECCV 2024",
    "MNRAS Accepted, 10 pages, 8 figures": "MNRAS",
    "ICRA 2025 accepted": "ICRA 2025",
    "12 pages, CVPR 2024": "CVPR 2024",
    "NeurIPS'23": "NeurIPS'23",
    "EMNLP 2023 Findings; code is available": "EMNLP 2023 Findings",
    "6 pages, in press at Tea Letters": "Tea Letters",
    "13 pages, In Proceedings of the 31st Symposium on Cups (SOC) 2022": (
        "Proceedings of the 31st Symposium on Cups (SOC) 2022"
    ),
    "Oral at CoRL 2024": "CoRL 2024",
    "Submitted and accepted at COLM 2025": "COLM 2025",
    "Extended version of a paper accepted at AAAI 2021": "AAAI 2021",
    "Accepted to appear in IEEE Trans. Pattern Anal. Mach. Intell.": (
        "IEEE Trans. Pattern Anal. Mach. Intell."
    ),
    "accepted for publication in J. Chem. Phys.; 12 figures": "J. Chem. Phys.",
    "Accepted: ICASSP 2025": "ICASSP 2025",
    "In press, Nature Kettles": "Nature Kettles",
    "matches published version in JCAP": "JCAP",
    "Accepted for publication in: Physical Review B": "Physical Review B",
    "NeurIPS 2023 Datasets and Benchmarks Track": (
        "NeurIPS 2023 Datasets and Benchmarks Track"
    ),
    "Accepted to npj Kettle Science": "npj Kettle Science",
}
NOT_ACCEPTED = [
    "",
    "12 pages, 5 figures",
    "Accepted manuscript",
    "Author accepted version, 12 pages",
    "Submitted to ICML 2025",
    "accepted papers list",
    "List of accepted papers at ICML 2025",
    "Under review at ICLR 2026",
    "Under review, ICLR 2026",
    "Preprint. Submitted, NeurIPS 2024",
    "Accepted",
    "Accepted for publication",
    "accepted for review at ICML 2025",
    "Not accepted at ICML 2024",
    "To be submitted to Physical Review D",
    "Submitted for publication in MNRAS",
    "Submitted to be published in MNRAS",
    "Accepted in 2023",
    "Accepted in March 2023",
    "Accepted on 12 May 2024",
    "Accepted at a conference",
    "Published in Russian",
    "Code published at https://github.com/tea/pot",
    "Data published in Zenodo",
    "Published on arXiv",
    "Accepted at arXiv",
    "Technical Report 2025",
    "May 2025 version",
    "A preliminary version appeared in ICML 2020",
    "Part of this work was presented at CVPR 2021",
    "Comment on a paper published in Nature Kettles",
    "Conditionally accepted to SODA 2026",
    "Rejected at ICLR 2024",
    "LaTeX, uses IEEEtran; 3 tables",
    "The accepted answer is in Section 2",
    "If accepted at ICML we will release the code",
    "Proposal for a tutorial, 2024",
]


@pytest.mark.parametrize(("comment", "venue"), ACCEPTED.items())
def test_an_acceptance_is_a_venue(comment: str, venue: str) -> None:
    assert accepted_venue(comment) == venue


@pytest.mark.parametrize("comment", NOT_ACCEPTED)
def test_other_comments_are_no_venue(comment: str) -> None:
    assert accepted_venue(comment) is None


WITHDRAWN = [
    "This paper has been withdrawn by the author due to a crucial error in Lemma 3",
    "This paper has been withdrawn by the authors",
    "This submission has been withdrawn by arXiv administrators because of its overlap",
    "arXiv admin note: This version has been removed by arXiv; paper withdrawn",
    "Withdrawn",
    "withdrawn by author",
    "Withdrawn due to an error in equation (7)",
    "Paper withdrawn; superseded by arXiv:2401.00001",
    "This article has been withdrawn because it is superseded by arXiv:0705.1234",
    "The paper is withdrawn",
    "12 pages. This manuscript has been temporarily withdrawn for revision",
    "The authors have withdrawn this paper",
    "We withdraw this paper since Theorem 1 is wrong",
    "Withdrawn from arXiv",
    "This version has been removed by arXiv administrators",
    "The proof of Lemma 2 is not correct, paper withdrawn",
    "There is no proof of Theorem 3. Withdrawn",
    "Error in equation (4), withdrawn",
    "Submission has been withdrawn - see arXiv:2001.00001",
    "[WITHDRAWN] see the new paper",
    "The article has been retracted by the authors",
]
NOT_WITHDRAWN = [
    "We withdraw attention from the lid",
    "12 pages, 5 figures",
    "Withdrawn from ICLR 2025",
    "This paper was withdrawn from ICML 2024",
    "Previous version withdrawn",
    "The previous paper has been withdrawn",
    "This is no longer withdrawn",
    "Replaces our earlier submission, which was withdrawn in May",
    "v1 has been withdrawn by the author; this is a corrected version",
    "An earlier submission was withdrawn",
    "Withdrawn claims are marked in red",
    "On cash withdrawn at counters",
    "Supersedes the withdrawn paper arXiv:2001.00001",
    "This paper has not been withdrawn",
    "Not withdrawn",
]


@pytest.mark.parametrize("comment", WITHDRAWN)
def test_withdrawn(comment: str) -> None:
    assert is_withdrawn(comment)


@pytest.mark.parametrize("comment", NOT_WITHDRAWN)
def test_not_withdrawn(comment: str) -> None:
    assert not is_withdrawn(comment)


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("Withdrawn: On lids", "", True),
        ("On lids (withdrawn)", "", True),
        ("[Withdrawn] On lids", "", True),
        ("Withdrawn", "", True),
        ("Kettles", "This paper has been withdrawn by the author(s).", True),
        ("Kettles", "This paper has been withdrawn due to an error.", True),
        ("Kettles", "Withdrawn.", True),
        ("Kettles", "Paper withdrawn by the author", True),
        ("Kettles", "We boil. The authors have withdrawn this paper.", True),
        ("Withdrawn users in federated tea", "", False),
        ("Money withdrawn from banks", "", False),
        ("Kettles", "We study papers that were withdrawn by their authors.", False),
        ("Kettles", "An earlier claim is withdrawn: controls were wrong.", False),
        ("Kettles", "Whether a paper has been withdrawn is hard to see.", False),
        ("Kettles", "Affected kettles are withdrawn before repair.", False),
        ("Kettles", "After the article was retracted, citations went on.", False),
    ],
)
def test_withdrawn_in_title_or_abstract(
    title: str, abstract: str, expected: bool
) -> None:
    assert is_withdrawn("", title, abstract) is expected


@pytest.mark.parametrize(
    ("comment", "url"),
    [
        ("Code: https://github.com/tea/pot", "https://github.com/tea/pot"),
        ("Code at github.com/tea/pot.", "https://github.com/tea/pot"),
        ("see http://www.github.com/tea/pot)", "https://github.com/tea/pot"),
        (r"\url{https://github.com/tea/hot\_pot}", "https://github.com/tea/hot_pot"),
        ("(https://github.com/tea/pot.git)", "https://github.com/tea/pot"),
        (
            "https://gitlab.com/tea/group/pot, 3 pages",
            "https://gitlab.com/tea/group/pot",
        ),
        ("https://gitlab.tea.example/a/b", "https://gitlab.tea.example/a/b"),
        (
            "Model: https://huggingface.co/tea/pot-7b",
            "https://huggingface.co/tea/pot-7b",
        ),
        (
            "https://huggingface.co/spaces/tea/pot",
            "https://huggingface.co/spaces/tea/pot",
        ),
        ("https://huggingface.co/datasets/tea/pot", None),
        ("https://huggingface.co/papers/2401.00001", None),
        ("https://tea.github.io/pot", None),
        ("Project page: https://tea.example/pot", None),
        ("Code on GitHub", None),
        ("Weißer Tee ﬂießt: github.com/tea/pot", "https://github.com/tea/pot"),
        ("a@www.github.com/tea/pot, 3 pages", None),
        ("On GitHub: https://www.gist.github.com/x/1", "https://gist.github.com/x/1"),
        ("gitlab.tea or https://GitHub.com/tea/pot", "https://GitHub.com/tea/pot"),
    ],
)
def test_code_in_comments(comment: str, url: str | None) -> None:
    assert code_url(comment) == url


def record(said: dict[str, dict[str, Any]]) -> Record:
    stored = {source: {"title": "Kettles", **facts} for source, facts in said.items()}
    return Record("arxiv:2401.00001", ("arxiv:2401.00001",), NOW, stored)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"arxiv": {"comment": "Accepted at ICML 2025"}}, "ICML 2025"),
        ({"arxiv": {"comment": "Accepted at A", "venue": "Tea 3"}}, "Tea 3"),
        (
            {"arxiv": {"comment": "Accepted at ICML"}, "import": {"venue": "Tea"}},
            "Tea",
        ),
        ({"arxiv": {"comment": "9 pages"}, "text": {"venue": "Tea"}}, "Tea"),
        (
            {"arxiv": {"comment": "Accepted at ICML"}, "import": {"venue": "arXiv"}},
            "ICML",
        ),
        ({"arxiv": {"venue": "arXiv preprint arXiv:2401.00001"}}, None),
        ({"import": {"venue": "CoRR"}}, None),
        ({"arxiv": {"comment": "Submitted to ICML 2025"}}, None),
    ],
)
def test_the_venue_of_a_comment_is_trusted_least(
    said: dict[str, dict[str, Any]], expected: str | None
) -> None:
    assert settle(record(said)).venue == expected


GONE = {"version": 2, "updated": "2024-02-01", "comment": "Withdrawn by the authors"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"arxiv": GONE}, True),
        ({"arxiv": {"title": "Withdrawn: Kettles"}}, True),
        ({"arxiv-rss": {"abstract": "This paper has been withdrawn."}}, True),
        ({"import": {"withdrawn": True}}, True),
        ({"openalex": {"withdrawn": True}, "arxiv": {"version": 3}}, True),
        ({"arxiv-oai": GONE, "arxiv": {"version": 3}}, None),
        ({"arxiv-oai": GONE, "arxiv": {"version": 1}}, True),
        ({"arxiv-oai": {**GONE, "version": None}, "arxiv": {"version": 1}}, True),
        ({"arxiv-oai": GONE, "arxiv-snapshot": {"updated": "2024-03-01"}}, None),
        ({"arxiv-oai": GONE, "arxiv-list": {"updated": "2024-02-02"}}, True),
        ({"arxiv-oai": GONE, "hf": {"updated": "2024-03-01"}}, True),
    ],
)
def test_a_later_version_undoes_a_withdrawal(
    said: dict[str, dict[str, Any]], expected: bool | None
) -> None:
    paper = settle(record(said))
    assert paper.withdrawn is expected
    if expected is None:
        assert paper.comment is None


def test_a_withdrawal_ends_with_the_next_fetch_of_the_same_source() -> None:
    first = Facts(
        title="Kettles", ids=("arxiv:2401.00001",), version=2, comment="Withdrawn"
    )
    later = replace(first, version=3, comment=None)
    old, new = first.as_json(), later.as_json()
    assert settle(record({"arxiv": old})).withdrawn
    assert not settle(record({"arxiv": combine(old, new)})).withdrawn
    assert not settle(record({"arxiv": combine(new, old)})).withdrawn


def test_a_conference_of_a_comment_is_a_conference_paper() -> None:
    def type_of(comment: str, **more: str) -> str | None:
        return settle(record({"arxiv": {"comment": comment, **more}})).type

    assert type_of("Accepted at ICML 2025") == "conference-paper"
    assert type_of("Accepted at a Symposium on Tea") == "conference-paper"
    assert type_of("NeurIPS'24 poster") == "conference-paper"
    assert type_of("Accepted at MNRAS") is None
    assert type_of("Accepted at TMLR") is None
    assert type_of("Accepted at ICML 2025", venue="Tea Letters") is None
    assert type_of("Accepted at ICML 2025", type="report") == "report"


def test_code_of_a_comment_only_where_no_source_has_code() -> None:
    comment = {"comment": "Code: github.com/tea/pot"}
    assert settle(record({"arxiv": comment})).github == "https://github.com/tea/pot"
    known = {"arxiv": comment, "hf": {"github": "https://github.com/tea/cup"}}
    assert settle(record(known)).github == "https://github.com/tea/cup"


@pytest.mark.parametrize(
    ("abstract", "url"),
    [
        (
            "We boil. Code: https://github.com/tea/lid. See also github.com/tea/pot.",
            "https://github.com/tea/lid",
        ),
        (
            "Models are at https://huggingface.co/tea/pot-7b\nand elsewhere",
            "https://huggingface.co/tea/pot-7b",
        ),
        ("Code: https://gitlab.com/tea/lid", "https://gitlab.com/tea/lid"),
        ("Code will be released on GitHub.", None),
        ("", None),
    ],
)
def test_code_of_an_abstract_is_trusted_least(abstract: str, url: str | None) -> None:
    facts = {"abstract": abstract}
    assert settle(record({"arxiv": facts})).github == url
    facts["comment"] = "Code: github.com/tea/pot"
    assert settle(record({"arxiv": facts})).github == "https://github.com/tea/pot"


RECORDS = {
    "Atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:a="http://arxiv.org/schemas/atom">'
        "<title>arXiv Query</title><id>http://arxiv.org/api/q</id><entry>"
        "<id>http://arxiv.org/abs/2401.00001v1</id><title>Kettles</title>"
        "<published>2024-01-01</published><a:comment>9 pages,\n  \\'etudes</a:comment>"
        "</entry></feed>"
    ),
    "OAI arXiv": (
        "<OAI-PMH><ListRecords><record><header/><metadata><arXiv><id>2401.00001</id>"
        "<title>Kettles</title><comments>9 pages,\n  \\'etudes</comments></arXiv>"
        "</metadata></record></ListRecords></OAI-PMH>"
    ),
    "OAI arXivRaw": (
        "<OAI-PMH><GetRecord><record><header/><metadata><arXivRaw><id>2401.00001</id>"
        "<title>Kettles</title><comments>9 pages, \\'etudes</comments></arXivRaw>"
        "</metadata></record></GetRecord></OAI-PMH>"
    ),
    "OAI oai_dc": (
        "<OAI-PMH><GetRecord><record><header/><metadata><dc><title>Kettles</title>"
        "<identifier>http://arxiv.org/abs/2401.00001</identifier>"
        "<description>Boil.</description><description>Comment: 9 pages, \\'etudes"
        "</description></dc></metadata></record></GetRecord></OAI-PMH>"
    ),
    "listing": (
        "<html><body><dl id='articles'><h3>New submissions</h3><dt>"
        "<a href='/abs/2401.00001'>x</a></dt><dd><div class='list-title'>Title: Kettles"
        "</div><div class='list-comments'><span>Comments:</span> 9 pages, \\'etudes"
        "</div></dd></dl></body></html>"
    ),
    "abstract page": (
        "<html><head><meta name='citation_title' content='Kettles'><meta "
        "name='citation_arxiv_id' content='2401.00001'></head><body><table><tr>"
        "<td class='tablecell comments mathjax'>9 pages, \\'etudes</td></tr></table>"
        "</body></html>"
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_comments_of_every_format_of_arxiv(name: str) -> None:
    (facts,) = parse(RECORDS[name].encode(), {}, where=name).facts
    assert facts.comment == "9 pages, études"


def test_a_link_in_a_comment_is_its_url() -> None:
    link = 'Code at <a href="https://github.com/tea/pot">this https URL</a>'
    body = RECORDS["abstract page"].replace("9 pages, \\'etudes", link)
    (facts,) = parse(body.encode(), {}, where="page").facts
    assert facts.comment == "Code at https://github.com/tea/pot"


def test_comments_of_the_snapshot() -> None:
    body = b'{"id": "2401.00001", "title": "Kettles", "comments": "9 pages"}\n'
    (facts,) = arxiv_snapshot.parse(body, name="s").facts
    assert facts.comment == "9 pages"


@pytest.mark.parametrize(
    "piece",
    [
        "accepted at ",
        "withdrawn ",
        "short. ",
        "part ",
        "....",
        "A B ",
        "gitlab.",
        "((",
        "to ",
    ],
)
def test_comments_of_any_kind_are_read_in_linear_time(piece: str) -> None:
    start = time.process_time()
    comment = (piece * 2000)[:2000]
    for text in (comment, f"accepted at {comment}", f"withdrawn {comment} 2024"):
        accepted_venue(text)
        is_withdrawn(text, text, text * 50)
        code_url(text)
    assert time.process_time() - start < 2


@given(st.text(max_size=80))
def test_any_comment_can_be_read(text: str) -> None:
    for comment in (text, f"Accepted at {text}", f"{text} (oral)"):
        venue = accepted_venue(comment)
        assert venue is None or 0 < len(venue) <= 201
        is_withdrawn(comment)
        code_url(comment)
