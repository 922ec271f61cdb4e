"""Secrets in addresses of any form: a grammar makes the addresses, and no part of the
secret may be in any output or file.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from papertrack.core import secrets

FIRST, LAST = "Sq7", "Zk9"
"""What every password begins and ends with: neither may be anywhere."""

SCHEMES = (
    "http://",
    "HTTP://",
    "https://",
    "feed://",
    "feed:http://",
    "web+feed:https://",
    "//",
    "",
    "http:",
    "http:/",
    "http:///",
    "http:\\\\",
    " http://",
    "http：//",
)
BETWEEN = (
    "/",
    "?",
    "#",
    "@",
    ":",
    "&",
    "=",
    "%2F",
    "%40",
    "%",
    "＠",
    "：",
    "／",
    "é",
    "12",
)
BLANKS = (" ", "\t", '"', "'", "<")
HOSTS = (
    "127.0.0.1:9",
    "[::1]:9",
    "[::1",
    "::1]",
    "localhost:9",
    "owls.invalid",
    "www.owls.invalid:9",
    "host",
    "ｏｗｌｓ.invalid",
)
PATHS = ("/feed", "", "/", "/feed?x=1", "/@user", "/feed#part")


@st.composite
def addresses(draw: st.DrawFn, between: tuple[str, ...] = BETWEEN) -> str:
    """An address with a name and a password that begins and ends as above."""
    scheme = draw(st.sampled_from(SCHEMES))
    name = draw(st.sampled_from(("ann", "a.b", "ann%40owls", "N", "é")))
    middle = "".join(draw(st.lists(st.sampled_from(between), max_size=4)))
    host = draw(st.sampled_from(HOSTS))
    path = draw(st.sampled_from(PATHS))
    return f"{scheme}{name}:{FIRST}{middle}{LAST}@{host}{path}"


def shows_secret(text: str) -> bool:
    return FIRST in text or LAST in text


EVIL = (
    f"http://N:{FIRST}/x?y#z@{LAST}@host/feed",
    f"http://N:{FIRST}{LAST}@[::1/feed",
    f"N:{FIRST}/{LAST}@host/feed",
    f"//N:{FIRST}?{LAST}@host",
    f"HTTPS://N:12/{FIRST}@{LAST}@127.0.0.1:9/feed",
    f"http://{FIRST}{LAST}@owls.invalid/feed",
    f"http://:{FIRST}{LAST}@owls.invalid/feed",
    f"https://N:{FIRST}%40{LAST}%40owls.invalid/feed",
    f"https%3A%2F%2FN%3A{FIRST}{LAST}%40owls.invalid%2Ffeed",
    f"https://proxy.invalid/?url=https%3A%2F%2FN%3A{FIRST}{LAST}%40owls.invalid",
    f"https://proxy.invalid/https://N:{FIRST}{LAST}@owls.invalid/feed",
    f"http://ann@mail.invalid:{FIRST}/{LAST}@owls.invalid/feed",
)


@settings(max_examples=300, deadline=None)
@given(addresses((*BETWEEN, *BLANKS)))
def test_an_address_that_comes_in_has_no_secret_left(address: str) -> None:
    assert not shows_secret(secrets.without_password(address))
    assert not shows_secret(secrets.hide_in_address(address))


@settings(max_examples=300, deadline=None)
@given(
    addresses(), st.sampled_from(("{}", "{}: not found", "got '{}'; check it", "({})"))
)
def test_a_message_around_an_address_has_no_secret(address: str, text: str) -> None:
    shown = secrets.hide_secrets(text.format(address))
    assert not shows_secret(shown)


@pytest.mark.parametrize("address", EVIL)
def test_forms_that_were_printed_or_are_rare(address: str) -> None:
    assert not shows_secret(secrets.without_password(address))
    assert not shows_secret(secrets.hide_in_address(address))
    assert not shows_secret(secrets.hide_secrets(f"{address}: not found"))


@pytest.mark.parametrize(
    "text",
    [
        "https://medium.com/feed/@owls",
        "https://owls.example/@ann.rss",
        "http://127.0.0.1:8000/a@b.example/",
        "https://mail.owls.example/archives/list/dev@owls.example/",
        "https://owls.example/?mail=ann@owls.example",
        "arxiv:au:li@x",
        "hf:2025-11-07",
        "doi:10.1000/a@b",
        "/home/ann:x@owls/papers.bib",
        "ann@owls.example wrote",
        "Recall:R@10 and P:P@K",
        "https://owls.example/feed: not found; write to ann@owls.example",
        "https://owls.example: not found",
        "http://[",
    ],
)
def test_what_has_no_password_stays(text: str) -> None:
    assert secrets.hide_secrets(text) == text
    assert secrets.remove_passwords(text) == text
    if " " not in text:
        assert secrets.without_password(text) == text


@pytest.mark.parametrize(
    "name",
    ["access_token", "api_key", "apikey", "TOKEN", "auth", "X-Amz-Signature", "sig"],
)
def test_the_values_of_secret_parameters_are_hidden(name: str) -> None:
    address = f"https://owls.example/feed?a=1&{name}={FIRST}&b=2"
    assert secrets.has_secret(address)
    hidden = f"https://owls.example/feed?a=1&{name}=…&b=2: not found"
    assert secrets.hide_secrets(f"{address}: not found") == hidden
    assert secrets.without_secrets(address) == hidden.partition("…")[0] + "&b=2"
    assert not secrets.has_secret("https://owls.example/feed?tokens=1&monkey=2")


# ------------------------------------------------------------------ commands


def everything(home: dict[str, str], out: str, err: str) -> str:
    """All output, and the content of all files of the reader."""
    files = [path for path in Path(home["HOME"]).rglob("*") if path.is_file()]
    contents = [path.read_bytes().decode("utf-8", "replace") for path in files]
    return "\n".join([out, err, *map(str, files), *contents])


def commands(address: str) -> list[list[str]]:
    return [
        ["fetch", address],
        ["fetch", "--json", "-v", address],
        ["feed", "add", address],
        ["feed", "remove", address],
        ["import", address],
        ["import", "--json", address],
        ["show", address],
        ["list", address],
        ["open", "--print", address],
        ["tag", "add", "x", address],
        ["restore", address],
        ["config", address],
    ]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(addresses((*BETWEEN, *BLANKS)))
@example(EVIL[0])
@example(EVIL[1])
@example(EVIL[2])
@example(EVIL[4])
def test_no_command_shows_or_stores_a_password(run, home, address: str) -> None:
    for words in commands(address):
        ran = run(*words)
        assert not shows_secret(everything(home, ran.out, ran.err)), words


OPML = "<opml><body><outline text={0} title={0} xmlUrl={0}/></body></opml>"
BIBTEX = "@misc{{a, title={{A Title}}, url={{{0}}}, note={{see http://{0}: gone}}}}"
JSON = '[{{"title": "A Title", "url": "{0}", "pdf": "{0}", "project": "{0}"}}]'


@pytest.mark.parametrize("address", EVIL[:8])
@pytest.mark.parametrize("kind", ["opml", "bib", "json"])
def test_no_file_brings_a_password_in(run, home, tmp_path, kind, address) -> None:
    text = {
        "opml": OPML.format(quoteattr(address)),
        "bib": BIBTEX.format(address).replace("http://http", "http"),
        "json": JSON.format(address),
    }[kind]
    path = tmp_path / f"a.{kind}"
    path.write_text(text, encoding="utf-8")
    ran = run("import", str(path), "-v")
    path.unlink()
    outputs = [ran.out, ran.err]
    for words in (
        ["feed", "list", "--json"],
        ["list", "--json", "--all"],
        ["export", "--format", "opml"],
        ["export", "--format", "bibtex"],
        ["export", "--format", "markdown"],
        ["log"],
        ["status", "--all"],
    ):
        outputs += run(*words)[1:]
    assert not shows_secret(everything(home, *map("\n".join, ([], outputs))))
