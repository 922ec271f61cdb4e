"""K14: a bibliography survives: an entry that nobody touched is exported as it was.

Each entry is imported into a library and exported from it; pybtex compares both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import Entry, parse_string

from papertrack.core.model import Mark, Paper
from papertrack.core.text import clean
from papertrack.exports.registry import export
from papertrack.joining.records import record_of
from papertrack.joining.settle import settle
from papertrack.sources.bibliography import bibtex, csl, ris
from papertrack.sources.formats import read_file

NOW = "2026-01-02T03:04:05Z"


def papers_of(text: str, name: str = "in.bib", mark: Mark | None = None) -> list[Paper]:
    """The papers of a file, as a library shows them."""
    listing = read_file(text.encode(), name=name)
    records = (
        record_of(facts, source=listing.source, now=NOW) for facts in listing.facts
    )
    return [settle(record, mark or Mark()) for record in records]


def exported(text: str, name: str = "in.bib", mark: Mark | None = None) -> str:
    return export(papers_of(text, name, mark), "bibtex")


def entries(text: str) -> dict[str, Entry]:
    return dict(parse_string(text, "bibtex").entries.items())


def as_data(entry: Entry) -> tuple[str, dict[str, str], dict[str, list[str]]]:
    """Type, fields and people, to compare; white space is of no account."""
    fields = {name.lower(): clean(value) for name, value in entry.fields.items()}
    people = {role: list(map(str, names)) for role, names in entry.persons.items()}
    return entry.type, fields, people


UNTOUCHED = {
    "conference": r"@inproceedings{roe:2020, title={Conf of {T}ea}, author={Roe, A},"
    r" booktitle={Proc. of {TEA}}, pages={1--12}, year=2020}",
    "accents": r"@article{a, title={Caf{\'e} d'{\'E}t\'e, \"Uber $\alpha$-pots},"
    r" author={Mu{\~n}oz, Jos{\'e} and {Tea Group}}, journal={Z. f{\"u}r Tee}, year=1999}",
    "zotero": r"@article{roe_pots_2021, title = {Pots of {GPU}s}, volume = {12},"
    r" issn = {1234-5678}, url = {https://tea.example/a_b?c=d%20e}, urldate = {2022-01-02},"
    r" langid = {english}, file = {Full Text:C\:\\Users\\me\\x.pdf:application/pdf},"
    r" journaltitle = {Tea}, author = {Roe, A.}, date = {2021-03}, keywords = {a, b c}}",
    "jabref": r"@Article{Roe2021, author = {A. Roe}, title = {Pots}, comment = {look: 50\%},"
    r" file = {:pots.pdf:PDF}, groups = {Tea\;Pots}, owner = {me}, priority = {prio1},"
    r" __markedentry = {[me:1]}, year = {2021}}",
    "mendeley": r"@article{Roe2019, abstract = {We brew 50 cups, and more}, author = {Roe, A},"
    r" file = {:C$\backslash$:/Users/me/x.pdf:pdf}, mendeley-groups = {Tea}, title = {{Of pots}},"
    r" month = {jun}, year = {2019}}",
    "ads": r"@ARTICLE{2020TeaL...1..234R, author = {{Roe}, A. and {Lee}, B.}, title ="
    r' "{Pots}", journal = {Tea Letters}, year = 2020, month = may, eid = {L1}, pages = {L1},'
    r" adsurl = {https://ads.example/abs/2020TeaL}, adsnote = {by ADS}}",
    "dblp": r"@inproceedings{DBLP:conf/tea/RoeL20, author = {Ann Roe and Bob Lee},"
    r" editor = {Cy Doe}, title = {Tea at Scale}, booktitle = {{TEA} 2020}, series = {LNCS},"
    r" volume = {12}, pages = {1--9}, publisher = {Springer}, crossref = {DBLP:conf/tea/20},"
    r" timestamp = {Mon, 02 Mar 2020 10:00:00 +0100}, bibsource = {dblp}}",
    "thesis": r"@mastersthesis{m, title={On pots}, author={A. Roe}, school={Tea School},"
    r" type={Diploma}, address={Bath}, year=2001}",
    "report": r"@techreport{TR-1.2, title={Spouts}, author={Roe, A}, institution={Tea Lab},"
    r" number={TR-1}, year=2001, month=feb}",
    "book": r"@book{tex, title={The Pot}, editor={Roe, A and Doe, C}, publisher={P \& Q},"
    r" edition={Second}, isbn={0-1}, year=1984}",
    "chapter": r"@incollection{c/1, title={Lids}, author={Roe, A}, booktitle={All of tea},"
    r" editor={Doe, C}, chapter={3}, pages={5--7}, publisher={P}, year=1984}",
    "month with a day": r'@misc{d, title={Day}, month="10~" # jan, year=2020, note={x}}',
    "others": r"@misc{o, title={Many}, author={Roe, A and Lee, B and others}, year=2020}",
    "unusual type": r"@patent{p1, title={A Pot}, holder={Roe}, number={US 1}, year=1950}",
    "url in a note": r"@misc{u, title={Web}, note={see \url{https://a.example/~b_c}},"
    r" howpublished={\url{https://a.example/}}, year=2003}",
    "dashes and ties": r"@misc{t, title={A---B, Fig.~2 ``quoted'' -- 5\,\% of C\#},"
    r" year={2003}}",
    "no date": r"@unpublished{n, title={Undated}, author={Roe, A}, note={in press}}",
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_an_untouched_entry_is_exported_as_it_was(name: str) -> None:
    text = UNTOUCHED[name]
    assert {key: as_data(one) for key, one in entries(exported(text)).items()} == {
        key: as_data(one) for key, one in entries(text).items()
    }
    again = exported(exported(text))
    assert again == exported(text)


def test_macros_are_resolved_and_parents_are_inherited() -> None:
    text = """@string{tea = "Tea Letters"}
    @inproceedings{x, title={A}, crossref={p}, pages={1--2}}
    @article{y, title={B}, journal=tea # { II}, year=2001}
    @proceedings{p, title={Proc. of Tea}, year=2002, editor={Doe, C}}"""
    made = entries(exported(text))
    assert dict(made["x"].fields) == {
        "title": "A",
        "pages": "1--2",
        "booktitle": "Proc. of Tea",
        "year": "2002",
    }
    assert list(map(str, made["x"].persons["editor"])) == ["Doe, C"]
    assert made["y"].fields["journal"] == "Tea Letters II"


HOSTILE = (
    r"\input{/etc/passwd}",
    r"$\input{/etc/passwd}$",
    r"\write18{rm x}",
    r"\immediate\write18{x}",
    r"$x^^5cinput{y}$",
    r"^^5cinput{y}",
    r"\catcode`\%=12",
    r"\csname input\endcsname{x}",
    r"\def\a{x}\a",
    r"$\href{javascript:x}{y}$",
    r"\openin5=x",
    r"\newcommand{\x}{y}",
)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["title", "note", "author", "file", "abstract", "x"])
def test_commands_that_do_more_than_typeset_are_text(hostile: str, field: str) -> None:
    text = f"@misc{{k, title={{T}}, {field}={{A {hostile}}}, year=2020}}"
    if field == "title":
        text = f"@misc{{k, title={{A {hostile}}}, year=2020}}"
    as_json = json.dumps({"id": "2101.00001", "title": f"A {hostile}", "key": "x"})
    dangerous = (
        r"\\(?:input|write|immediate|catcode|csname|def|href|openin|newcommand)\b"
    )
    for made in (exported(text), exported(as_json, "in.jsonl")):
        assert not re.search(dangerous, made)
        assert "^^" not in made


def test_a_hostile_entry_in_an_export_stays_one_entry() -> None:
    entry = [
        "entrytype = misc",
        "title = }, x = {",
        "a} b = c",
        "note = x\\",
        "x = @misc{y, title={z}}",
        "file = {",
    ]
    line = json.dumps({"id": "2101.00001", "title": "T", "key": "", "entry": entry})
    made = entries(exported(line, "in.jsonl"))
    assert len(made) == 1
    for kind in ("string{x}@misc", "string", "comment", ""):
        other = line.replace("entrytype = misc", f"entrytype = {kind}")
        assert len(entries(exported(other, "in.jsonl"))) == 1


FORMULAS = {
    r"On $\mathcal{N}=4$ SYM": r"{{On $\mathcal{N}=4$ SYM}}",
    r"$O(n \log n)$ and $\frac{1}{2}$": r"{{$O(n \log n)$ and $\frac{1}{2}$}}",
    r"$\alpha$-$\beta$ pots": r"{{$\alpha$-$\beta$ pots}}",
    r"costs $5 and $6": r"{{costs \$5 and \$6}}",
    r"from US$5 to US$6 and $x$": r"{{from US\$5 to US\$6 and $x$}}",
    r"$\foo{x}$": r"{{\${\textbackslash}foo{\ensuremath{\lbrace}}x{\ensuremath{\rbrace}}\$}}",
    r"$\left( x$": r"{{\${\textbackslash}left( x\$}}",
    r"$a_{1}$ of $100": r"{{$a_{1}$ of \$100}}",
    r"\emph{x} is text": r"{{{\textbackslash}emph{\ensuremath{\lbrace}}x"
    r"{\ensuremath{\rbrace}} is text}}",
    r"$50\%$ more": r"{{$50\%$ more}}",
}


@pytest.mark.parametrize("title", FORMULAS)
def test_formulas_of_known_commands_stay_formulas(title: str) -> None:
    paper = Paper(id="2101.00001", key="arxiv:2101.00001", title=title)
    made = export([paper], "bibtex")
    assert f"title = {FORMULAS[title]},\n" in made
    (again,) = bibtex.parse(made.encode(), name="again").facts
    assert again.title == title
    shown = export([paper], "markdown")
    for formula in re.findall(r"(?<!\\)\$[^$]+(?<!\\)\$", FORMULAS[title]):
        assert formula in shown


def made(**facts: Any) -> Entry:
    """The entry of a paper that was not imported from BibTeX."""
    paper = Paper(id="1", key="url:1", title="T", published="2020-05", **facts)
    (entry,) = entries(export([paper], "bibtex")).values()
    return entry


@pytest.mark.parametrize(
    ("facts", "type", "fields"),
    [
        (
            {"type": "conference-paper", "venue": "Proc. of Tea", "pages": "1-2"},
            "inproceedings",
            {"booktitle": "Proc. of Tea", "pages": "1--2"},
        ),
        (
            {"venue": "3rd Conference on Tea"},
            "inproceedings",
            {"booktitle": "3rd Conference on Tea"},
        ),
        ({"venue": "Proc. of Tea"}, "article", {"journal": "Proc. of Tea"}),
        (
            {"type": "article", "venue": "Tea", "volume": "1", "number": "2"},
            "article",
            {"journal": "Tea", "volume": "1", "number": "2"},
        ),
        ({"type": "book", "publisher": "P"}, "book", {"publisher": "P"}),
        ({"type": "thesis", "school": "S"}, "phdthesis", {"school": "S"}),
        (
            {"type": "thesis", "school": "S", "entry": ("genre = Master's thesis",)},
            "mastersthesis",
            {"school": "S"},
        ),
        ({"type": "report", "publisher": "Lab"}, "techreport", {"institution": "Lab"}),
        (
            {"type": "chapter", "booktitle": "Tea", "publisher": "P"},
            "incollection",
            {"booktitle": "Tea", "publisher": "P"},
        ),
        ({"type": "preprint"}, "misc", {}),
        ({"type": "dataset", "venue": "Zenodo"}, "misc", {"howpublished": "Zenodo"}),
        ({}, "misc", {}),
    ],
)
def test_a_paper_is_an_entry_of_its_type(
    facts: dict[str, Any], type: str, fields: dict[str, str]
) -> None:
    entry = made(**facts)
    assert entry.type == type
    common = {"title": "{T}", "year": "2020", "month": "May"}
    assert dict(entry.fields) == {**common, **fields}


def test_no_month_is_invented() -> None:
    text = "@misc{a, title={A}, date={2021}}"
    assert "month" not in exported(text)
    paper = Paper(id="1", key="url:1", title="T", published="2021")
    assert "month" not in export([paper], "bibtex")


SAME_FACTS = {
    "ris": "TY  - CONF\nID  - roe2020\nTI  - Pots\nAU  - Roe, Ann\nED  - Doe, Cy\n"
    "T2  - Proc. of Tea\nPB  - Tea Press\nVL  - 3\nIS  - 4\nSP  - 5\nEP  - 9\nPY  - 2020\n"
    "CY  - Bath\nER  - \n",
    "csl": json.dumps(
        [
            {
                "type": "paper-conference",
                "id": "roe2020",
                "title": "Pots",
                "author": [{"family": "Roe", "given": "Ann"}],
                "editor": [{"family": "Doe", "given": "Cy"}],
                "container-title": "Proc. of Tea",
                "publisher": "Tea Press",
                "volume": "3",
                "issue": "4",
                "page": "5-9",
                "issued": {"date-parts": [[2020]]},
                "event-place": "Bath",
            }
        ]
    ),
    "bib": "@inproceedings{roe2020, title={Pots}, author={Roe, Ann}, editor={Doe, Cy},"
    " booktitle={Proc. of Tea}, publisher={Tea Press}, volume=3, number=4, pages={5--9},"
    " year=2020, address={Bath}}",
}


@pytest.mark.parametrize("format", SAME_FACTS)
def test_all_bibliographies_have_the_same_facts(format: str) -> None:
    parsers: dict[str, Callable[..., Any]] = {"ris": ris.parse, "csl": csl.parse}
    parse = parsers.get(format, bibtex.parse)
    (facts,) = parse(SAME_FACTS[format].encode(), name="in").facts
    found = facts.as_json()
    kept = " ".join(found.pop("entry"))
    assert "Bath" in kept
    assert found == {
        "title": "Pots",
        "authors": ["Ann Roe"],
        "published": "2020",
        "venue": "Proc. of Tea",
        "type": "conference-paper",
        "cite_key": "roe2020",
        "editors": ["Cy Doe"],
        "booktitle": "Proc. of Tea",
        "publisher": "Tea Press",
        "volume": "3",
        "number": "4",
        "pages": "5-9",
    }


def test_what_others_know_is_added_where_the_entry_has_nothing() -> None:
    text = "@article{a, title={Pots}, author={Roe, A}, journal={Tea}, year=2019}"
    (paper,) = papers_of(text)
    enriched = paper._replace(
        key="arxiv:2101.00001",
        title="Pots!",
        abstract="More.",
        sources=("arxiv", "bibliography"),
        url="https://tea.example",
        published="2021-01-01",
        categories=("cs.CL",),
        doi="10.1000/tea",
    )
    (entry,) = entries(export([enriched], "bibtex")).values()
    assert dict(entry.fields) == {
        "title": "Pots",
        "journal": "Tea",
        "year": "2019",
        "eprint": "2101.00001",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.CL",
        "doi": "10.1000/tea",
        "url": "https://tea.example",
        "abstract": "More.",
    }


def test_tags_and_notes_join_the_entry() -> None:
    text = "@misc{a, title={Pots}, keywords={Deep Tea; pots}, year=2019}"
    mark = Mark(tags=("deep-tea", "to read"), note="Mine")
    (entry,) = entries(exported(text, mark=mark)).values()
    assert entry.fields["keywords"] == "Deep Tea; pots; to read"
    assert entry.fields["annote"] == "Mine"


@pytest.mark.parametrize(
    "key", ["a b", "", "a=b", 'a"b', "a#b", "a%b", "a\\b", "x{y", "a,b", "\u200b"]
)
def test_a_key_that_latex_cannot_read_is_replaced(key: str) -> None:
    paper = Paper(id="1", key="url:1", title="Tea", authors=("A. Roe",), cite_key=key)
    assert export([paper], "bibtex").startswith("@misc{roetea,")


# ------------------------------------------------------------------ round trips

words = st.text(
    st.sampled_from("abcXYZ éüñøß-:.,'0123 ()/&%$#_") | st.characters(codec="utf-8"),
    min_size=1,
    max_size=30,
).map(clean)
values = words.filter(lambda text: any(map(str.isalpha, text)))
names = st.lists(
    st.text("abcdéüñ", min_size=2, max_size=8), min_size=2, max_size=3
).map(lambda parts: " ".join(part.title() for part in parts))
bibliographies = st.lists(
    st.builds(
        Paper,
        id=st.just(""),
        key=st.just(""),
        title=values,
        authors=st.lists(names, max_size=3).map(tuple),
        editors=st.lists(names, max_size=2).map(tuple),
        abstract=st.none() | values,
        published=st.sampled_from([None, "1999", "2021-03", "2020"]),
        venue=st.none() | st.just("Journal of Tea"),
        type=st.sampled_from(
            ["article", "conference-paper", "book", "chapter", "report", "thesis"]
        ),
        volume=st.none() | st.integers(1, 99).map(str),
        number=st.none() | st.integers(1, 99).map(str),
        pages=st.sampled_from([None, "12", "12-34", "L1"]),
    ),
    min_size=1,
    max_size=4,
).map(
    lambda papers: [
        paper._replace(key=f"title:{number:010}", title=f"{paper.title} n{number}")
        for number, paper in enumerate(papers)
    ]
)


@given(bibliographies)
@settings(deadline=None, max_examples=60)
def test_import_export_import_gives_equal_facts(papers: list[Paper]) -> None:
    first = bibtex.parse(export(papers, "bibtex").encode(), name="a.bib")
    assert [facts.title for facts in first.facts] == [paper.title for paper in papers]
    settled = [
        settle(record_of(facts, source="bibliography", now=NOW))
        for facts in first.facts
    ]
    again = bibtex.parse(export(settled, "bibtex").encode(), name="b.bib")
    assert again.facts == first.facts
