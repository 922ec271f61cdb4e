"""Hostile arguments in every command form: a result or one line, never a traceback.

`python -m tests.soak.hostile_arguments` runs every form with every argument.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import hostile_arguments as hostile

FORMS = list(hostile.forms())
NAMES = [name for name in hostile.VALUES if name not in hostile.LARGE]
PER_FORM = 5


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return hostile.make_library(tmp_path_factory.mktemp("arguments") / "reader")


def test_there_are_enough() -> None:
    assert len(FORMS) >= 57
    assert len(hostile.VALUES) >= 75
    assert len({form.name for form in FORMS}) == len(FORMS)


@pytest.mark.parametrize("place", range(len(FORMS)), ids=lambda n: FORMS[n].name)
def test_a_form_with_some_arguments(place: int, reader: dict[str, str]) -> None:
    """Each form gets some of the arguments, and each argument some of the forms."""
    for step in range(PER_FORM):
        name = NAMES[(place * PER_FORM + step) % len(NAMES)]
        outcome = hostile.run(FORMS[place].line(hostile.VALUES[name]), reader)
        assert not outcome.faults, (name, outcome.faults)


@pytest.mark.parametrize("name", hostile.LARGE)
def test_a_megabyte(name: str, reader: dict[str, str]) -> None:
    # Some of the forms: python -m tests.soak.hostile_arguments gives it to each.
    place = hostile.LARGE.index(name)
    for form in FORMS[place :: 4 * len(hostile.LARGE)]:
        outcome = hostile.run(form.line(hostile.VALUES[name]), reader)
        assert not outcome.faults, (form.name, outcome.faults)


@pytest.mark.parametrize(
    "line",
    [
        "list -n {}",
        "search model -n {}",
        "similar 1 -n {}",
        "recommend -n {}",
        "export -n {}",
        "log -n {}",
        "tags -n {}",
        "stats -n {}",
        "undo {}",
        "redo {}",
        "fetch sample --limit {}",
        "import ids.txt --limit {}",
    ],
)
def test_huge_numbers_mean_all(line: str, reader: dict[str, str], tmp_path) -> None:
    env = hostile.copied(Path(reader["HOME"]), tmp_path / "copy")
    for number in ("1000000000", "9223372036854775808", "9" * 19, "9" * 4_000):
        outcome = hostile.run(line.format(number).split(), env)
        assert (outcome.code, outcome.faults) == (0, []), outcome
    for number in ("0", "-1", "9" * 5_000, "1.5", "x"):
        outcome = hostile.run(line.format(number).split(), env)
        assert (outcome.code, outcome.faults) == (2, []), outcome


@pytest.mark.parametrize("line", ["search", "explain 1"])
@pytest.mark.parametrize(
    "piece", ["a,", "1,", "1-3,", "2511.00001,", "a-", "語", "n/", "model "]
)
def test_of_a_long_text_the_first_words_are_looked_for(
    line: str, piece: str, reader: dict[str, str]
) -> None:
    """FTS5 takes time and memory for each word, those of one without blanks too."""
    seconds = []
    for size in (20_000, 400_000):
        text = piece * (size // len(piece))
        outcome = hostile.run([*line.split(), text], reader)
        assert not outcome.faults
        seconds.append(outcome.seconds)
    assert seconds[1] < 4 * seconds[0] + 0.2


@pytest.mark.parametrize("size", [2_000, 100_000])
@pytest.mark.parametrize(
    "line", ["list --since {}", "show {}", "help {}", "{}", "list --{}", "mark {} 1"]
)
def test_an_error_that_repeats_an_argument_is_short(
    line: str, size: int, reader: dict[str, str]
) -> None:
    for letters in ("A", "A ", "語", "/a"):
        long = letters * (size // len(letters))
        arguments = [word.replace("{}", long) for word in line.split()]
        outcome = hostile.run(arguments, reader)
        assert outcome.code in (2, 5), outcome
        assert not outcome.faults
        assert len(outcome.err) <= 1_100
