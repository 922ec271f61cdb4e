"""An escape sequence in each field of each file of a library by itself, in every command.

    python -m tests.soak.every_field [FILE...]     # desk.json, marks.json, papers, undo

Prints a line for each fault; at the end how many fields and command lines there were.
Exits with 1 after a fault.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.helpers import hostile_arguments as hostile
from tests.helpers import planted
from tests.helpers.printing_commands import RUNS, with_options


def main() -> int:
    wanted = tuple(sys.argv[1:])
    lines = with_options(RUNS)
    fields = runs = faults = 0
    with tempfile.TemporaryDirectory() as folder:
        made, reader = Path(folder) / "made", Path(folder) / "reader"
        hostile.make_library(made)
        for path in planted.json_files(made / "library"):
            name = path.relative_to(made / "library").as_posix()
            if wanted and not name.startswith(wanted):
                continue
            for place in planted.places(json.loads(path.read_text())):
                fields += 1
                env = hostile.copied(made, reader)
                planted.rewrite(
                    reader / "library" / name, planted.in_field(place, planted.ALL)
                )
                for terminal in (False, True):
                    for line in lines:
                        outcome = hostile.run(line, env, b"n\n", terminal=terminal)
                        runs += 1
                        for fault in outcome.faults:
                            faults += 1
                            print(f"{name} {place}: {' '.join(line)}: {fault}")
                shutil.rmtree(reader)
    print(f"{fields} fields, {runs} command lines, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
