"""Never twice, never lost: counted at the server, whatever ends the process, whoever is
refused, and however many send at once.
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from papertrack.cli import app as cli
from papertrack.cli.session import Session
from tests.helpers import system_faults
from tests.helpers.digests import MONDAY, TUESDAY, stored, titles
from tests.helpers.mail_server import PASSWORD, papers_of
from tests.helpers.waiting import wait_until

SEND = ["digest", "--send"]


def command(env, *, now=MONDAY, words=SEND):
    """What a child process does: run papertrack, and return its exit code."""
    return lambda: cli.run(list(words), Session(env, now=now))


@contextlib.contextmanager
def started(step):
    """A process that does a step; its id."""
    child = os.fork()
    if not child:
        code = 70
        with contextlib.suppress(BaseException), Path(os.devnull).open("r+") as null:
            for number in range(3):
                os.dup2(null.fileno(), number)
            code = step()
        os._exit(code)
    yield child


def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check(server, papers):
    """Each paper is in messages of one Message-ID, whose bytes are always the same."""
    assert sorted(papers_of(server.received)) == titles(*papers)
    bodies = Counter((one.id, one.body) for one in server.received)
    assert len(bodies) == len({id for id, _ in bodies}), "one id, two messages"


# ------------------------------------------------------------------ killed


@pytest.fixture
def password_file(server, configure, home):
    """The password is in a file: no other process is involved."""
    path = Path(home["HOME"]) / "password"
    path.write_text(PASSWORD)
    path.chmod(0o600)
    settings = {"password_command": None, "password_file": str(path)}
    configure(server, **settings)


@pytest.mark.parametrize("is_accepted", [False, True])
def test_killed_while_the_server_has_the_message(
    is_accepted, server, password_file, inside, fetched, home
):
    """Before it accepts it, and when it has and papertrack does not know yet."""
    fetched(1, 2)
    children: list[int] = []

    def kill():
        wait_until(lambda: children)
        os.kill(children[0], signal.SIGKILL)
        return None if is_accepted else "451 try again"

    server.hook = kill
    with started(command(home)) as child:
        children.append(child)
        assert ended(child) == -signal.SIGKILL
    server.hook = lambda: None
    assert [len(one["papers"]) for one in stored(home)] == [2]
    assert len(server.received) == is_accepted
    fetched(3)
    assert inside(SEND, now=TUESDAY).code == 0
    check(server, [1, 2, 3])
    assert len(server.ids) == 2


CALLS = {"signal=KILL": "rename", "error=ENOSPC": "fsync"}
"""A fault -> the calls at which it is injected: those that record a digest."""
if "EVERY_CALL" in os.environ:  # 5 minutes
    CALLS = dict.fromkeys(CALLS, ",".join(system_faults.WRITING))


def faults(env, folder, kind):
    """The faults at each call of sending a digest."""
    log = folder / "calls"
    ran = system_faults.forked(command(env), log=log, calls=CALLS[kind])
    assert ran.code == 0, ran.err
    names = re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text(), re.MULTILINE)
    for name, count in Counter(names).items():
        yield from (f"{name}:{kind}:when={number}" for number in range(1, count + 1))


@pytest.mark.skipif(not system_faults.can_inject(), reason="no strace")
@pytest.mark.parametrize("kind", CALLS)
def test_at_each_step_that_records_a_digest(
    kind, server, password_file, fetched, home, tmp_path
):
    """Killed there, or with a full disk, and run again."""
    fetched(1, 2)

    def copied(name):
        """A reader with a copy of the library, whose index is yet to be made."""
        env = {**home, "PAPERTRACK_LIBRARY": str(tmp_path / name / "library")}
        for place in ("CACHE", "STATE"):
            env[f"PAPERTRACK_{place}"] = str(tmp_path / name / place)
        shutil.copytree(home["PAPERTRACK_LIBRARY"], env["PAPERTRACK_LIBRARY"])
        return env

    outcomes: Counter[tuple[int, int]] = Counter()
    for number, fault in enumerate(faults(copied("counted"), tmp_path, kind)):
        server.received.clear()
        env = copied(str(number))
        ran = system_faults.forked(command(env), fault)
        # A run may have a call less than the one that was counted; and where the write
        # to stderr fails, nothing can be reported.
        assert ran.code in ((-9, 0) if "KILL" in kind else (0, 1)), (fault, ran)
        assert ran.code != 1 or ran.err or "write" in fault, (fault, ran)
        assert len(ran.err.splitlines()) <= 1, (fault, ran)
        assert "Traceback" not in ran.err
        waiting = sum("message" in one for one in stored(env))
        outcomes[waiting, len(server.received)] += 1
        ran = system_faults.forked(command(env, now=TUESDAY))
        assert ran.code == 0, (fault, ran)
        check(server, [1, 2])
        assert all("message" not in one for one in stored(env))
    # Nothing was done; accepted, and not recorded as sent.
    assert {(0, 0), (1, 1)} <= outcomes.keys(), outcomes


# ------------------------------------------------------------------ at once


AT_ONCE = {
    "new papers": ([SEND, SEND], 1),
    "a waiting message": ([SEND, SEND], 1),
    "three": ([SEND] * 3, 1),
    "two names": ([SEND, [*SEND, "--name", "other"]], 2),
    "sending and writing": ([SEND, ["digest", "-o", "x.md", "--name", "o"]], 1),
}


@pytest.mark.parametrize("case", AT_ONCE)
def test_several_at_once(
    case, server, password_file, inside, fetched, home, monkeypatch
):
    monkeypatch.chdir(home["HOME"])
    fetched(1, 2)
    commands, messages = AT_ONCE[case]
    if case == "a waiting message":
        server.refused["ada@example.org"] = "452 later"
        assert inside(SEND, now=MONDAY).code == 1
        server.refused.clear()
    with contextlib.ExitStack() as stack:
        children = [
            stack.enter_context(started(command(home, words=words)))
            for words in commands
        ]
        codes = [ended(child) for child in children]
    assert codes == [0] * len(commands)
    assert len(server.received) == len(server.ids) == messages
    assert set(papers_of(server.received)) == set(titles(1, 2))


# ------------------------------------------------------------------ recipients


BOTH = ["ada@example.org", "bo@example.org"]


@pytest.mark.parametrize("reply", ["550 no such user", "452 mailbox full"])
def test_a_refused_recipient_gets_it_later(
    reply, server, configure, inside, fetched, home
):
    configure(server, to=BOTH)
    server.refused["bo@example.org"] = reply
    fetched(1)
    ran = inside(SEND, now=MONDAY)
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    assert f"refused bo@example.org: {reply}; the others got the message" in ran.err
    fetched(2, now=TUESDAY)
    assert inside(SEND, now=TUESDAY).code == 3
    server.refused.clear()
    assert inside(SEND, now=TUESDAY).code == 0
    first, second, *again = server.received
    assert first.recipients == second.recipients == ("ada@example.org",)
    assert [one.recipients for one in again] == [("bo@example.org",)] * 2
    assert [one.body for one in again] == [first.body, second.body]
    assert all("message" not in one for one in stored(home))


def test_who_is_no_longer_a_recipient_is_waited_for_no_longer(
    server, configure, inside, fetched, home
):
    configure(server, to=BOTH)
    server.refused["bo@example.org"] = "550 no such user"
    fetched(1)
    assert inside(SEND, now=MONDAY).code == 3
    configure(server, to=BOTH[:1])
    ran = inside(SEND, now=MONDAY)
    assert ran.code == 0
    assert "no longer waits: the others in mail.to have it" in ran.err
    assert len(server.received) == 1
    assert all("message" not in one for one in stored(home))


@pytest.mark.parametrize(
    "changed", [{"to": ["ann@example.org"]}, {"from": "ann@example.org"}]
)
def test_the_papers_of_a_message_to_a_wrong_address_are_new_again(
    changed, server, configure, inside, fetched, home
):
    server.refused["ada@example.org"] = "550 no such user"
    fetched(1)
    assert inside(SEND, now=MONDAY).code == 1
    configure(server, **changed)
    fetched(2, now=TUESDAY)
    ran = inside(SEND, now=TUESDAY)
    assert ran.code == 0
    assert "its papers are new again" in ran.err
    (received,) = server.received
    assert received.recipients == ("ann@example.org",)
    check(server, [1, 2])


def test_too_many_messages_wait(server, configure, inside, fetched, home, monkeypatch):
    monkeypatch.setattr("papertrack.mail.delivery.MOST_WAITING", 2)
    configure(server, to=BOTH)
    server.refused["bo@example.org"] = "550 no such user"
    for number in (1, 2):
        fetched(number)
        assert inside(SEND, now=MONDAY).code == 3
    fetched(3)
    ran = inside(SEND, now=MONDAY)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "2 messages wait for bo@example.org; correct mail.to" in ran.err
    configure(server, to=BOTH[:1])
    assert inside(SEND, now=MONDAY).code == 0
    check(server, [1, 2, 3])


FOREIGN = (
    "From: ada@example.org\nTo: victim@example.com\n\nx\n",
    "From: eve@evil.example\nTo: ada@example.org\n\nx\n",
    "From: ada@example.org\nTo: ada@example.org\nBcc: victim@example.com\n\nx\n",
    "From: ada@example.org\nTo: ada@example.org\nResent-To: v@example.com\n\nx\n",
    "From: ada@example.org, eve@evil.example\nTo: ada@example.org\n\nx\n",
    "no message at all",
    "\n\n",
)


@pytest.mark.parametrize("source", FOREIGN)
@pytest.mark.parametrize("way", ["server", "program"])
def test_a_message_that_somebody_else_wrote_is_not_sent(
    way, source, server, configure, inside, fetched, home, tmp_path
):
    """It may come with a library from elsewhere."""
    if way == "program":
        tee = f"tee {shlex.quote(str(tmp_path / 'sent'))}"
        configure(server, host=None, command=tee)
    fetched(1)
    desk = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    content = json.loads(desk.read_text())
    times = {"at": "2025-11-21T09:00:00Z", "since": "2025-11-14T09:00:00Z"}
    recipients = ["ada@example.org", "victim@example.com", "v@example.com"]
    content["digests"] = {
        "1": {
            **{"key": "k", "name": "default", "papers": ["arxiv:2511.00001"]},
            **times,
            **{"recipients": recipients, "reached": [], "message": source},
        }
    }
    desk.write_text(json.dumps(content))
    ran = inside(SEND, now=MONDAY)
    assert ran.code == 0
    assert "its papers are new again" in ran.err
    if way == "program":
        sent = (tmp_path / "sent").read_text()
        assert "Paper number 1" in sent
        assert "victim" not in sent
    else:
        check(server, [1])
        assert server.received[0].recipients == ("ada@example.org",)


# ------------------------------------------------------------------ msmtp


@pytest.fixture
def msmtp(serve, configure, home):
    """`msmtp(password)` configures a real msmtp, and papertrack to use it."""
    if shutil.which("msmtp") is None:
        pytest.skip("msmtp is not installed")
    server = serve("starttls")
    path = Path(home["HOME"]) / ".msmtprc"

    def write(password):
        path.write_text(
            f"defaults\ntls on\ntls_trust_file {server.ca_file}\nauth on\n"
            f"account default\nhost localhost\nport {server.port}\n"
            f"from ada@example.org\nuser ada\npassword {password}\n"
        )
        path.chmod(0o600)

    settings = dict.fromkeys(server.settings())
    sender = "Ada <ada@example.org>"
    more = {"command": "msmtp -t -i", "from": sender, "to": BOTH}
    configure(server, **{**settings, **more})
    return server, write


def test_msmtp(msmtp, inside, fetched, home):
    server, write = msmtp
    fetched(1, 2)
    write("wrong")
    ran = inside(SEND, now=MONDAY)
    assert (ran.code, ran.err.count("\n")) == (4, 1)
    assert "mail.command: msmtp failed with exit code 77" in ran.err
    assert "papertrack digest --send tries again" in ran.err
    write(PASSWORD)
    assert inside(SEND, now=MONDAY).code == 0
    (received,) = server.received
    assert received.recipients == tuple(BOTH)
    assert received.was_encrypted
    check(server, [1, 2])
    assert max(map(len, received.body.split(b"\r\n"))) <= 998
    assert not any(part.defects for part in received.message.walk())
    server.refused["ada@example.org"] = server.refused["bo@example.org"] = "452 full"
    fetched(3)
    assert inside(SEND, now=MONDAY).code == 1
    server.refused.clear()
    assert inside(SEND, now=TUESDAY).code == 0
    check(server, [1, 2, 3])
    assert inside("digest --test", now=MONDAY).code == 0


def test_a_program_and_a_server_send_the_same_bytes(
    msmtp, serve, configure, inside, fetched, home
):
    """A message that waited for one goes by the other."""
    _, write = msmtp
    write("wrong")
    fetched(1)
    assert inside(SEND, now=MONDAY).code == 4
    (waiting,) = stored(home)
    server = serve()
    configure(server, to=BOTH)
    assert inside(SEND, now=MONDAY).code == 0
    (received,) = server.received
    assert received.body == waiting["message"].replace("\n", "\r\n").encode()
