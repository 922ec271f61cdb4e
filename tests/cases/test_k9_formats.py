"""K9: files of every format are read whole, or refused by name with what to do instead."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest

from papertrack.core.errors import Unrecognised
from papertrack.sources.formats import read_file

Paper = dict[str, Any]


def papers(body: str | bytes, name: str = "in") -> list[Paper]:
    """What a file says of each paper, without what it leaves out."""
    data = body.encode() if isinstance(body, str) else body
    return [facts.as_json() for facts in read_file(data, name=name).facts]


ZOTERO_CSV = (
    '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI",'
    '"Url","Abstract Note","Date","Pages","Issue","Volume","Extra","Manual Tags"\n'
    '"AB12","journalArticle","2020","Roe, Ann; Lee, Bob","Warm ""cups""","Tea Letters",'
    '"10.1000/cup","https://tea.example/cup","Two\nlines","2020-05-12","1-9","2","7",'
    '"arXiv:2005.01234 [cs]\nCitation Key: roe2020","tea; cups"\n'
)
PUBMED_CSV = (
    "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,DOI\n"
    '11,"Kettle noise","Roe A, Lee BC.","Tea. 2021;1:2.","Roe A",Tea,2021,10.1000/k\n'
)
SCHOLAR_CSV = (
    "Authors,Title,Publication,Volume,Number,Pages,Year,Publisher\n"
    '"Roe, Ann; Lee, Bob; ",Of pots,arXiv preprint arXiv:2105.00007,,,,2021,\n'
)
SCOPUS_CSV = (
    "\ufeffAuthors,Author full names,Title,Year,Source title,Volume,Page start,Page end,"
    "Author Keywords,Document Type,DOI,Source\n"
    'Roe A.; Lee B.,"Roe, Ann (123); Lee, Bob (456)",Lids,2019,Tea Journal,4,10,12,'
    "lids; pots,Article,10.1000/lid,Scopus\n"
)
RAYYAN_CSV = (
    "key,title,year,month,day,journal,authors,abstract,doi,keywords\n"
    "r-1,Spoons,2018,3,,Tea,Ann Roe and Bob Lee,Short.,10.1000/spoon,a; b\n"
)
GERMAN_CSV = "Titel;Autor;Jahr;Regal\nKannen;Roe, Ann;2016;3\n"
OPENALEX_CSV = (
    "id,title,display_name,publication_year,publication_date,doi,"
    "authorships.author.display_name\n"
    "https://openalex.org/W1,Trays,Trays,2017,2017-02-03,https://doi.org/10.1000/tray,"
    "Ann Roe|Bob Lee\n"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            ZOTERO_CSV,
            {
                "title": 'Warm "cups"',
                "ids": ["arxiv:2005.01234", "doi:10.1000/cup"],
                "abstract": "Two lines",
                "authors": ["Ann Roe", "Bob Lee"],
                "published": "2020-05-12",
                "keywords": ["tea", "cups"],
                "doi": "10.1000/cup",
                "venue": "Tea Letters",
                "url": "https://tea.example/cup",
                "type": "article",
                "volume": "7",
                "number": "2",
                "pages": "1-9",
            },
            id="zotero",
        ),
        pytest.param(
            PUBMED_CSV,
            {
                "title": "Kettle noise",
                "ids": ["doi:10.1000/k"],
                "authors": ["A Roe", "BC Lee"],
                "published": "2021",
                "doi": "10.1000/k",
                "venue": "Tea",
            },
            id="pubmed",
        ),
        pytest.param(
            SCHOLAR_CSV,
            {
                "title": "Of pots",
                "ids": ["arxiv:2105.00007"],
                "authors": ["Ann Roe", "Bob Lee"],
                "published": "2021",
            },
            id="scholar",
        ),
        pytest.param(
            SCOPUS_CSV,
            {
                "title": "Lids",
                "ids": ["doi:10.1000/lid"],
                "authors": ["Ann Roe", "Bob Lee"],
                "published": "2019",
                "keywords": ["lids", "pots"],
                "doi": "10.1000/lid",
                "venue": "Tea Journal",
                "type": "article",
                "volume": "4",
                "pages": "10-12",
            },
            id="scopus",
        ),
        pytest.param(
            RAYYAN_CSV,
            {
                "title": "Spoons",
                "ids": ["doi:10.1000/spoon"],
                "abstract": "Short.",
                "authors": ["Ann Roe", "Bob Lee"],
                "published": "2018-03",
                "keywords": ["a", "b"],
                "doi": "10.1000/spoon",
                "venue": "Tea",
            },
            id="rayyan",
        ),
        pytest.param(
            OPENALEX_CSV,
            {
                "title": "Trays",
                "ids": ["doi:10.1000/tray"],
                "authors": ["Ann Roe", "Bob Lee"],
                "published": "2017-02-03",
                "doi": "10.1000/tray",
            },
            id="openalex",
        ),
        pytest.param(
            GERMAN_CSV,
            {"title": "Kannen", "authors": ["Ann Roe"], "published": "2016"},
            id="german",
        ),
    ],
)
def test_tables_of_other_programs(body: str, expected: Paper) -> None:
    assert papers(body) == [expected]


OWN = {
    "title": "Kettles, loud",
    "ids": ["arxiv:2106.00001"],
    "authors": ["A Roe", "B Lee"],
    "published": "2021-06",
}


@pytest.mark.parametrize(
    "body",
    [
        'id,title,authors,published\n2106.00001,"Kettles, loud",A Roe; B Lee,2021-06\n',
        '\ufeffid;title;authors;published\r\n2106.00001;"Kettles, loud";"A Roe; B Lee";'
        "2021-06\r\n",
        'sep=;\nid;title;authors;published\n2106.00001;Kettles, loud;"A Roe; B Lee";2021-06',
        "published\tauthors\ttitle\tkey\n2021-06\tA Roe; B Lee\tKettles, loud\t"
        "arxiv:2106.00001\n",
        'published\tauthors\ttitle\tid\n2021-06\tA Roe; B Lee\t"Kettles, loud"\t2106.00001\n'
        '2021\tB Lee\t"Lids, ""soft"""\t2106.00002\n',
        'TITLE,ID,Authors,published\n"Kettles,\n loud",2106.00001,A Roe; B Lee,2021-06\n',
    ],
)
def test_own_tables_that_a_spreadsheet_saved(body: str) -> None:
    assert papers(body)[0] == OWN


def test_ids_that_a_spreadsheet_took_for_numbers() -> None:
    body = "id,title\n2106.1,A\n704.0001,B\n1307.001,C\n"
    ids = [paper["ids"] for paper in papers(body)]
    assert ids == [["arxiv:2106.10000"], ["arxiv:0704.0001"], ["arxiv:1307.0010"]]


def test_an_utf_16_table() -> None:
    body = "id\ttitle\n2106.00001\tÜber Kettles\n".encode("utf-16")
    assert papers(body)[0]["title"] == "Über Kettles"


@pytest.mark.parametrize(
    "title", ["=1+1", "+ and -", "@home", "'-adic", "''=x", "'tis"]
)
def test_the_apostrophe_before_a_formula_is_removed_again(title: str) -> None:
    from papertrack.core.model import Paper as Shown
    from papertrack.exports.registry import export

    shown = Shown("2106.00001", "arxiv:2106.00001", title)
    for format in ("csv", "tsv"):
        assert papers(export([shown], format))[0]["title"] == title


NBIB = """
PMID- 11
OWN - NLM
DP  - 2021 May 12
TI  - A kettle that
      whistles.
LID - 10.1000/kettle [doi]
AB  - We boil.
FAU - Roe, Ann
AU  - Roe A
FAU - Lee, Bob C Jr
AU  - Lee BC Jr
CN  - Tea Group
PT  - Journal Article
JT  - Tea and cups
TA  - Tea
VI  - 4
IP  - 2
PG  - 1-9
OT  - kettle
MH  - *Tea/chemistry
MH  - Humans

PMID- 12
TI  - [Of lids].
DP  - 2020
JT  - ArXiv
AID - arXiv:2005.01234v1 [pii]
PT  - Preprint
"""
PUBMED_XML = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://dtd.example/pubmed.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">11</PMID><Article>
<Journal><JournalIssue><Volume>4</Volume><Issue>2</Issue><PubDate><Year>2021</Year>
<Month>May</Month><Day>12</Day></PubDate></JournalIssue><Title>Tea and cups</Title></Journal>
<ArticleTitle>A <i>kettle</i> that whistles.</ArticleTitle>
<Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>
<ELocationID EIdType="doi">10.1000/kettle</ELocationID>
<Abstract><AbstractText Label="METHODS">We boil.</AbstractText></Abstract>
<AuthorList><Author><LastName>Roe</LastName><ForeName>Ann</ForeName></Author>
<Author><LastName>Lee</LastName><ForeName>Bob C</ForeName><Suffix>Jr</Suffix></Author>
<Author><CollectiveName>Tea Group</CollectiveName></Author></AuthorList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList>
</Article><KeywordList><Keyword>kettle</Keyword></KeywordList>
<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="Y">Tea</DescriptorName>
</MeshHeading></MeshHeadingList></MedlineCitation></PubmedArticle>
</PubmedArticleSet>
"""
KETTLE = {
    "title": "A kettle that whistles",
    "ids": ["doi:10.1000/kettle"],
    "abstract": "We boil.",
    "authors": ["Ann Roe", "Bob C Lee Jr", "Tea Group"],
    "published": "2021-05-12",
    "keywords": ["kettle", "Tea"],
    "doi": "10.1000/kettle",
    "venue": "Tea and cups",
    "url": "https://pubmed.ncbi.nlm.nih.gov/11/",
    "type": "article",
    "volume": "4",
    "number": "2",
    "pages": "1-9",
}
LIDS = {
    "title": "Of lids",
    "ids": ["arxiv:2005.01234"],
    "published": "2020",
    "url": "https://pubmed.ncbi.nlm.nih.gov/12/",
    "type": "preprint",
}


def test_pubmed() -> None:
    assert papers(NBIB) == [KETTLE, LIDS]
    assert papers(PUBMED_XML) == [{**KETTLE, "abstract": "METHODS: We boil."}]


ENDNOTE = """%0 Conference Paper
%T Kettles
   in tune
%A Roe, Ann
%A Lee, Bob
%B Proceedings of the Tea Conference
%D 2020
%8 May 12
%R 10.1000/abc
%U https://tea.example/1
%K tea
kettles
%X One.

Two.
%I Tea Press
%P 1-9

%T Only a title
%A Roe, Ann
%J arXiv preprint arXiv:2106.01234
%D 2021
"""


def test_endnote() -> None:
    first, second = papers(ENDNOTE, "in.enw")
    assert first == {
        "title": "Kettles in tune",
        "ids": ["doi:10.1000/abc"],
        "abstract": "One. Two.",
        "authors": ["Ann Roe", "Bob Lee"],
        "published": "2020",
        "keywords": ["tea", "kettles"],
        "doi": "10.1000/abc",
        "venue": "Proceedings of the Tea Conference",
        "url": "https://tea.example/1",
        "type": "conference-paper",
        "booktitle": "Proceedings of the Tea Conference",
        "publisher": "Tea Press",
        "pages": "1-9",
    }
    assert second["ids"] == ["arxiv:2106.01234"]
    assert "venue" not in second


ZOTERO = """{"key": "AB12", "version": 3, "library": {"id": 1}, "data": {
"key": "AB12", "itemType": "conferencePaper", "title": "<i>Tea</i> sets", "creators": [
{"creatorType": "author", "firstName": "Ann", "lastName": "Roe"},
{"creatorType": "author", "name": "Tea Group"},
{"creatorType": "editor", "firstName": "Bob", "lastName": "Lee"}],
"abstractNote": "A set.", "date": "2021-03", "proceedingsTitle": "Proc. of Tea",
"DOI": "10.1000/set", "url": "https://tea.example/set", "extra": "arXiv: 2101.00009 [cs]",
"tags": [{"tag": "tea"}], "pages": "3-4"}}"""
SET = {
    "title": "Tea sets",
    "ids": ["arxiv:2101.00009", "doi:10.1000/set"],
    "abstract": "A set.",
    "authors": ["Ann Roe", "Tea Group"],
    "published": "2021-03",
    "keywords": ["tea"],
    "doi": "10.1000/set",
    "venue": "Proc. of Tea",
    "url": "https://tea.example/set",
    "type": "conference-paper",
    "editors": ["Bob Lee"],
    "booktitle": "Proc. of Tea",
    "pages": "3-4",
}
BETTER_BIBTEX = f"""{{"config": {{"id": "x", "label": "BetterBibTeX JSON"}},
"version": {{"zotero": "6", "bbt": "6"}}, "collections": {{"C": {{"items": [1]}}}},
"items": [{ZOTERO.partition('"data": ')[2][:-1]},
{{"itemType": "note", "note": "none"}},
{{"itemType": "attachment", "title": "a.pdf"}}]}}"""


def test_zotero() -> None:
    assert papers(ZOTERO) == [SET]
    assert papers(f'[{ZOTERO}, {{"data": {{"itemType": "note"}}}}]') == [SET]
    assert papers(BETTER_BIBTEX) == [SET]


ROE = '"authors": [{"authorId": "1", "name": "Ann Roe"}]'
CASES_OF_SERVICES = [
    pytest.param(
        '[null, {"paperId": "a", "title": "Tea", "year": 2022, "venue": "Tea Conf",'
        '"externalIds": {"ArXiv": "2106.01234", "DOI": "10.48550/arXiv.2106.01234"},'
        '"publicationVenue": {"name": "Tea Conf", "type": "conference"},'
        '"journal": {"name": "ArXiv", "volume": "abs/2106.01234"},'
        f'"publicationTypes": ["JournalArticle", "Conference"], {ROE}}}]',
        {
            "title": "Tea",
            "ids": ["arxiv:2106.01234"],
            "authors": ["Ann Roe"],
            "venue": "Tea Conf",
            "type": "conference-paper",
        },
        id="semantic scholar: the year of the venue is not that of the preprint",
    ),
    pytest.param(
        '{"total": 1, "offset": 0, "data": [{"paperId": "b", "title": "Cup &amp; lid",'
        '"abstract": null, "tldr": {"text": "A lid."}, "year": 2020,'
        '"publicationDate": "2020-05-12", "externalIds": {"DOI": "10.1000/CUP"},'
        '"journal": {"name": "Tea", "volume": "4", "pages": "1-2"},'
        f'"publicationVenue": null, "venue": "Tea", {ROE}}}]}}',
        {
            "title": "Cup & lid",
            "ids": ["doi:10.1000/cup"],
            "summary": "A lid.",
            "authors": ["Ann Roe"],
            "published": "2020-05-12",
            "doi": "10.1000/cup",
            "venue": "Tea",
            "volume": "4",
            "pages": "1-2",
            "venue_year": 2020,
        },
        id="semantic scholar: search",
    ),
    pytest.param(
        '{"data": [{"isInfluential": true, "citedPaper": {"paperId": "c",'
        '"title": "Pots", "externalIds": null, "venue": "SSRN Electronic Journal"}}]}',
        {
            "title": "Pots",
            "ids": ["url:https://semanticscholar.org/paper/c"],
            "type": "preprint",
        },
        id="semantic scholar: references",
    ),
    pytest.param(
        '{"meta": {"count": 1}, "results": [{"id": "https://openalex.org/W1",'
        '"doi": "https://doi.org/10.1000/tray", "title": "Trays", "type": "article",'
        '"publication_date": "2019-01-01", "publication_year": 2019,'
        '"primary_location": {"landing_page_url": "https://doi.org/10.1000/tray",'
        '"version": "publishedVersion", "source": {"display_name": "Tea",'
        '"type": "journal"}}, "authorships": [{"author": {"display_name": "Ann Roe"}}],'
        '"biblio": {"volume": "4", "issue": "2", "first_page": "1", "last_page": "9"},'
        '"abstract_inverted_index": {"We": [0], "boil": [1, 3], "and": [2]}}]}',
        {
            "title": "Trays",
            "ids": ["doi:10.1000/tray"],
            "abstract": "We boil and boil",
            "authors": ["Ann Roe"],
            "published": "2019",
            "doi": "10.1000/tray",
            "venue": "Tea",
            "url": "https://doi.org/10.1000/tray",
            "type": "article",
            "volume": "4",
            "number": "2",
            "pages": "1-9",
            "venue_year": 2019,
        },
        id="openalex: the first of January is a year alone",
    ),
    pytest.param(
        '{"id": "https://openalex.org/W2", "title": "Spoons", "type": "preprint",'
        '"doi": "https://doi.org/10.48550/arxiv.2106.01234",'
        '"publication_date": "2021-06-09", "publication_year": 2021, "authorships": [],'
        '"primary_location": {"landing_page_url": "https://arxiv.org/abs/2106.01234",'
        '"version": "submittedVersion", "source": {"display_name":'
        '"arXiv (Cornell University)", "type": "repository"}}}',
        {
            "title": "Spoons",
            "ids": ["arxiv:2106.01234"],
            "published": "2021-06-09",
            "url": "https://arxiv.org/abs/2106.01234",
            "type": "preprint",
        },
        id="openalex: arXiv is no venue",
    ),
    pytest.param(
        '{"status": "ok", "message-type": "work", "message": {"DOI": "10.1000/PAN",'
        '"title": ["Of <i>pans</i> &amp; pots"], "type": "proceedings-article",'
        '"author": [{"given": "Ann", "family": "Roe"}, {"name": "Tea Group"}],'
        '"issued": {"date-parts": [[2021, 6]]}, "container-title": ["Proc. of Tea"],'
        '"publisher": "Tea Press", "page": "1-9",'
        '"abstract": "<jats:p>We fry.</jats:p>", "relation": {"has-preprint":'
        '[{"id": "10.48550/arXiv.2101.00001"}]}}}',
        {
            "title": "Of pans & pots",
            "ids": ["doi:10.1000/pan"],
            "abstract": "We fry.",
            "authors": ["Ann Roe", "Tea Group"],
            "published": "2021-06",
            "doi": "10.1000/pan",
            "venue": "Proc. of Tea",
            "type": "conference-paper",
            "booktitle": "Proc. of Tea",
            "publisher": "Tea Press",
            "pages": "1-9",
            "venue_year": 2021,
        },
        id="crossref: a preprint's id is not the article's",
    ),
    pytest.param(
        '{"status": "ok", "message-type": "work-list", "message": {"items": ['
        '{"DOI": "10.1000/x", "title": ["X"], "type": "posted-content",'
        '"issued": {"date-parts": [[null]]}, "institution": [{"name": "bioRxiv"}]}]}}',
        {
            "title": "X",
            "ids": ["doi:10.1000/x"],
            "doi": "10.1000/x",
            "type": "preprint",
        },
        id="crossref: a list, without a date",
    ),
    pytest.param(
        '{"result": {"hits": {"@total": "1", "hit": [{"info": {"authors": {"author":'
        '{"@pid": "1", "text": "Ann Roe 0001"}}, "title": "Tea &amp; cups.",'
        '"venue": "CoRR", "volume": "abs/2106.01234", "year": "2021",'
        '"type": "Informal and Other Publications", "key": "journals/corr/x",'
        '"ee": "https://doi.org/10.48550/arXiv.2106.01234",'
        '"url": "https://dblp.org/rec/journals/corr/x"}}]}}}',
        {
            "title": "Tea & cups",
            "ids": ["arxiv:2106.01234"],
            "authors": ["Ann Roe"],
            "published": "2021",
            "url": "https://doi.org/10.48550/arXiv.2106.01234",
            "type": "preprint",
        },
        id="dblp: CoRR is no venue",
    ),
]


@pytest.mark.parametrize(("body", "expected"), CASES_OF_SERVICES)
def test_saved_responses_of_services(body: str, expected: Paper) -> None:
    assert papers(body) == [expected]


def zipped(*names: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in names:
            is_type = name == "mimetype"
            archive.writestr(name, "application/vnd.oasis.opendocument.text" * is_type)
    return body.getvalue()


XML = '<?xml version="1.0"?>\n'
RDF = 'rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            f'{XML}<{RDF} xmlns:z="http://www.zotero.org/namespaces/export#">'
            '<bib:Article rdf:about="http://arxiv.org/abs/2106.01234"/></rdf:RDF>',
            "a Zotero RDF file",
        ),
        (f"{XML}<{RDF}><x/></rdf:RDF>", "an RDF file"),
        (f"{XML}<modsCollection><mods><title/></mods></modsCollection>", "a MODS file"),
        (
            f'{XML}<xml><records><record><ref-type name="x">17</ref-type></record>'
            "</records></xml>",
            "an EndNote XML file",
        ),
        (f"{XML}<b:Sources xmlns:b='x'/>", "a Word bibliography (XML)"),
        (f"{XML}<TEI xmlns='x'/>", "a TEI document"),
        (
            f"{XML}<catalog><title>arXiv:2106.01234</title></catalog>",
            "its root: catalog",
        ),
        (b"%PDF-1.7\narXiv:2106.01234v1", "a PDF file"),
        (b"SQLite format 3\0" + b"10.1000/x" * 99, "a SQLite database"),
        (zipped("[Content_Types].xml", "word/document.xml"), "a Word document (DOCX)"),
        (zipped("xl/workbook.xml"), "an Excel workbook (XLSX)"),
        (zipped("mimetype"), "an ODT document"),
        (zipped("a.bib"), "a ZIP file"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "an old Office document"),
        (b"{\\rtf1 arXiv:2106.01234}", "an RTF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "an image"),
        (b"\xff\xd8\xff\xe0" + bytes(99), "an image"),
        ("<svg xmlns='x'>arXiv:2106.01234</svg>", "an image"),
        (b"7z\xbc\xaf'\x1c" + bytes(9), "a compressed archive"),
        (bytes(range(256)) * 9, "a binary file"),
        (
            "references:\n- id: a\n  type: book\n  title: T\n  DOI: 10.1000/x\n",
            "YAML with references",
        ),
        (
            "roe2020:\n    type: article\n    title: T\n    serial-number: 10.1000/x\n",
            "YAML with references",
        ),
        ("FN Clarivate\nVR 1.0\nPT J\nAU Roe, A\nDI 10.1000/x\n", "Web of Science"),
        ('{"a": 1, "doi": "10.1000/x"}', "JSON of an unknown kind (its keys: a, doi)"),
        (
            '{"error": "Paper with id 0 not found"}',
            "an error: Paper with id 0 not found",
        ),
        (
            "name,price\nkettle 10.1000/x,3\n",
            "no column 'title' (its columns: name, price)",
        ),
        ("author,year,doi\nRoe,2020,10.1000/x\n", "no column 'title'"),
        ('{"total": 0, "offset": 0}', "it contains no paper"),
        ("Shopping: milk and tea\n", "no paper found: it has no arXiv id and no DOI"),
        ("<html><body><p>10.1000/x</p></body></html>", "a page"),
    ],
)
def test_other_formats_are_refused_by_name(body: str | bytes, words: str) -> None:
    with pytest.raises(Unrecognised) as caught:
        papers(body, "in.csv" if "price" in str(body) else "in")
    message = str(caught.value)
    assert message.startswith("in")
    assert words in message
    assert "\n" not in message


def test_compressed_formats_are_refused_by_name_too() -> None:
    with pytest.raises(Unrecognised, match="a PDF file can't be read; import"):
        papers(gzip.compress(b"%PDF-1.7\n"))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("id,title\n2106.00001,A\n2106.00002,B,C,D\n2106.00003,C\n", 3),
        ('title,doi\nA,10.1000/a\n"B,10.1000/b\nC,10.1000/c\nD,10.1000/d\n', 3),
        ("title,doi\n,10.1000/b\nC,10.1000/c\n,\n", 2),
        ("PMID- 1\nTI  - A.\n\nPMID- x\nAU  - B\n\n", 4),
        ("%0 Book\n%T A\n\n%0 Book\n%A B\n\n%0 Book\n%A C\n", 4),
        (
            "<PubmedArticleSet>\n<PubmedArticle><b></PubmedArticle>\n" * 3
            + PUBMED_XML.partition("<PubmedArticleSet>")[2],
            2,
        ),
        ('[{"itemType": "book", "title": "A"},\n{"itemType": "book"}]', 2),
        ('{"data": [{"paperId": "a", "title": "A"},\n{"paperId": ""}]}', 2),
        ('{"results": [{"id": "https://openalex.org/W1"},\n{"x": 1}], "meta": 1', 2),
        ('[{"id": "2106.00001", "title": "A", "key": ""},\n5]', 2),
    ],
)
def test_one_good_entry_among_bad_ones_is_kept(body: str, line: int) -> None:
    listing = read_file(body.encode(), name="in")
    assert listing.facts
    assert listing.unreadable
    assert listing.problems[0].startswith(f"in, line {line}: ")
