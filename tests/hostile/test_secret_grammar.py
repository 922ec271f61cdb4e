"""Secrets in addresses of any form: a grammar makes the addresses, and no part of the
secret may be in any output or file.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from papertrack.core import secrets
from tests.helpers.growth import grows_linearly
from tests.helpers.http_server import response

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
    f"ann:{FIRST}:/{LAST}@127.0.0.1:9/feed",
    f"a.b:{FIRST}:12:/{LAST}@localhost:9/feed",
    f"arxiv:http://N:{FIRST}{LAST}@owls.invalid/feed",
    f"url:https://N:{FIRST}{LAST}@owls.invalid/feed",
    f"view-source:http://N:{FIRST}{LAST}@owls.invalid/feed",
    f"http://127.0.0.1:9\\@N:{FIRST}{LAST}@owls.invalid/feed",
    f"http://127.0.0.1:9/\\\\N:{FIRST}{LAST}@owls.invalid/feed",
    f"http:/\t/N:{FIRST}{LAST}@127.0.0.1:9/feed",
    f"http://N%3A{FIRST}{LAST}%40127.0.0.1:9/feed",
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
    # In text, `P:P@K` is a metric: a single word after the `@` is taken for a host only
    # where something says so.
    assume(not re.fullmatch(r"[^/]*@host", address))
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
    [
        "access_token",
        "api_key",
        "apikey",
        "TOKEN",
        "auth",
        "X-Amz-Signature",
        "sig",
        "apiToken",
        "user.token",
        "token[]",
        "client_secret",
        "my-secret",
    ],
)
def test_the_values_of_secret_parameters_are_hidden(name: str) -> None:
    address = f"https://owls.example/feed?a=1&{name}={FIRST}&b=2"
    assert secrets.has_secret(address)
    hidden = f"https://owls.example/feed?a=1&{name}=…&b=2: not found"
    assert secrets.hide_secrets(f"{address}: not found") == hidden
    assert secrets.without_secrets(address) == hidden.partition("…")[0] + "&b=2"
    assert not secrets.has_secret("https://owls.example/feed?tokens=1&monkey=2")


def test_a_secret_parameter_of_an_encoded_address() -> None:
    address = f"https://a.example/?to=https%3A%2F%2Fowls.example%3Ftoken%3D{FIRST}"
    assert not shows_secret(secrets.hide_secrets(address))


LONG = {
    "at": "http://a.example/{0}@",
    "names": "http://a/{0}a@",
    "hosts": "http://a.b/{0}a.b@",
    "colons": "http://{0}a:",
    "backslashes": "//x/{0}\\@",
    "addresses": "http://a.example/?{0}http://",
    "encoded": "http://a:b/{0}%40",
    "parameters": "//a{0}?token",
    "slashes": "@{0}/ ",
}


@pytest.mark.parametrize("name", LONG)
def test_time_is_proportional_to_the_length(name: str) -> None:
    start, repeated = LONG[name].split("{0}")

    def hidden(size: int) -> None:
        text = f"{start}{repeated * size}="
        secrets.hide_secrets(text)
        secrets.hide_in_address(text)
        secrets.without_password(text)

    assert grows_linearly(hidden, 40_000)


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
@example(f"ann:{FIRST} ?:{LAST}@127.0.0.1:9/@user")
def test_no_command_shows_or_stores_a_password(run, home, address: str) -> None:
    for words in commands(address):
        ran = run(*words)
        assert not shows_secret(everything(home, ran.out, ran.err)), words


def saving(address: str) -> list[list[str]]:
    """Commands that save a text, or make a file of its name."""
    return [
        ["view", "save", "v", f"owls or {address}"],
        ["rule", "add", "r", "--if", address, "--do", "star"],
        ["follow", "words", address],
        ["follow", "author", "Ann Ek", "--with", address],
        ["feed", "add", "hf", "--name", address],
        ["config", "set", "alias.mine", f"fetch {address}"],
        ["config", "set", "hooks.after_fetch", f"curl {address}"],
        ["config", "set", "library", address],
        ["trends", address],
        ["backup", address],
        ["export", "-o", address],
        ["stats", "-o", f"{address}/x.svg"],
        ["--library", address, "fetch", "sample"],
    ]


@pytest.mark.parametrize(
    "address",
    [
        f"http://N:{FIRST}{LAST}@owls.invalid/feed",
        f"HTTPS://:{FIRST}{LAST}@[::1]:9/feed",
        f"http:/N:{FIRST}{LAST}@owls.invalid/feed",
        f"feed:https://N:{FIRST}%2F{LAST}@127.0.0.1:9",
        f"git+https://N:{FIRST}{LAST}@owls.invalid",
        f"ftp://N:{FIRST}@{LAST}@owls.invalid/x",
    ],
)
def test_no_command_saves_a_password(run, home, address: str) -> None:
    run("fetch", "sample")
    for words in saving(address):
        ran = run(*words)
        assert not shows_secret(everything(home, ran.out, ran.err)), words
        assert ran.code == 2 or words[0] == "trends", words


@pytest.mark.parametrize("words", ["view list", "rule list", "follow list"])
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_no_list_shows_a_password_that_a_hand_saved(run, home, words, option) -> None:
    query = f"model or http://N:{FIRST}{LAST}@owls.invalid/feed"
    at = "2025-01-01T00:00:00Z"
    rule = {"if": query, "do": "tag follow/x, star", "at": at}
    desk = {
        "format": {"1": {"version": 1}},
        "views": {"1": {"key": "x", "query": query, "at": at}},
        "rules": {"1": {"key": "follow-x", **rule}},
    }
    library = Path(home["PAPERTRACK_LIBRARY"])
    library.mkdir(exist_ok=True)
    (library / "desk.json").write_text(json.dumps(desk))
    ran = run(*words.split(), *option)
    assert "model or http" in ran.out
    assert not shows_secret(f"{ran.out}{ran.err}")


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


# ------------------------------------------------------------------ the network


FEED = (
    b'<rss version="2.0"><channel><title>t</title><link>/</link>'
    b"<item><title>A Paper</title><guid>7</guid></item></channel></rss>"
)
SECRET = f"{FIRST}{LAST}"


@pytest.mark.parametrize(
    "location",
    [
        "http://N:{secret}@127.0.0.1:{port}/there",
        "//N:{secret}@127.0.0.1:{port}/there",
        "HTTP://N:{secret}@127.0.0.1:{port}/there",
        "http://N:{secret}/x@127.0.0.1:{port}/there",
        "http://N:{secret}@[::1/there",
        "N:{secret}@127.0.0.1:{port}/there",
        "http://127.0.0.1:{port}/there?access_token={secret}",
    ],
)
def test_a_redirect_brings_no_password_in(run, home, serving, location: str) -> None:
    def answer(path: str) -> bytes:
        if path.startswith("/there"):
            return response(FEED, Content_Type="text/xml")
        target = location.format(secret=SECRET, port=server.port)
        return response(b"", "301 Moved", Location=target)

    server = serving(answer)
    target = f"{server.url}/feed"
    outputs = []
    for words in (
        ["fetch", target, "-v"],
        ["fetch", target, "--json"],
        ["status", "--all", "--json"],
        ["log"],
    ):
        ran = run(*words)
        outputs += [ran.out, ran.err]
    assert not shows_secret(everything(home, *map("".join, (outputs, "")))), outputs
    assert not any("Authorization" in head for head in server.heads)


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "auth", "sig"])
def test_a_token_in_an_address_is_sent_and_not_stored(
    run, home, serving, name: str
) -> None:
    server = serving(lambda path: response(FEED, Content_Type="text/xml", ETag='"1"'))
    target = f"{server.url}/feed?{name}={SECRET}&a=1"
    ran = run("fetch", target, "-v")
    assert ran.code == 0, ran.err
    assert f"{name}={SECRET}" in server.heads[0]
    assert not shows_secret(everything(home, ran.out, ran.err))


def test_the_token_of_a_followed_feed_is_hidden_wherever_it_is_shown(
    run, home, serving
) -> None:
    server = serving(lambda path: response(FEED, Content_Type="text/xml", ETag='"1"'))
    target = f"{server.url}/feed?access_token={SECRET}"
    for words in (
        ["feed", "add", target],
        ["feed", "remove", "hf"],
        ["fetch", "-v"],
        ["fetch", "--json"],
        ["feed", "list"],
        ["feed", "list", "--json"],
        ["status", "--json"],
        ["list", "--json"],
        ["export", "--format", "opml"],
        ["log"],
        ["doctor"],
        ["feed", "remove", target, "--dry-run"],
        ["feed", "remove", target],
    ):
        ran = run(*words)
        assert ran.code == 0, (words, ran)
        assert not shows_secret(ran.out + ran.err), words
    assert SECRET in server.heads[0]
    papers = Path(home["PAPERTRACK_LIBRARY"]) / "papers"
    cache = Path(home["PAPERTRACK_CACHE"])
    files = [path for place in (papers, cache) for path in place.rglob("*")]
    assert not any(
        SECRET.encode() in path.read_bytes() for path in files if path.is_file()
    )


REPEATED = {
    "rss": """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
        <title>t</title><link>{url}/?{token}</link>
        <atom:link rel="self" href="{url}/feed?a=1&amp;{token}"/>
        <item><title>A Paper</title><link>{url}/a?{token}</link>
        <guid>{url}/a?x=1&amp;{token}</guid>
        <description>&lt;a href="{url}/b?{token}"&gt;read&lt;/a&gt; at {url}/c?{token}
        </description><enclosure url="{url}/d?{token}" type="application/pdf"/>
        <comments>{url}/e?{token}</comments></item></channel></rss>""",
    "atom": """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>i</id>
        <link rel="self" href="{url}/feed?{token}"/><entry><title>A Paper</title>
        <id>{url}/a?{token}</id><link href="{url}/a?b=2&amp;{token}"/>
        <summary type="html">&lt;p&gt;{url}/s?{token}</summary></entry></feed>""",
    "json": """{{"version": "https://jsonfeed.org/version/1.1", "title": "t",
        "feed_url": "{url}/feed?{token}", "items": [{{"id": "{url}/a?{token}",
        "url": "{url}/a?{token}", "external_url": "{url}/b?{token}",
        "title": "A Paper", "content_text": "see {url}/c?{token}"}}]}}""",
    "in an address": """<rss version="2.0"><channel><title>t</title><item>
        <title>A Paper</title><link>https://owls.example/r?to={url}/a%3F{encoded}</link>
        <guid>5</guid></item></channel></rss>""",
    "a page": """<html><head><title>t</title><link rel="alternate" href="/feed?{token}"
        type="application/rss+xml"/></head></html>""",
}


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "private_key"])
@pytest.mark.parametrize("kind", REPEATED)
def test_the_token_of_a_feed_is_not_stored_of_its_links(
    run, home, serving, kind: str, name: str
) -> None:
    def answer(path: str) -> bytes:
        is_linked = kind == "a page" and path.startswith("/feed")
        text = REPEATED["rss" if is_linked else kind].format(
            url=server.url, token=f"{name}={SECRET}", encoded=f"{name}%3D{SECRET}"
        )
        paths.append(path)
        return response(text.encode(), Content_Type="text/html")

    paths: list[str] = []
    server = serving(answer)
    target = f"{server.url}/of/ann?{name}={SECRET}"
    outputs = []
    for words in (
        ["fetch", target, "-v"],
        ["list", "--json", "--all"],
        ["show", "1", "--json"],
        ["export", "--format", "bibtex"],
        ["export", "--format", "atom"],
        ["status", "--all", "--json"],
        ["log"],
    ):
        ran = run(*words)
        outputs += [ran.out, ran.err]
    assert "A Paper" in outputs[2], outputs[:2]
    assert all(SECRET in path for path in paths)
    assert not shows_secret(everything(home, *map("".join, (outputs, "")))), outputs


def test_only_the_values_of_parameters_are_removed() -> None:
    values = secrets.secret_values("https://owls.example/feed?auth=basic&key=a/b&x=1")
    text = "A basic study, x=basic, of a/b: https://owls.example/?k=a%2Fb&basic=1"
    shown = "A basic study, x=, of a/b: https://owls.example/?k=&basic=1"
    assert secrets.without_values(text, values) == shown
    assert secrets.without_values('"u": "?k=a\\/b&x=1"', values) == '"u": "?k=&x=1"'
    assert secrets.without_values("x=basics x=1", values) == "x=basics x=1"


PROXIES = (
    f"http://N:{FIRST}/{LAST}@127.0.0.1:9",
    f"N:{FIRST}?{LAST}@127.0.0.1:9",
    f"http://N:{SECRET}@[::1",
    f"http://N:{SECRET}@127.0.0.1:port",
    f"ftp://N:{SECRET}@127.0.0.1:9",
    f"http://N:{SECRET}＠127.0.0.1:9",
    f"socks5://N:{SECRET}@127.0.0.1:9",
    f"http://N:{SECRET}@127.0.0.1:9",
)


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_variable_is_not_repeated(run, home, monkeypatch, proxy: str) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, proxy)
    ran = run("fetch", "http://owls.invalid/feed", "-v")
    assert ran.code == 1
    assert not shows_secret(everything(home, ran.out, ran.err))


@pytest.mark.parametrize(
    "token", [f"{SECRET}\n{SECRET}", f"{SECRET} x", f"{SECRET}é", f"{SECRET}\x00"]
)
def test_a_token_that_cannot_be_sent_is_not_repeated(
    run, home, serving, token: str
) -> None:
    server = serving(lambda path: response(b"[]"))
    ran = run("fetch", "hf:2025-11-07", HF_TOKEN=token, HF_ENDPOINT=server.url)
    assert ran.code in (1, 4)
    assert "HF_TOKEN" in ran.err
    assert not shows_secret(everything(home, ran.out, ran.err))
    assert server.heads == []


@pytest.mark.parametrize("endpoint", [EVIL[0], EVIL[1], EVIL[2], EVIL[3], EVIL[5]])
def test_an_endpoint_with_a_password_is_not_repeated(run, home, endpoint: str) -> None:
    outputs = []
    for words in (
        ["fetch", "hf:2025-11-07"],
        ["fetch", "hf:2511.00001", "--json"],
        ["config", "list"],
        ["config", "list", "--json"],
    ):
        ran = run(*words, HF_ENDPOINT=endpoint)
        outputs += [ran.out, ran.err]
    assert not shows_secret(everything(home, "".join(outputs), ""))


@pytest.mark.parametrize("address", EVIL[:8])
def test_no_password_is_written_to_the_configuration(run, home, address: str) -> None:
    ran = run("config", "set", "sources", address)
    assert ran.code == 2
    assert not shows_secret(ran.out + ran.err)
    file = Path(home["PAPERTRACK_CONFIG"])
    assert not file.exists()
    file.write_text(f"sources = ['{address}']\n")
    outputs = []
    for words in (
        ["config", "list"],
        ["config", "get", "sources"],
        ["config", "list", "--json"],
        ["status"],
        ["fetch"],
    ):
        ran = run(*words)
        outputs += [ran.out, ran.err]
    file.unlink()
    assert not shows_secret(everything(home, "".join(outputs), ""))


def test_programs_that_are_started_get_no_password(run, home, tmp_path) -> None:
    got = tmp_path / "got"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{got}"\n')
    program.chmod(0o755)
    papers = tmp_path / "library" / "papers"
    papers.mkdir(parents=True)
    documents = {
        str(number): {
            "key": f"arxiv:2511.0000{number}",
            "keys": [f"arxiv:2511.0000{number}"],
            "added": "2025-11-01T00:00:00Z",
            "said": {"feed": {"title": "A", "url": address, "project": address}},
        }
        for number, address in enumerate(EVIL[:6], 1)
    }
    (papers / "2025-11.json").write_text(json.dumps({"papers": documents}))
    outputs = []
    for words in (
        ["open", "title:A", "--yes"],
        ["open", "title:A", "--project", "--yes"],
        ["open", "title:A", "--print"],
        ["open", "title:A", "--hf", "--yes"],
        ["show", "2511.00001", "--json"],
        ["list", "--all", "--json"],
        ["export", "--format", "csv"],
    ):
        ran = run(
            *words,
            BROWSER=str(program),
            HF_ENDPOINT=f"http://N:{SECRET}@127.0.0.1:9",
        )
        outputs += [ran.out, ran.err]
    assert got.read_text()
    assert not shows_secret("".join([*outputs, got.read_text()]))


@pytest.mark.parametrize("name", ["apikey", "token", "access_token", "sig", "pwd"])
def test_the_token_of_a_feed_is_not_completed_or_reported(run, home, name: str) -> None:
    address = f"http://owls.invalid/f?{name}={FIRST}{LAST}"
    added = run("feed", "add", address)
    completed = Path(home["PAPERTRACK_CACHE"], "complete", "feeds.tsv").read_text()
    removed = run("feed", "remove", address)
    assert (added.code, removed.code) == (0, 0)
    assert not shows_secret(completed + added.err + removed.err + run("log").out)
