"""One transaction: steps that touch several files, under power cuts and failing calls;
and sequences of commands against a model.

    python -m tests.soak.one_step [power|faults|machine]... [--every N] [--steps big|small]

`power` replays what a disk may have after each write of a command (3 minutes); `faults`
kills the command, fills the disk or lets it fail at each call that writes (two hours;
`--every 9` takes each ninth); `machine` runs 500 sequences of 30 commands, some killed
(15 minutes). Prints the figures and what went wrong; exits with 1 if anything did.

The same in short is part of the suite (tests/library/test_one_step.py).
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.helpers import power_cuts
from tests.helpers.big_steps import BigStep, big_steps
from tests.helpers.machine import Commands
from tests.helpers.small_steps import small_steps
from tests.helpers.system_faults import Tally, injected

FAULTS = ("signal=KILL", "signal=INT", "signal=TERM", "error=ENOSPC", "error=EIO")
MEMORY = Path("/dev/shm")
SEQUENCES = 500


def report(name: str, begun: float, tally: Tally) -> int:
    """Print the figures of a command; how many were wrong."""
    seconds = time.monotonic() - begun
    print(
        f"{name}: {tally.faults} cases, {tally.new} in the new state, "
        f"{len(tally.wrong)} wrong ({seconds:.0f} s)",
        flush=True,
    )
    for line in tally.wrong[:10]:
        print(f"  {line}")
    return len(tally.wrong)


STEPS = {"big": big_steps, "small": small_steps}


def each(
    folder: Path,
    steps: Mapping[str, BigStep],
    kinds: tuple[str, ...],
    check: Callable[[BigStep, str, Path], Tally],
) -> int:
    """Check each command under each kind of fault; how many cases were wrong."""
    wrong = 0
    for name, step in steps.items():
        for kind in kinds:
            place = folder / f"{name} {kind}"
            place.mkdir()
            begun = time.monotonic()
            wrong += report(f"{name}, {kind}", begun, check(step, kind, place))
    return wrong


def machine() -> int:
    """Sequences of commands; 1 if one of them fails."""
    begun = time.monotonic()
    options = settings(
        max_examples=SEQUENCES,
        stateful_step_count=30,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Commands, settings=options)
    except AssertionError:
        traceback.print_exc()
        return 1
    seconds = time.monotonic() - begun
    print(f"{SEQUENCES} sequences of commands agree with the model ({seconds:.0f} s)")
    return 0


def main() -> int:
    """Run what the arguments name, all of it by default."""
    kinds = ("power", "faults", "machine")
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--steps", choices=[*STEPS])
    options = parser.parse_args()
    # A shell's job in the background ignores SIGINT, and so would what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chosen = options.kinds or kinds
    every = options.every
    if MEMORY.is_dir():
        tempfile.tempdir = str(MEMORY)  # nothing here depends on a real disk
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        steps: dict[str, BigStep] = {}
        for name, made in STEPS.items():
            if options.steps in (None, name):
                steps |= made(Path(folder) / f"{name} steps")
        for name in chosen:
            place = Path(folder) / name
            place.mkdir()
            if name == "power":
                wrong += each(
                    place,
                    steps,
                    ("power cuts",),
                    lambda step, kind, to: power_cuts.cut_off(step, to, every=every),
                )
            elif name == "faults":
                wrong += each(
                    place,
                    steps,
                    FAULTS,
                    lambda step, kind, to: injected(
                        step.place, step.words, kind, to, every=every
                    ),
                )
            else:
                wrong += machine()
    print(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
