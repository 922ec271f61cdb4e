"""How long a Tab takes in bash, zsh and fish with a library of many papers and hostile
titles.

    python -m tests.benchmarks.tab [--papers 100000] [--at FOLDER] [--runs 40]

The library is made with `made.py` (below FOLDER where one is named), its completions
are what `papertrack list` leaves in the cache, with every fiftieth title replaced by
one that would do harm. Each line is completed `--runs` times inside the shell; the
median in milliseconds is printed, by the shell's own clock.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

COMPLETIONS = Path(__file__).parents[2] / "completions"
HOSTILE = "$(touch PWNED) `touch PWNED` [/red] \"x' \\ \x1b]0;owned\x07 ‮"
LINES = {
    "commands": "papertrack s",
    "options": "papertrack list --",
    "tags": "papertrack tag add n",
    "tags in a query": "papertrack list tag:",
    "views": "papertrack list @",
    "ids, some": "papertrack show {id}",
    "ids, all": "papertrack show ",
}
BASH = r"""
source "$1"; shift
for line in "$@"; do
    text=${line##*[$COMP_WORDBREAKS]}
    COMP_LINE=$line COMP_POINT=${#line}
    read -ra COMP_WORDS <<<"$line"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    for ((n = 0; n < RUNS; n++)); do
        COMPREPLY=() began=${EPOCHREALTIME/./}
        _papertrack papertrack "$text" papertrack
        echo "$((${EPOCHREALTIME/./} - began)) ${#COMPREPLY[@]}"
    done
    echo ==
done
"""
FISH = r"""
source $argv[1]
for line in $argv[2..]
    for n in (seq $RUNS)
        set began (date +%s%N)
        set found (complete -C $line)
        echo (math "($(date +%s%N) - $began) / 1000") (count $found)
    end
    echo ==
end
"""
ZSH = r"""
zmodload zsh/datetime zsh/zpty
fpath=($SCRIPTS $fpath)
autoload -Uz compinit && compinit -u -D
timed() {
    local began=$EPOCHREALTIME
    _main_complete
    print -r -- "$(( (EPOCHREALTIME - began) * 1000000 )) $compstate[nmatches]" >>$TIMES
    compstate[list]='' compstate[insert]=''
}
zle -C timed complete-word timed
bindkey '^T' timed
PS1='ready>'
"""


def bash(lines: list[str], environment: dict[str, str]) -> list[list[str]]:
    """The times by bash's clock, a list for each line."""
    command = [
        "bash",
        "--norc",
        "-c",
        BASH,
        "bash",
        str(COMPLETIONS / "papertrack.bash"),
        *lines,
    ]
    return _parts(
        subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout
    )


def fish(lines: list[str], environment: dict[str, str]) -> list[list[str]]:
    """The times between two calls of `date`, as fish has no clock; they take about 2
    ms.
    """
    command = [
        "fish",
        "--no-config",
        "-c",
        FISH,
        str(COMPLETIONS / "papertrack.fish"),
        *lines,
    ]
    return _parts(
        subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout
    )


def zsh(lines: list[str], environment: dict[str, str]) -> list[list[str]]:
    """The times by zsh's clock, in a terminal: its completion works nowhere else."""
    import pexpect

    times = Path(environment["HOME"]) / "times"
    setup = Path(environment["HOME"]) / "setup.zsh"
    setup.write_text(ZSH, encoding="utf-8")
    shell = pexpect.spawn(
        "zsh",
        ["-f", "-i"],
        env={**environment, "TIMES": str(times)},
        encoding="utf-8",
        codec_errors="replace",
        timeout=60,
        dimensions=(50, 200),
    )
    shell.sendline("source ~/setup.zsh; echo do''ne")
    shell.expect("\ndone")
    found = []
    for line in lines:
        times.write_text("")
        for _ in range(int(environment["RUNS"])):
            shell.send(f"{line}\x14\x15")
        shell.sendline("echo do''ne")
        shell.expect("\ndone")
        found.append(times.read_text().splitlines())
    shell.close(force=True)
    return found


def _parts(text: str) -> list[list[str]]:
    return [part.strip().splitlines() for part in text.split("==\n")[:-1]]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--at", type=Path)
    parser.add_argument("--runs", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (arguments.at or Path(temporary)) / f"{arguments.papers}"
        if not (place / "library").exists():
            made = [
                str(Path(__file__).parent / "made.py"),
                str(arguments.papers),
                str(place / "library"),
            ]
            subprocess.run([sys.executable, *made], check=True)
        environment = {
            **os.environ,
            "PAPERTRACK_LIBRARY": f"{place}/library",
            "PAPERTRACK_CACHE": f"{place}/cache",
            "PAPERTRACK_STATE": f"{place}/state",
            "HOME": temporary,
            "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
            "SCRIPTS": str(COMPLETIONS),
            "RUNS": f"{arguments.runs}",
        }
        subprocess.run(
            [sys.executable, "-m", "papertrack", "-q", "list", "-n", "1"],
            env=environment,
            check=True,
        )
        shutil.copytree(
            place / "cache" / "complete", Path(temporary) / "cache" / "complete"
        )
        id = _poison(Path(temporary) / "cache" / "complete")
        environment["PAPERTRACK_CACHE"] = f"{temporary}/cache"
        _table([line.format(id=id) for line in LINES.values()], environment)


def _poison(folder: Path) -> str:
    """Make titles and views hostile; returns the first letters of an id."""
    rows = (folder / "ids.tsv").read_text(encoding="utf-8").splitlines()
    rows[::50] = [f"{row.partition(chr(9))[0]}\t{HOSTILE}" for row in rows[::50]]
    (folder / "ids.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "views.tsv").write_text(
        "".join(f"view{n}\t{HOSTILE}\n" for n in range(50)), encoding="utf-8"
    )
    return rows[0][:6]


def _table(lines: list[str], environment: dict[str, str]) -> None:
    print(
        f"{'':18} {'shell':5} {'ms':>7} {'min':>7} {'max':>7} {'offered':>8}   "
        f"(median of {environment['RUNS']})"
    )
    for shell in (bash, zsh, fish):
        if shutil.which(shell.__name__) is None:
            print(f"{shell.__name__} is not installed")
            continue
        for name, rows in zip(LINES, shell(lines, environment), strict=True):
            times = [float(row.split()[0]) / 1000 for row in rows]
            print(
                f"{name:18} {shell.__name__:5} {statistics.median(times):7.1f} "
                f"{min(times):7.1f} {max(times):7.1f} "
                f"{rows[-1].split()[1]:>8}",
                flush=True,
            )
    if [*Path(environment["HOME"]).rglob("PWNED*")]:
        raise SystemExit("text of the cache was run")


if __name__ == "__main__":
    main()
