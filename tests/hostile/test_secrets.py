"""Secrets and private addresses: tokens, passwords and private networks are not
exposed.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path

import httpcore
import pytest

from papertrack.core import addresses
from papertrack.core.errors import FetchError, PapertrackError
from papertrack.core.secrets import without_password
from papertrack.web import transport as sockets
from papertrack.web.http import Http

FEED = (
    b'<rss version="2.0"><channel><title>t</title><link>/</link>'
    b"<item><title>A Paper</title><link>/posts/1</link></item></channel></rss>"
)


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "Content-Type: text/xml",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def everything(home) -> str:
    """The content of all files in the library and the cache."""
    files = [path for path in Path(home["HOME"]).rglob("*") if path.is_file()]
    assert files
    return "".join(path.read_bytes().decode("latin-1") for path in files)


PRIVATE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0",
    "0x7f000001",
    "017700000001",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[::127.0.0.1]",
    "localhost",
    "a.localhost",
    "printer.local",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "[fe80::1]",
    "[fd00::1]",
    "224.0.0.1",
]


@pytest.mark.usefixtures("without_daily_papers")
@pytest.mark.parametrize("host", PRIVATE)
def test_feeds_of_an_opml_file_do_not_lead_to_private_addresses(
    host: str, run, home
) -> None:
    path = Path(home["HOME"]) / "feeds.opml"
    path.write_text(
        f'<opml><body><outline text="x" xmlUrl="http://{host}:80/f"/>'
        f'<outline text="y" xmlUrl="https://owls.example/f"/></body></opml>'
    )
    ran = run("import", str(path))
    assert "has a private address; add it yourself" in ran.err
    assert run("feed", "list").out.split("\t")[:2] == ["y", "https://owls.example/f"]
    assert not addresses.names_private_host("https://owls.example/")
    assert not addresses.names_private_host("http://1.1.1.1/")


@pytest.mark.usefixtures("without_daily_papers")
def test_names_that_resolve_to_private_addresses_are_refused(
    run, home, serving, monkeypatch
) -> None:
    server = serving(lambda path: answer(FEED))
    resolving(monkeypatch, {"owls.example": ["127.0.0.1"]})
    url = f"http://owls.example:{server.port}/f"
    path = Path(home["HOME"]) / "feeds.opml"
    path.write_text(f'<opml><body><outline text="owls" xmlUrl="{url}"/></body></opml>')
    assert run("import", str(path)).code == 0
    refused = run("fetch")
    assert refused.code == 1
    assert (
        f"{path} leads to this private address; fetch it by name to read it"
        in refused.err
    )
    assert server.heads == []
    assert run("fetch", url).code == 0  # named on the command line
    assert run("feed", "add", url, "--name", "owls").code == 0
    assert run("fetch").code == 0  # named by following it
    assert len(server.heads) == 2


def resolving(
    monkeypatch: pytest.MonkeyPatch, hosts: dict[str, list[str]]
) -> list[str]:
    """Names resolve to these addresses; of several each is used once, the last
    for ever.
    """
    real, resolved = socket.getaddrinfo, []

    def resolve(host, *args, **more):
        resolved.append(host)
        if host in hosts:
            answers = hosts[host]
            host = answers.pop(0) if len(answers) > 1 else answers[0]
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return resolved


def test_a_public_host_cannot_become_a_private_one(serving, monkeypatch) -> None:
    private = serving(lambda path: answer(b"secret"))
    proxy_like = serving(
        lambda path: answer(
            b"", "302 Found", Location=f"http://owls.example:{private.port}/x"
        )
    )
    resolving(monkeypatch, {"owls.example": ["127.0.0.1"]})
    with Http() as http:
        http._backend.public["owls.example"] = (
            True  # as after a connection to its public address
        )
        with pytest.raises(FetchError, match="private address"):
            http.read(f"http://owls.example:{proxy_like.port}/")
    assert proxy_like.heads == private.heads == []


def test_only_public_addresses_of_a_host_are_used(monkeypatch) -> None:
    backend = sockets.Backend()
    backend.terms.public_only = True
    monkeypatch.setattr(
        sockets, "resolve", lambda host, port: ["127.0.0.1", "192.168.1.1"]
    )
    with pytest.raises(sockets.PrivateAddress):
        backend.connect_tcp("owls.example", 80)
    tried: list[str] = []

    class Inner:
        def connect_tcp(self, address, *args):
            tried.append(address)
            raise httpcore.ConnectError("no")

    monkeypatch.setattr(backend, "_inner", Inner())
    monkeypatch.setattr(sockets, "resolve", lambda host, port: ["127.0.0.1", "1.1.1.1"])
    with pytest.raises(httpcore.ConnectError):
        backend.connect_tcp("owls.example", 80)
    assert tried == ["1.1.1.1"]


@pytest.mark.parametrize("options", [(), ("-v",), ("--json",)])
def test_a_password_in_an_address_is_used_but_not_stored(
    options, run, home, serving
) -> None:
    server = serving(lambda path: answer(FEED, ETag='"x"'))
    ran = run("fetch", f"http://ann:geheim@127.0.0.1:{server.port}/f", *options)
    assert ran.code == 0
    assert "Authorization: Basic YW5uOmdlaGVpbQ==" in server.heads[0]
    for text in (
        ran.out,
        ran.err,
        everything(home),
        run("status", "--all").out,
        run("list", "--json").out,
    ):
        assert "geheim" not in text
        assert "ann:" not in text
    assert f"http://127.0.0.1:{server.port}/posts/1" in run("list", "--json").out


@pytest.mark.parametrize(
    "response",
    [
        answer(b"", "403 Forbidden"),
        answer(b"<html><title>no</title>"),
        b"",
        answer(b"[]"),
        answer(FEED[:60]),
        answer(b"", "302 x", Location="/y"),
        answer(b"\x1f\x8b" + FEED, Content_Encoding="gzip"),
        answer(b"", "302", Location="http://["),
    ],
)
def test_a_password_is_not_in_an_error(
    response: bytes, run, home, serving, monkeypatch
) -> None:
    monkeypatch.setattr("papertrack.web.responses.back_off", lambda attempt: 0)
    server = serving(lambda path: response)
    ran = run("fetch", f"http://ann:geheim@127.0.0.1:{server.port}/f")
    assert ran.code == 1
    assert "papertrack: " in ran.err
    assert "geheim" not in ran.out + ran.err + everything(home)
    endpoint = f"http://ann:geheim@127.0.0.1:{server.port}"
    for target in ("hf:2025-11-07", "arxiv:2511.00001")[
        : 2 if response else 1
    ]:  # arXiv is requested every 3 seconds
        ran = run(
            "fetch", target, HF_ENDPOINT=endpoint, PAPERTRACK_ARXIV_ENDPOINT=endpoint
        )
        assert "geheim" not in ran.out + ran.err + everything(home)


def test_a_feed_with_a_password_is_refused_and_netrc_is_used(
    run, home, serving
) -> None:
    server = serving(lambda path: answer(b"", "401 Unauthorized"))
    url = f"http://127.0.0.1:{server.port}/f"
    refused = run("feed", "add", url.replace("//", "//ann:geheim@"))
    assert (refused.code, "~/.netrc" in refused.err, "geheim" in refused.err) == (
        2,
        True,
        False,
    )
    netrc = Path(home["HOME"]) / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ann password geheim\n")
    netrc.chmod(0o600)
    assert run("feed", "add", url).code == 0
    assert "HTTP 401" in run("fetch").err
    assert [("Basic YW5uOmdlaGVpbQ==" in head) for head in server.heads] == [
        False,
        True,
    ]
    netrc.unlink()
    assert "geheim" not in everything(home)


def test_passwords_in_an_opml_file_are_removed(run, home) -> None:
    path = Path(home["HOME"]) / "feeds.opml"
    path.write_text(
        '<opml><body><outline text="owls" xmlUrl="https://ann:geheim@owls.example/f"/></body></opml>'
    )
    ran = run("import", str(path))
    assert "had a password, which is not stored" in ran.err
    path.unlink()
    assert run("export", "--format", "opml").out.count("https://owls.example/f") == 1
    assert "geheim" not in ran.err + everything(home)


def test_the_token_is_sent_to_its_host_only(run, home, serving) -> None:
    other = serving(lambda path: answer(b"[]"))
    server = serving(
        lambda path: answer(
            b"", "302 Found", Location=f"http://localhost:{other.port}{path}"
        )
    )
    ran = run(
        "fetch", "hf:2025-11-07", "-v", HF_ENDPOINT=server.url, HF_TOKEN="hf_geheim"
    )
    assert all("Authorization: Bearer hf_geheim" in head for head in server.heads)
    assert other.heads
    assert "hf_geheim" not in "".join(other.heads) + ran.out + ran.err + everything(
        home
    )


def test_an_error_never_contains_a_password() -> None:
    error = PapertrackError(
        "http://ann:geheim@owls.example/@b: missing; socks5://x:y@z"
    )
    assert str(error) == "http://…@owls.example/@b: missing; socks5://…@z"
    assert str(FetchError("ann@owls.example wrote")) == "ann@owls.example wrote"


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://a:b@c/@d", "https://c/@d"),
        ("https://a@c", "https://c"),
        ("https://c/@d", "https://c/@d"),
        ("hf:2025", "hf:2025"),
        ("http://[", "http://["),
        ("http://a:b@[::1]:8/x", "http://[::1]:8/x"),
    ],
)
def test_an_address_without_its_password(url: str, bare: str) -> None:
    assert without_password(url) == bare


def test_no_password_is_in_desk_json(run, home) -> None:
    path = Path(home["HOME"]) / "feeds.opml"
    path.write_text(
        '<opml><body><outline text="owls" xmlUrl="https://owls.example/f"/></body></opml>'
    )
    assert run("import", str(path)).code == 0
    desk = json.loads((Path(home["PAPERTRACK_LIBRARY"]) / "desk.json").read_text())
    _, feed = desk["feeds"].values()  # hf stays followed
    assert (feed["name"], feed["by"]) == ("owls", str(path))
