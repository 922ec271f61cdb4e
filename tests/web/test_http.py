"""`web` against servers on loopback that misbehave in one way each."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import format_datetime
from urllib.parse import urlsplit

import pytest

from papertrack import __version__
from papertrack.core.addresses import is_private
from papertrack.core.errors import FetchError, PapertrackError, Refused
from papertrack.web import responses
from papertrack.web.http import Http, Response
from tests.helpers.http_server import OK, MakeServer, Respond, response
from tests.helpers.waiting import wait_until


def failure(url: str, **options: float) -> PapertrackError:
    """The error of reading `url`; checked to be one clean line that names it."""
    http = Http(
        sleep=lambda _: None,
        deadline=options.get("deadline", 5),
        cap=int(options.get("cap", 10**7)),
    )
    with http, pytest.raises(PapertrackError) as caught:
        http.read(url)
    message = str(caught.value)
    assert message.isprintable(), repr(message)
    assert "; " in message or " at " in message, message
    return caught.value


def test_reads_a_body_with_its_headers(serve: MakeServer) -> None:
    server = serve(
        response(gzip.compress(b"hello"), Content_Encoding="gzip", X_Thing="a\x1b[31m")
    )
    with Http() as http:
        got = http.read(server.url)
    assert got == Response(server.url, 200, got.headers, b"hello")
    assert got.headers["x-thing"] == "a[31m"
    assert f"User-Agent: papertrack/{__version__}\r\n" in server.heads[0]
    assert "Accept-Encoding: gzip\r\n" in server.heads[0]


def test_gzip_members_may_follow_each_other(serve: MakeServer) -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    with Http() as http:
        assert (
            http.read(serve(response(body, Content_Encoding="gzip")).url).body
            == b"one two"
        )


@pytest.mark.parametrize(
    ("encoding", "times"),
    [
        (None, 0),
        (None, 1),
        ("gzip", 0),
        ("gzip", 1),
        ("gzip", 2),
        ("gzip, gzip", 1),
        ("gzip, gzip", 2),
        ("x-gzip", 1),
        ("GZIP", 1),
        ("none", 0),
        ("identity", 1),
        ("utf-8", 0),
        ("UTF-8, gzip", 1),
        ("", 0),
    ],
)
def test_gzip_is_seen_from_the_content(
    serve: MakeServer, encoding: str | None, times: int
) -> None:
    body = b"<rss/>"
    for _ in range(times):
        body = gzip.compress(body)
    headers = {} if encoding is None else {"Content_Encoding": encoding}
    with Http() as http:
        assert http.read(serve(response(body, **headers)).url).body == b"<rss/>"


@pytest.mark.parametrize("encoding", ["br", "Brotli", "gzip, zstd", "deflate"])
def test_other_encodings_are_refused_by_name(serve: MakeServer, encoding: str) -> None:
    server = serve(response(b"x", Content_Encoding=encoding))
    assert f"is encoded as '{encoding}', which was not requested" in str(
        failure(server.url)
    )


def _drip(head: bytes) -> Respond:
    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(head)
        for _number in range(200):
            connection.sendall(b"a")
            time.sleep(0.05)

    return drip


def _hang(connection: socket.socket, _: str) -> None:
    connection.recv(1)


@pytest.mark.parametrize(
    "step",
    [
        _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        _drip(b"HTTP/1.1 200 OK\r\nX: "),
        _hang,
    ],
    ids=["body dripped", "head dripped", "silence"],
)
def test_the_deadline_is_for_the_whole_request(
    serve: MakeServer, step: Respond
) -> None:
    server = serve(step)
    assert "no complete response within 0.2 s" in str(failure(server.url, deadline=0.2))
    assert len(server.heads) > 1


def test_a_time_out_is_followed_by_another_try(serve: MakeServer) -> None:
    with Http(deadline=0.3, sleep=lambda _: None) as http:
        assert http.read(serve(_hang, OK).url).body == b"ok"


def test_a_gzip_bomb_is_refused_within_bounded_memory(serve: MakeServer) -> None:
    server = serve(
        response(gzip.compress(b" " * 100_000_000, 9), Content_Encoding="gzip")
    )
    tracemalloc.start()
    try:
        message = str(failure(server.url, cap=20_000_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "larger than" in message
    assert peak < 25_000_000


def test_an_endless_body_is_refused_at_the_cap(serve: MakeServer) -> None:
    def pour(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    assert "larger than 1,000,000 bytes" in str(failure(serve(pour).url, cap=1_000_000))


ZIPPED = gzip.compress(bytes(range(256)) * 20)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (response(ZIPPED[:-20], Content_Encoding="gzip"), "cut off"),
        (response(ZIPPED[:2] + b"plain", Content_Encoding="gzip"), "damaged"),
        (response(b"x", Content_Encoding="br"), "'br'"),
        (CUT, "broke off"),
        (b"", "broke off"),
        (b"nonsense\x1b[2J\r\n\r\n", "broke off"),
    ],
    ids=[
        "truncated gzip",
        "damaged gzip",
        "unasked coding",
        "short body",
        "closed",
        "no HTTP",
    ],
)
def test_a_broken_response_is_an_error(
    serve: MakeServer, raw: bytes, message: str
) -> None:
    assert message in str(failure(serve(raw).url))


def test_a_cut_connection_is_tried_again(serve: MakeServer) -> None:
    def reset(connection: socket.socket, _: str) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    server = serve(reset, b"", CUT, OK)
    slept: list[float] = []
    with Http(sleep=slept.append) as http:
        assert http.read(server.url).body == b"ok"
    assert len(slept) == 3
    assert slept == sorted(slept)


def _when(seconds: float) -> str:
    return format_datetime(
        dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds), usegmt=True
    )


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"Retry_After": "3"}, 3, 3),
        ({"Retry_After": "0"}, 0, 0),
        ({"Retry_After": "90"}, 89, 90),
        ({"Retry_After": "a minute from now"}, 40, 60),
        ({"Retry_After": "soon"}, 0.3, 0.7),
        ({"RateLimit": '"api";r=0;t=55'}, 55, 56),
        ({"RateLimit": '"api";r=7;t=55'}, 0.3, 0.7),
        ({}, 0.3, 0.7),
    ],
)
def test_pauses_as_long_as_the_server_wants(
    serve: MakeServer, headers: dict[str, str], low: float, high: float
) -> None:
    if headers.get("Retry_After") == "a minute from now":
        headers = {"Retry_After": _when(60)}
    server = serve(response(b"slow down", "429 Too Many Requests", **headers), OK)
    slept: list[float] = []
    with Http(sleep=slept.append) as http:
        assert http.read(server.url).body == b"ok"
    assert len(slept) == 1
    assert low <= slept[0] <= high


@pytest.mark.parametrize(("after", "attempts"), [("1", 12), ("0", 4)])
def test_a_host_with_a_retry_time_has_not_failed(
    serve: MakeServer, after: str, attempts: int
) -> None:
    server = serve(response(b"", "503 Service Unavailable", Retry_After=after))
    slept: list[float] = []
    with Http(sleep=slept.append) as http, pytest.raises(Refused, match="HTTP 503"):
        http.read(server.url)
    assert slept == [float(after)] * (attempts - 1)
    assert len(server.heads) == attempts


def test_back_off_doubles_within_a_quarter() -> None:
    drawn = [[responses.back_off(attempt) for _ in range(200)] for attempt in (1, 2, 3)]
    for attempt, pauses in enumerate(drawn):
        middle = 0.5 * 2**attempt
        assert 0.75 * middle <= min(pauses) < middle < max(pauses) <= 1.25 * middle
        assert (
            len(set(pauses)) > 100
        )  # readers that fail together don't come back together


def test_a_long_pause_fails_at_once_and_applies_to_the_host(
    serve: MakeServer,
) -> None:
    server = serve(response(b"", "429 Too Many Requests", Retry_After="1800"))
    slept: list[float] = []
    with Http(sleep=slept.append) as http:
        for path in ("", "other"):
            with pytest.raises(Refused, match="try again in 30 minutes, at 20"):
                http.read(server.url + path)
    assert slept == []
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    ("status", "attempts"), [(500, 4), (503, 4), (404, 1), (400, 1), (304, 1), (299, 0)]
)
def test_only_temporary_errors_are_tried_again(
    serve: MakeServer, status: int, attempts: int
) -> None:
    server = serve(
        response(
            b'{"error": "No \\u001b[31msuch\\nthing."}', f"{status} \x1b[31mevil\x9b"
        )
    )
    if not attempts:
        with Http() as http:
            assert http.read(server.url).status == status
        return
    error = failure(server.url)
    assert isinstance(error, Refused)
    assert error.status == status
    assert len(server.heads) == attempts
    expected = "Not Modified" if status == 304 else "No [31msuch thing"
    assert f"{expected} (HTTP {status}); " in str(error)
    assert "evil" not in str(error)


@pytest.mark.parametrize(
    "body", [b'{"error": ["x"]}', b"[" * 100_000, b'{"error": "', b"\xff"]
)
def test_a_strange_error_body_is_ignored(serve: MakeServer, body: bytes) -> None:
    assert "Forbidden (HTTP 403)" in str(failure(serve(response(body, "403 x")).url))


@pytest.mark.parametrize(("status", "of_token"), [(401, True), (403, False)])
def test_only_the_host_of_the_token_is_said_to_need_it(
    serve: MakeServer, status: int, of_token: bool
) -> None:
    server = serve(response(b"", f"{status} x"))
    host = urlsplit(server.url).netloc if of_token else "huggingface.co"
    with Http(token_host=host) as http, pytest.raises(PapertrackError) as caught:
        http.read(server.url)
    message = str(caught.value)
    assert ("HF_TOKEN" in message) is of_token
    assert ("~/.netrc" in message) is not of_token


def moved(to: str) -> bytes:
    return response(b"", "302 Found", Location=to)


def test_follows_redirects(serve: MakeServer) -> None:
    server = serve(moved("/a"), moved("b?c=1"), OK)
    with Http() as http:
        assert http.read(server.url).url == f"http://127.0.0.1:{server.port}/b?c=1"


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("file:///etc/passwd", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("http://", "more than 5 redirects"),
        ("http://[bad", "not a web address"),
        ("/x", "more than 5 redirects"),
    ],
)
def test_bad_redirects_are_errors(serve: MakeServer, to: str, message: str) -> None:
    assert message in str(failure(serve(moved(to)).url))


def test_a_public_page_does_not_lead_to_a_private_address(serve: MakeServer) -> None:
    server = serve(OK)
    with Http() as http:
        for host in (
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0",
            "localhost",
            "[::1]",
        ):
            with pytest.raises(FetchError, match="private address"):
                http.read(
                    f"http://{host}:{server.port}/x", origin="http://1.1.1.1/feed"
                )
        assert not server.heads
        assert http.read(server.url, origin="http://127.0.0.2/page").body == b"ok"


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "169.254.1.1",
        "::ffff:127.0.0.1",
        "fe80::1%eth0",
        "100.64.0.1",
        "0.0.0.0",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert is_private(address)
    assert not is_private("1.1.1.1")


def test_the_token_goes_to_its_host_only(serve: MakeServer) -> None:
    other = serve(OK)
    server = serve(moved(f"http://localhost:{other.port}/"))
    with Http(token="hf_secret", token_host=f"127.0.0.1:{server.port}") as http:
        http.read(server.url)
    assert "Authorization: Bearer hf_secret" in server.heads[0]
    assert "hf_secret" not in other.heads[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://" + "a" * 300 + ".example/",
        "http://[::1",
        "http://exa mple/",
        "ftp://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1:99999/",
        "",
        "\x1b]0;x\x07",
        "http://user:geheim@127.0.0.1:1/",
        "http://xn--/",
    ],
)
def test_a_wrong_address_is_a_one_line_error(url: str) -> None:
    assert "geheim" not in str(failure(url))


def test_a_port_above_65535_is_no_other_port() -> None:
    with _listening(range(20_000, 30_000)) as server:
        port = server.getsockname()[1]
        error = failure(f"http://127.0.0.1:{port + 65536}/")
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "Port out of range" in str(error)


def test_port_0_is_named_as_the_mistake() -> None:
    assert "(0 can't be a port)" in str(failure("http://127.0.0.1:0/"))


def _listening(ports: Iterable[int]) -> socket.socket:
    """A socket that listens on the first of these ports that is free."""
    for port in ports:
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    raise AssertionError("no port is free")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://127.0.0.1:port"),
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("HTTP_PROXY", "nonsense://x"),
    ],
)
def test_a_wrong_environment_is_a_one_line_error(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(FetchError, match="check HTTPS_PROXY"):
        Http()


def test_the_proxy_of_the_environment_is_used(
    serve: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(OK)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    with Http() as http:
        assert http.read("http://papers.invalid/x").body == b"ok"
        assert (
            http.read("http://papers.invalid/y", origin="http://1.1.1.1/").body == b"ok"
        )
    assert proxy.heads[0].startswith("GET http://papers.invalid/x ")


def test_a_redirect_of_a_public_page_to_a_private_address_is_not_followed(
    serve: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = serve(OK)
    proxy = serve(
        moved(f"http://127.0.0.1:{private.port}/secret")
    )  # for all public hosts
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    with (
        Http() as http,
        pytest.raises(
            FetchError, match=r":\d+/secret: a public page leads to this private"
        ),
    ):
        http.read("http://1.1.1.1/feed")
    assert len(proxy.heads) == 1
    assert private.heads == []


def test_https_goes_through_its_proxy_and_no_proxy_goes_past_it(
    serve: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(response(b"", "403 Forbidden")), serve(OK)
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://user:geheim@127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert "geheim" not in str(failure("https://papers.invalid/x"))
    assert proxy.heads[0].startswith("CONNECT papers.invalid:443 ")
    requests = len(proxy.heads)
    with Http() as http:
        assert http.read(server.url).body == b"ok"
    assert len(proxy.heads) == requests


def test_a_pause_ends_when_reading_is_aborted(serve: MakeServer) -> None:
    server = serve(response(b"", "429 Too Many Requests", Retry_After="60"))
    with Http() as http, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(http.read, server.url)
        wait_until(lambda: server.heads)
        http.abort()
        assert isinstance(reading.exception(timeout=30), FetchError)
