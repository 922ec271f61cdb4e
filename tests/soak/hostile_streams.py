"""Every command with closed, full and unreadable streams, and with signals.

    python -m tests.soak.hostile_streams [--moments 30] [COMMAND...]

Each command runs once with each of tests/helpers/closed_streams.py; then SIGINT, SIGTERM,
SIGHUP and SIGPIPE are sent to it at so many moments of its run, with the streams of each
in turn. Prints a line for each traceback, unknown exit code or missing message; exits
with 1 after one.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.helpers import hostile_arguments as hostile
from tests.helpers.closed_streams import REDIRECTIONS, faults, run
from tests.helpers.printing_commands import RUNS

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)
ENDED = {130} | {128 + one for one in SIGNALS} | {-one for one in SIGNALS}
"""The exit codes of a process that a signal ended."""


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("commands", nargs="*")
    options.add_argument("--moments", type=int, default=30)
    arguments = options.parse_args()
    # A shell's job in the background ignores SIGINT, and so would what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runs = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        made, reader = Path(folder) / "made", Path(folder) / "reader"
        hostile.make_library(made)
        for command in arguments.commands or RUNS:
            line = [*command.split(), *next(iter(RUNS[command])).split()]
            env = hostile.copied(made, reader)
            codes: Counter[int] = Counter()
            started = time.monotonic()
            run(line, env)
            duration = time.monotonic() - started
            for name, redirection, sent, after in _plan(duration, arguments.moments):
                ended = run(line, env, redirection, after=after, sent=sent)
                known = hostile.CODES | (ENDED if after is not None else set())
                wrong = faults(ended, redirection, codes=known)
                runs += 1
                failed += bool(wrong)
                codes[ended.code] += 1
                moment = "" if after is None else f", {sent.name} after {after:.3f} s"
                for fault in wrong:
                    print(f"WRONG {' '.join(line)}: {name}{moment}: {fault}")
            shares = ", ".join(f"{code}: {n}" for code, n in sorted(codes.items()))
            print(f"{command:16} {shares}", flush=True)
            shutil.rmtree(reader)
    print(f"{runs} runs, {failed} wrong")
    return 1 if failed else 0


Step = tuple[str, str, signal.Signals, float | None]
"""The name of a redirection, the redirection, a signal, and when it is sent."""


def _plan(duration: float, moments: int) -> list[Step]:
    steps: list[Step] = [
        (name, redirection, signal.SIGINT, None)
        for name, redirection in REDIRECTIONS.items()
    ]
    # A pipe's other process would get the signal, too.
    kinds = [("no redirection", ""), *REDIRECTIONS.items()]
    kinds = [kind for kind in kinds if "|" not in kind[1]]
    for moment in range(moments):
        after = duration * moment / moments
        for number, sent in enumerate(SIGNALS):
            name, redirection = kinds[(moment + number) % len(kinds)]
            steps.append((name, redirection, sent, after))
    return steps


if __name__ == "__main__":
    raise SystemExit(main())
