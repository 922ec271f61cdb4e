"""URLs of mirrors, readers and publishers, and the papers that they show."""

import pytest

from papertrack.core.identity import keys_named, normalise
from tests.helpers.growth import grows_linearly

ARXIV = [
    "https://scirate.com/arxiv/2106.01234",
    "https://ar5iv.labs.arxiv.org/html/2106.01234",
    "https://ar5iv.org/abs/2106.01234v2",
    "https://www.arxiv-vanity.com/papers/2106.01234/",
    "https://www.alphaxiv.org/pdf/2106.01234v1",
    "http://cn.arxiv.org/abs/2106.01234",
    "http://xxx.lanl.gov/abs/2106.01234",
    "https://arxiv.org/pdf/2106.01234v3.pdf#page=4",
    "https://www.semanticscholar.org/arxiv/2106.01234",
    "https://api.semanticscholar.org/arXiv:2106.01234",
    "https://reader.semanticscholar.org/?file=https%3A%2F%2Farxiv.org%2Fpdf%2F2106.01234.pdf",
    "https://ui.adsabs.harvard.edu/abs/2021arXiv210601234R/abstract",
    "https://ui.adsabs.harvard.edu/abs/arXiv:2106.01234",
    "https://inspirehep.net/api/arxiv/2106.01234",
    "https://papers.cool/arxiv/2106.01234",
    "https://dblp.org/rec/journals/corr/abs-2106-01234.bib",
    "https://huggingface.co/papers/2106.01234#community",
]
DOIS = {
    "https://dl.acm.org/doi/10.1145/3.4": "10.1145/3.4",
    "https://dl.acm.org/doi/pdf/10.1145/3.4": "10.1145/3.4",
    "https://link.springer.com/article/10.1007/s1-021-1": "10.1007/s1-021-1",
    "https://link.springer.com/chapter/10.1007/978-3-1_13#Sec2": "10.1007/978-3-1_13",
    "https://link.springer.com/content/pdf/10.1007/s1.pdf": "10.1007/s1",
    "https://onlinelibrary.wiley.com/doi/abs/10.1002/abc.1": "10.1002/abc.1",
    "https://onlinelibrary.wiley.com/doi/10.1002/abc.1/abstract": "10.1002/abc.1",
    "https://www.science.org/doi/10.1126/science.abc": "10.1126/science.abc",
    "https://www.tandfonline.com/doi/full/10.1080/1.2?scroll=top": "10.1080/1.2",
    "https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.1.2": "10.1103/physrevlett.1.2",
    "https://www.nature.com/articles/s41586-021-03819-2.pdf": "10.1038/s41586-021-03819-2",
    "https://www.nature.com/articles/nature14539": "10.1038/nature14539",
    "https://iopscience.iop.org/article/10.1088/1-2/1234/1/01/meta": "10.1088/1-2/1234/1/01",
    "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.1": "10.1371/journal.pone.1",
    "https://www.biorxiv.org/content/10.1101/2020.01.01.1v1.full.pdf": "10.1101/2020.01.01.1",
    "https://academic.oup.com/x/article/doi/10.1093/x/btaa123/5812345": "10.1093/x/btaa123",
    "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=1234": "10.2139/ssrn.1234",
    "http://doi.acm.org/10.1145/3.4": "10.1145/3.4",
    "https://doi-org.library.example/10.1145/3.4": "10.1145/3.4",
}
OTHERS = [
    "https://huggingface.co/user/2106.01234",
    "https://arxiv.org/list/cs.CL/recent",
    "https://ieeexplore.ieee.org/document/1234567",
    "https://blog.example/review/10.1145/3.4",
    "https://blog.example/?file=https://arxiv.org/abs/2106.01234",
    "https://www.nature.com/subjects/physics",
    "https://scirate.com/arxiv/cs.CL",
    "https://www.semanticscholar.org/reader/204e3073870fae3d05bcbc2f6a8e263d9b72e776",
    "https://dl.acm.org/doi/10.1145/",
]


@pytest.mark.parametrize("url", ARXIV)
def test_an_arxiv_paper(url: str) -> None:
    assert normalise(url) == "arxiv:2106.01234"


@pytest.mark.parametrize("url", DOIS)
def test_a_doi(url: str) -> None:
    assert normalise(url) == f"doi:{DOIS[url]}"


@pytest.mark.parametrize("url", OTHERS)
def test_any_other_url_is_itself(url: str) -> None:
    assert (normalise(url) or "").startswith("url:")


def test_a_url_may_name_what_an_earlier_version_stored() -> None:
    url = "https://dl.acm.org/doi/10.1145/3.4"
    assert keys_named(url) == ("doi:10.1145/3.4", f"url:{url}")
    assert keys_named("10.1145/3.4") == ("doi:10.1145/3.4",)
    assert keys_named("https://example.org/a") == ("url:https://example.org/a",)
    assert keys_named("a word") == ()


@pytest.mark.parametrize("unit", ["doi/10.1234/", "doi/10.1234/a", "article/", "a" * 9])
def test_time_is_proportional_to_the_length(unit: str) -> None:
    assert grows_linearly(
        lambda size: normalise(f"https://a.org/{unit * size}"), 50_000
    )
