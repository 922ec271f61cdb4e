"""The page of a digest, which is the HTML of a mail, in a browser."""

import pytest

from tests.helpers.contrast import contrast

HOSTILE = (
    "W" * 300,
    "<script>document.title = 'ran'</script>",
    '"><img src="http://127.0.0.1:9/x.png" onerror="document.title = 1">',
    "&lt;b&gt; </td></table></body>",
    "大規模言語モデルの評価 👩‍👩‍👧 مرحبا",
    "<style>body { background: url(http://127.0.0.1:9/y) }</style>",
)


@pytest.fixture
def page(chromium, inside, home, written, tmp_path):
    """The page of a digest of hostile papers."""
    papers = [
        {
            "id": f"2511.0000{number}",
            "title": title,
            "authors": [title, "Ada Quill"],
            "abstract": f"{title} is what it is.",
            "organization": title,
            "published": "2025-11-03",
            "tags": ["tea"],
        }
        for number, title in enumerate(HOSTILE)
    ]
    written(home, *papers)
    path = tmp_path / "digest.html"
    ran = inside(["digest", "--since", "2020", "--group", "tag", "-o", str(path)])
    assert ran.code == 0, ran.err
    shown = chromium.open(path.as_uri())
    yield shown
    shown.close()


def test_it_fits_and_can_be_read_everywhere(page):
    """On a telephone, in a mail client, in a wide window; in light and dark."""
    address = page.value("location.href")
    for dark in (False, True):
        for width in (375, 600, 1200):
            page.look(width=width, dark=dark)
            assert page.widest <= width
        background = page.color("body", "background-color")
        assert background is not None
        for selector in ("h1", "h2", "p.text", "p.small", "a"):
            color = page.color(selector)
            assert color is not None
            assert contrast(color, background) >= 4.5, (selector, dark)
    text = page.value("document.body.textContent")
    for title in HOSTILE[1:]:
        assert title in text
    assert page.value("document.querySelectorAll('script, img').length") == 0
    assert page.value("document.querySelectorAll('style').length") == 1
    assert page.value("document.title") not in ("ran", "1")
    assert page.requests == [address]
    assert page.complaints == []
