"""Runs the suite with the lowest versions that pyproject.toml allows.

    python -m tests.soak.lowest_versions [--python python3.11] [PYTEST ARGUMENTS]

The versions are read from pyproject.toml and written as a constraints file into a new
virtual environment, which is deleted afterwards. What these packages need themselves is
installed in its newest version. Exits as pytest does.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lowest_versions() -> Iterator[str]:
    """A constraint for each dependency that has a lowest version: `rich==14`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for requirement in (*project["dependencies"], *extras["dev"]):
        found = re.match(r"([\w.-]+)>=([\w.]+)", requirement)
        if found:
            name, version = found.groups()
            yield f"{name}=={version}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable)
    options, arguments = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder, "venv")
        constraints = Path(folder, "lowest.txt")
        constraints.write_text("\n".join(lowest_versions()))
        print(constraints.read_text(), flush=True)
        subprocess.run([options.python, "-m", "venv", environment], check=True)
        python = str(environment / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "-c", str(constraints)]
        subprocess.run([*install, "-e", f"{ROOT}[dev]"], check=True)
        tests = [python, "-m", "pytest", *arguments]
        return subprocess.run(tests, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
