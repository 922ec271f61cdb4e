"""K7: HTML and entities become text, in every format of bibliographies."""

from __future__ import annotations

import pytest

from papertrack.core.model import Paper
from papertrack.exports.registry import export
from papertrack.sources.bibliography import bibtex, ris
from tests.cases.bibliographies import csl_item, only

TITLES = {
    "entity": ("Tea &amp; Water", "Tea & Water"),
    "elements": ("<i>T. sinensis</i> in H<sub>2</sub>O", "T. sinensis in H2O"),
    "bold and small capitals": ("<b>Hot</b> <sc>Tea</sc> x<sup>2</sup>", "Hot Tea x2"),
    "a span": ('<span class="nocase">kettle</span> lids', "kettle lids"),
    "numbers": ("Tea &#8211; a caf&#xe9;", "Tea – a café"),
    "names": ("M&uuml;ller&rsquo;s tea", "Müller’s tea"),
    "encoded elements": ("&lt;i&gt;T. sinensis&lt;/i&gt; leaves", "T. sinensis leaves"),
    "less than": ("Cups &lt; 5 and lids &gt; 6", "Cups < 5 and lids > 6"),
    "JATS": ("<jats:italic>Tea</jats:italic> leaves", "Tea leaves"),
    "no element": ("The <EOS> token and a < b", "The <EOS> token and a < b"),
    "no entity": ("Tea &kettle; Water", "Tea &kettle; Water"),
}


@pytest.mark.parametrize("name", TITLES)
def test_csl(name: str) -> None:
    written, text = TITLES[name]
    assert csl_item(title=written).title == text


@pytest.mark.parametrize("name", TITLES)
def test_ris(name: str) -> None:
    written, text = TITLES[name]
    body = f"TY  - JOUR\nTI  - {written}\nAB  - <p>{written}</p>\nER  - \n"
    facts = only(ris.parse(body.encode(), name="a.ris"))
    assert (facts.title, facts.abstract) == (text, text)


@pytest.mark.parametrize("name", TITLES)
def test_bibtex(name: str) -> None:
    written, text = TITLES[name]
    body = f"@article{{k1, title = {{{written}}}, journal = {{{written}}}}}"
    facts = only(bibtex.parse(body.encode(), name="a.bib"))
    assert (facts.title, facts.venue) == (text, text)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"Tea \&amp; Water", "Tea & Water"),
        (r"Tea {\&}amp$\mathsemicolon$ Water", "Tea & Water"),
        (r"Tea {\&}lt$\mathsemicolon$ 5", "Tea < 5"),
        (r"Tea \& Water", "Tea & Water"),
        (r"Tea &#37; Water &#123;", "Tea % Water {"),
        (r"$a < b$ and $c > d$", "$a < b$ and $c > d$"),
    ],
)
def test_entities_in_latex(written: str, text: str) -> None:
    body = f"@article{{k1, title = {{{written}}}}}"
    assert only(bibtex.parse(body.encode(), name="a.bib")).title == text


@pytest.mark.parametrize("title", ["The &amp; of HTML", "<b>Bold</b> tags", "A &lt; B"])
def test_markup_that_a_title_is_about_survives_an_export(title: str) -> None:
    paper = Paper(id="x", key="title:0123456789", title=title)
    body = export([paper], "bibtex").encode()
    assert only(bibtex.parse(body, name="a.bib")).title == title
