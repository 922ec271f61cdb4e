"""`digest --send`: real servers and real programs; what goes wrong on the way is
reported, and neither repeats nor loses a paper.
"""

import re
import sys
import time
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from tests.helpers.digests import MONDAY, TUESDAY, stored, titles
from tests.helpers.mail_server import PASSWORD, Received, papers_of, rude_server
from tests.helpers.waiting import HANG_SECONDS

# ------------------------------------------------------------------ sending


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_digest_is_one_message(security, serve, configure, inside, fetched, home):
    server = serve(security)
    configure(server, to=["Ada Quill <ada@example.org>", "bo@example.org"])
    fetched(1, 2)
    ran = inside("digest --send --name fresh", now=MONDAY)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "sent 2 papers to ada@example.org, bo@example.org\n"
    (received,) = server.received
    assert received.recipients == ("ada@example.org", "bo@example.org")
    assert received.was_encrypted == (security != "none")
    assert received.user == "ada"
    message = received.message
    assert message["From"] == "Ada Quill <ada@example.org>"
    assert message["To"] == "Ada Quill <ada@example.org>, bo@example.org"
    assert message["Subject"] == "papertrack fresh: 2 new papers, Mon 24 Nov 2025"
    assert message["Date"] == "Mon, 24 Nov 2025 09:00:00 +0000"
    assert message["X-Papertrack-Digest"] == "fresh"
    assert re.fullmatch("<[0-9a-f]{24}.papertrack@example.org>", received.id)
    parts = [part.get_content_type() for part in message.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    for title in titles(1, 2):
        assert title in received.text
        assert title in received.html
    assert "Zoë Quill" in received.text
    assert max(map(len, received.body.split(b"\r\n"))) <= 998
    assert received.body.isascii()
    assert not any(message.defects for message in message.walk())
    assert inside("digest --send --name fresh", now=TUESDAY).err.startswith(
        "Nothing new since"
    )
    assert len(server.received) == 1
    assert all("message" not in one for one in stored(home))


SECRETS = {
    "password_file": "{home}/password",
    "token_command": f"echo {PASSWORD}",
    "command with quotes": f"sh -c 'echo {PASSWORD}; echo more'",
}


@pytest.mark.parametrize("secret", SECRETS)
def test_the_password_comes_from(secret, server, configure, inside, fetched, home):
    value = SECRETS[secret].format(home=home["HOME"])
    key = "password_command" if " " in secret else secret
    configure(server, **{"password_command": None, key: value})
    path = Path(home["HOME"]) / "password"
    path.write_text(f"{PASSWORD}\n")
    path.chmod(0o600)
    fetched(1)
    ran = inside("-v digest --send", now=MONDAY)
    assert ran.code == 0, ran.err
    assert papers_of(server.received) == titles(1)
    assert PASSWORD not in ran.out + ran.err + "".join(map(str, stored(home)))


def test_the_password_is_asked_for_once_and_only_where_there_is_something_to_send(
    server, configure, inside, fetched, tmp_path
):
    log = tmp_path / "asked"
    command = f"sh -c 'echo {PASSWORD}; echo asked >> {log}'"
    configure(server, password_command=command)
    assert inside("digest --send", now=MONDAY).code == 0
    assert not log.exists()
    fetched(1)
    server.refused["ada@example.org"] = "452 later"
    assert inside("digest --send", now=MONDAY).code == 1
    server.refused.clear()
    fetched(2)
    log.unlink()
    assert inside("digest --send", now=TUESDAY).code == 0
    assert len(server.received) == 2
    assert log.read_text() == "asked\n"


class Backend(KeyringBackend):
    """A keyring with one password; it may be locked."""

    priority = 1

    def __init__(self, *, is_locked=False):
        super().__init__()
        self.is_locked = is_locked

    def get_password(self, service, user):
        if self.is_locked:
            raise KeyringLocked("the collection is locked")
        return PASSWORD if (service, user) == ("localhost", "ada") else None

    def set_password(self, service, user, password):
        raise NotImplementedError


def test_the_keyring(server, configure, inside, fetched, monkeypatch):
    """It is an extra: each thing that is missing is named with the next step."""
    keys = {"password_command": None, "keyring": True}
    configure(server, **keys)
    fetched(1)
    before = keyring.get_keyring()
    try:
        keyring.set_keyring(Backend(is_locked=True))
        ran = inside("digest --send", now=MONDAY)
        assert ran.code == 4
        assert "can't be read: the collection is locked; unlock it" in ran.err
        keyring.set_keyring(Backend())
        configure(server, **keys, user="bo")
        ran = inside("digest --send", now=MONDAY)
        assert ran.code == 4
        assert "store it with: keyring set localhost bo" in ran.err
        configure(server, **keys)
        assert inside("digest --send", now=MONDAY).code == 0
    finally:
        keyring.set_keyring(before)
    assert papers_of(server.received) == titles(1)
    monkeypatch.setitem(sys.modules, "keyring", None)
    ran = inside("digest --test", now=MONDAY)
    assert ran.code == 4
    assert "pip install 'papertrack[keyring]'" in ran.err


HOSTILE = (
    "Paper number {} \r\nBcc: eve@evil.example\r\n\r\nBody",
    "Paper number {} \x1b[2J\x00\u202egnp",
    "Paper number {} <script>alert(1)</script><img src=https://evil.example/x>",
    'Paper number {} " onmouseover="x" =?utf-8?q?Bcc?=',
    "Paper number {}\n.\nQUIT\n",
    "Paper number {} " + "x" * 1900,
    "Paper number {} " + "\u7532" * 600,
    "From Paper number {} -- \n--==boundary==",
)


def test_hostile_titles(server, inside, fetched):
    """They are in the text and the page as they are, and nowhere in the headers."""
    for number, title in enumerate(HOSTILE, 1):
        fetched(number, title=title)
    assert inside("digest --send", now=MONDAY).code == 0
    (received,) = server.received
    assert received.recipients == ("ada@example.org",)
    assert set(received.message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("X-Papertrack-Digest", "MIME-Version", "Content-Type"),
    }
    assert "Paper" not in str(received.message["Subject"])
    assert max(map(len, received.body.split(b"\r\n"))) <= 998
    for number in range(1, len(HOSTILE) + 1):
        assert f"Paper number {number}" in " ".join(received.text.split())
        assert f"Paper number {number}" in received.html
    for text in (received.text, received.html):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)
    assert "<script" not in received.html
    assert "<img" not in received.html
    assert 'onmouseover="' not in received.html


def test_a_large_digest_is_cut_in_the_page_alone(server, inside, fetched):
    fetched(*range(1, 400), title="Paper number {} of many, with a longer title")
    assert inside("digest --send", now=MONDAY).code == 0
    (received,) = server.received
    assert len(received.html.encode()) <= 90_000
    found = re.search(r"and (\d+) more, in the plain text", received.html)
    assert found
    shown = received.html.count("of many, with a longer title</a>")
    assert shown + int(found[1]) == 399
    assert len(papers_of(server.received)) == 399


def test_one_line_to_yourself(server, configure, inside, home):
    configure(server, to=["bo@example.org"])
    ran = inside("digest --test", now=MONDAY)
    assert (ran.code, ran.err) == (0, "sent a line to ada@example.org\n")
    (received,) = server.received
    assert received.recipients == ("ada@example.org",)
    assert received.text == "papertrack can send you digests.\n"
    assert not Path(home["PAPERTRACK_LIBRARY"]).exists()


def test_dry_run_shows_the_message_and_sends_nothing(server, inside, fetched, home):
    fetched(1)
    ran = inside("digest --send --dry-run", now=MONDAY)
    assert ran.code == 0
    shown = Received(ran.out.encode(), (), False, "")
    assert "Paper number 1" in shown.text
    assert "would send this to ada@example.org" in ran.err
    assert inside("digest --test --dry-run", now=MONDAY).code == 0
    assert server.received == []
    assert stored(home) == []


def test_again_and_undo(server, inside, fetched):
    """What was sent stays sent, whatever is undone."""
    fetched(1)
    assert inside("digest --send", now=MONDAY).code == 0
    assert inside("digest --send --again", now=TUESDAY).code == 0
    first, second = server.received
    assert first.id != second.id
    assert "Paper number 1" in second.text
    fetched(2, now=TUESDAY)
    assert inside("undo 2 ", now=TUESDAY).code == 0
    fetched(1, 3, now=TUESDAY)
    assert inside("digest --send", now=TUESDAY).code == 0
    assert papers_of(server.received[2:]) == titles(3)


def test_an_empty_digest_is_sent_on_request(server, inside, fetched):
    fetched(1)
    assert inside("digest --send", now=MONDAY).code == 0
    assert inside("digest --send", now=TUESDAY).code == 0
    assert len(server.received) == 1
    ran = inside("digest --send --empty", now=TUESDAY)
    assert (ran.code, ran.err) == (0, "sent 0 papers to ada@example.org\n")
    assert "no new papers" in server.received[1].message["Subject"]
    assert "nothing was fetched since 2025-11-24" in server.received[1].text


# ------------------------------------------------------------------ what goes wrong


def wrong_password(server, configure):
    configure(server, password_command="echo wrong")


def wrong_token(server, configure):
    configure(server, password_command=None, token_command="echo wrong")


def no_such_command(server, configure):
    configure(server, password_command="/nonexistent/pass show mail")


def failing_command(server, configure):
    configure(server, password_command="sh -c 'echo locked >&2; exit 3'")


def empty_command(server, configure):
    configure(server, password_command="true")


def open_file(server, configure):
    path = server.ca_file.with_name("password")
    path.write_text(PASSWORD)
    path.chmod(0o644)
    configure(server, password_command=None, password_file=str(path))


def odd_password(server, configure):
    configure(server, password_command="echo pässwörd")


def untrusted(server, configure):
    configure(server, ca_file=None)


def other_name(server, configure):
    configure(server, host="127.0.0.1")


def not_tls(server, configure):
    configure(server, security="starttls", timeout=0.3)


def no_security(server, configure):
    configure(server, security=None)


def two_secrets(server, configure):
    configure(server, token_command="echo x")


def no_secret(server, configure):
    configure(server, password_command=None)


def no_sender(server, configure):
    configure(server, **{"from": None})


def no_server(server, configure):
    configure(server, host=None)


def two_ways(server, configure):
    configure(server, command="true")


def in_clear(server, configure):
    configure(server, host="mail.example.org", security="none")


def no_program(server, configure):
    configure(server, host=None, command="/nonexistent/msmtp -t -i")


def wrong_settings_of_program(server, configure):
    configure(server, host=None, command="sh -c 'echo bad config >&2; exit 78'")


def unreachable(server, configure):
    configure(server, port=9)


def unknown_host(server, configure):
    configure(server, host="mail.invalid")


def refused_sender_or_message(server, configure):
    server.hook = lambda: "554 we think this is spam"


def full_mailbox(server, configure):
    server.refused["ada@example.org"] = "452 too many messages"


def cut(server, configure):
    server.cut = True


def silent(server, configure):
    server.silent = True
    configure(server, timeout=0.5)


def failing_program(server, configure):
    configure(server, host=None, command="sh -c 'echo no route >&2; exit 75'")


def slow_program(server, configure):
    configure(server, host=None, command="sleep 20", timeout=0.3)


FAULTS = {
    wrong_password: (4, "refused the login of ada: 535", "mail.password_command"),
    wrong_token: (4, "refused the login of ada: 535", "mail.token_command"),
    no_such_command: (4, "/nonexistent/pass can't be started: No such file", ""),
    failing_command: (4, "sh failed with exit code 3: locked", "run it by itself"),
    empty_command: (4, "mail.password_command: its first line is not a password", ""),
    open_file: (4, "can be read by others", "chmod 600"),
    odd_password: (4, "characters that the login can't send", ""),
    untrusted: (4, "a certificate that is not trusted", "mail.ca_file"),
    other_name: (4, "a certificate that is not trusted", "mail.ca_file"),
    not_tls: (1, "localhost", ""),
    no_security: (4, "which can be several things", "mail.security"),
    two_secrets: (4, "mail.password_command and mail.token_command are set", "unset"),
    no_secret: (4, "mail.user is set, but no key for its password", ""),
    no_sender: (4, "mail.from is not set", "papertrack config set mail.from"),
    no_server: (4, "neither mail.host nor mail.command is set", "papertrack help mail"),
    two_ways: (4, "both mail.host and mail.command are set", "unset"),
    in_clear: (4, "would cross the network unencrypted", "set it to tls"),
    no_program: (4, "/nonexistent/msmtp can't be started", "install it"),
    wrong_settings_of_program: (4, "sh failed with exit code 78: bad config", ""),
    unreachable: (1, "localhost:9: Connection refused", "mail.host"),
    unknown_host: (1, "the host was not found", "mail.host and the network"),
    refused_sender_or_message: (1, "refused: 554 we think this is spam", ""),
    full_mailbox: (1, "ada@example.org: 452 too many messages", ""),
    cut: (1, "closed the connection", ""),
    silent: (1, "in time|did not finish in 0.5 seconds", ""),
    failing_program: (1, "sh failed with exit code 75: no route", ""),
    slow_program: (1, "sleep did not end in 0.3 seconds", ""),
}
BEFORE_RECORDING = {
    *(no_security, two_secrets, no_secret, no_sender, no_server, two_ways, in_clear)
}
"""Settings that are checked before anything is done."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_one_line_and_loses_nothing(
    fault, server, configure, inside, fetched, home
):
    code, message, advice = FAULTS[fault]
    fetched(1, 2)
    fault(server, configure)
    tested = inside("digest --test", now=MONDAY)
    assert tested.code == code
    ran = inside("digest --send", now=MONDAY)
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1), ran.err
    assert re.search(message, ran.err), ran.err
    assert advice in ran.err
    assert PASSWORD not in ran.err
    waits = fault not in BEFORE_RECORDING
    assert [("message" in one) for one in stored(home)] == [True] * waits
    if waits:
        assert "papertrack digest --send tries again" in ran.err
        looked = inside("digest", now=MONDAY)
        line = "with 2 papers waits for ada@example.org; papertrack digest --send"
        assert line in looked.err
        assert line in inside("status", now=MONDAY).err
        assert "Paper" not in looked.out
    attempts = len(server.received)
    configure(server)
    server.refused, server.cut, server.silent = {}, False, False
    server.hook = lambda: None
    fetched(3, now=TUESDAY)
    ran = inside("digest --send", now=TUESDAY)
    assert ran.code == 0, ran.err
    assert ("sent 1 waiting message again" in ran.err) == waits
    new = [
        one for one in server.received[attempts:] if one.message["X-Papertrack-Digest"]
    ]
    papers = papers_of(one for one in server.received if "Paper" in one.text)
    assert sorted(papers) == titles(1, 2, 3)
    assert len(new) == 1 + waits
    for one in server.received:
        assert {other.body for other in server.received if other.id == one.id} == {
            one.body
        }
    assert all("message" not in one for one in stored(home))
    assert inside("digest --send", now=TUESDAY).err.startswith("Nothing new")


def say_nothing(connection):
    connection.recv(1)


def dribble(connection):
    """A byte at a time: each is within the time limit of a read."""
    while True:
        connection.sendall(b"2")
        time.sleep(0.02)


def greet_without_end(connection):
    while True:
        connection.sendall(b"220-hello\r\n")
        time.sleep(0.02)


def one_endless_line(connection):
    while True:
        connection.sendall(b"2" * 65536)


def hang_up(connection):
    connection.close()


def greet_and_hang_up(connection):
    connection.sendall(b"220 hello\r\n")
    connection.close()


def refuse(connection):
    connection.sendall(b"554 go \x1b[2J away\r\n")


def speak_http(connection):
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def offer_nothing(connection):
    connection.sendall(b"220 hello\r\n")
    while connection.recv(1000):
        connection.sendall(b"250 OK\r\n")


RUDE = (
    *(say_nothing, dribble, greet_without_end, one_endless_line, hang_up),
    *(greet_and_hang_up, refuse, speak_http, offer_nothing),
)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
@pytest.mark.parametrize("talk", RUDE, ids=lambda talk: talk.__name__)
def test_a_rude_server_is_one_line_in_bounded_time(
    talk, security, server, configure, inside, fetched, home
):
    fetched(1)
    with rude_server(talk) as port:
        configure(server, port=port, security=security, timeout=0.3)
        began = time.monotonic()
        ran = inside("digest --send", now=MONDAY)
        assert time.monotonic() - began < HANG_SECONDS / 2
    assert ran.code in (1, 4)
    assert (ran.out, ran.err.count("\n")) == ("", 1)
    assert ran.err.startswith(f"papertrack: the mail server localhost:{port}")
    assert "the message waits" in ran.err
    assert "\x1b" not in ran.err
    assert len(stored(home)) == 1
