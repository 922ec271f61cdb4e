"""Every command form x every hostile argument of tests/helpers/hostile_arguments.py.

    python -m tests.soak.hostile_arguments [FORM...]     # "list QUERY", undo, …

Prints a line for each that raised, printed more than a line of error or a control
character, ended with an unknown exit code, or took long; at the end a table of forms
and exit codes. Exits with 1 if one was wrong.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from tests.helpers import hostile_arguments as hostile

SLOW = 3.0
"""Seconds from which a command line is listed."""


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("forms", nargs="*", help="those whose names begin so")
    wanted = tuple(options.parse_args().forms)
    forms = [
        one for one in hostile.forms() if not wanted or one.name.startswith(wanted)
    ]
    failed = 0
    table: dict[str, Counter[int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        hostile.make_library(made)
        for form in forms:
            reader = Path(folder) / "reader"
            env = hostile.copied(made, reader)
            codes = table[form.name] = Counter()
            for name, value in hostile.VALUES.items():
                outcome = hostile.run(form.line(value), env)
                codes[outcome.code] += 1
                failed += bool(outcome.faults)
                for fault in outcome.faults:
                    print(f"WRONG {form.name}, {name}: {fault}", flush=True)
                if outcome.seconds > SLOW:
                    print(f"{form.name}, {name}: {outcome.seconds:.1f} s", flush=True)
            shutil.rmtree(reader)
    for form_name, codes in table.items():
        shares = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        print(f"{form_name:32}  {shares}")
    total = sum(codes.total() for codes in table.values())
    print(
        f"{len(forms)} forms x {len(hostile.VALUES)} arguments = {total} command lines,"
        f" {failed} wrong"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
