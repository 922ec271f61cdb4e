"""What is printed passes one cleaning function, and a useless stream is reported."""

import io
import sys
import traceback
from typing import Any, cast

import pytest
from rich.style import Style
from rich.text import Text

from papertrack.cli import app as cli
from papertrack.cli import output, streams
from papertrack.cli.session import Session
from papertrack.core.text import UNWANTED, clean_output
from tests.helpers import closed_streams, hostile_arguments
from tests.helpers.closed_streams import REDIRECTIONS
from tests.helpers.planted import ALL, ESCAPES, SURROGATE

OUTPUT_IS_USELESS = {
    "no stdout",
    "no output",
    "nothing",
    "a full disk",
    "all full",
    "stdout open for reading",
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a reader with a library."""
    return hostile_arguments.make_library(tmp_path_factory.mktemp("streams") / "reader")


@pytest.mark.parametrize("escape", [*ESCAPES, ALL, SURROGATE, "\r", "\rx"])
def test_the_cleaning_function(escape: str) -> None:
    assert clean_output(f"a{escape}") == "a" + "".join(
        char for char in escape if char not in "\t\n" and char.isprintable()
    )
    assert (
        clean_output("a\tb\nc\r\nd é 語 👩\u200d👩") == "a\tb\nc\r\nd é 語 👩\u200d👩"
    )


def test_whatever_prints_is_cleaned(capfd: Any) -> None:
    with streams.cleaned():
        print(ALL)
        print(ALL, file=sys.stderr)
        sys.stdout.writelines([ALL, "\n"])
        try:
            raise ValueError(ALL)
        except ValueError:
            traceback.print_exc()
    printed = "".join(capfd.readouterr())
    for char in UNWANTED[1:-1]:
        assert char.isprintable() or char == "\n" or char not in printed


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_drawing_is_cleaned(escape: str, home: dict[str, str], capsys: Any) -> None:
    session = Session({**home, "PAGER": ""})
    session.on_terminal = True
    for link in (f"https://a.example/{escape}", "file:///etc/passwd", "javascript:x"):
        text = Text(f"title{escape}", Style(bold=True, link=link))
        output.draw(session, text)
        shown = capsys.readouterr().out
        assert "title" in shown
        assert not hostile_arguments.wrong(0, shown, "")
        assert link not in shown


def test_an_unexpected_error_is_one_line(
    home: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def fail(*_: object) -> int:
        raise KeyError(ALL)

    monkeypatch.setattr(cli, "run", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    err = capsys.readouterr().err
    assert err.startswith("papertrack: this is a bug in papertrack: KeyError")
    assert "test_streams, line" in err
    assert err.count("\n") == 1


def test_a_lost_message_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    stream = streams.NarrationStream(cast(Any, Full()))
    stream.write("lost")
    stream.flush()
    with pytest.raises(OSError, match="No space"):
        streams.CleanStream(cast(Any, Full())).write("lost")


@pytest.mark.parametrize("name", REDIRECTIONS)
@pytest.mark.parametrize("line", ["list", "tag add x 2511.04570"])
def test_a_useless_stream(line: str, name: str, reader: dict[str, str]) -> None:
    redirection = REDIRECTIONS[name]
    ended = closed_streams.run(line.split(), reader, redirection)
    writes = line == "list"
    expected = int(writes and name in OUTPUT_IS_USELESS)
    assert ended.code == expected, ended
    assert not closed_streams.faults(ended, redirection, codes={0, 1})
    if expected and "2>" not in redirection:
        assert "standard output" in ended.err


@pytest.mark.parametrize(
    "line", ["show -", "note 2511.04570 -", "import -", "fetch -", "mark read -"]
)
@pytest.mark.parametrize("name", ["no stdin", "stdin open for writing"])
def test_a_useless_stdin(line: str, name: str, reader: dict[str, str]) -> None:
    ended = closed_streams.run(line.split(), reader, REDIRECTIONS[name])
    assert ended.code == 1
    assert not closed_streams.faults(ended, "", codes={1})
    assert "standard input" in ended.err


BODIES = [
    *(b"\0", b"a\0b\n", b"\xff\xfe", b"\x1b[2J\n", b"9" * 5_000, b"(" * 10_000),
    *(b"\xc2\x9b2J", b"1-99999\n" * 1_000, b"\n" * 100_000, b"A" * 1_000_000),
]


@pytest.mark.parametrize("line", ["show -", "note 2511.04570 -", "import -", "fetch -"])
def test_a_hostile_stdin(line: str, home: dict[str, str]) -> None:
    for body in BODIES:
        outcome = hostile_arguments.run(line.split(), home, body)
        assert not outcome.faults, (body[:20], outcome.faults)


@pytest.mark.parametrize("line", ["show -", "note 2511.04570 -", "import -"])
def test_stdin_without_utf_8(
    line: str, papertrack: Any, reader: dict[str, str]
) -> None:
    ran = papertrack(
        line,
        b"\xff\xfe\x00\x9b",
        env={**reader, "PYTHONPATH": str(closed_streams.ROOT)},
    )
    assert not hostile_arguments.wrong(*ran)
