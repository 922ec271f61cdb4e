"""The completion scripts, driven in the shells themselves, with hostile titles, tags
and ids in the cache.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pexpect
import pytest

from papertrack.cli.command_table import COMMANDS
from papertrack.cli.completion.command import FILES, script
from papertrack.cli.completion.table import KINDS, parameters, plain_metavar

COMPLETIONS = Path(__file__).parents[2] / "completions"

TITLE = "$(touch PWNED) `touch PWNED` [/red] :fire: \"x'"
NEW = ["2511.04570", "2511.04571"]
HOSTILE_ID = "10.1/$(touch${IFS}PWNED);`touch${IFS}PWNED`"
SICI = "10.1002/(SICI)1097-4571(1999)50:3<1::AID-ASI1>3.0.CO;2-Q"
URL = "https://example.org/a?b=c&d=e"
IDS = [*NEW, "2510.00001", "hep-th/9901001", HOSTILE_ID, SICI, URL, "0a1b2c3d4e"]
HOSTILE_TAGS = [
    "$(touch PWNED)",
    "`touch PWNED`",
    "x;touch PWNED",
    'it\'s "q"',
    "back\\slash",
    "a*b?[c]",
    "~root",
]
TAGS = ["NLP", "nlp/parsing", "vision", "été", *HOSTILE_TAGS]
VIEWS = ["fresh", "from/above", "$(touch PWNED)"]
STATUSES = ["read", "unread", "later", "hidden"]


class Place(NamedTuple):
    """A working folder, and the environment of a shell there."""

    path: Path
    environment: dict[str, str]

    def without_cache(self) -> "Place":
        return Place(
            self.path,
            {**self.environment, "PAPERTRACK_CACHE": str(self.path / "nowhere")},
        )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A cache full of hostile text, and in PATH a Python and a papertrack that leave a
    trace when they are started.
    """
    folder = tmp_path / "cache" / "complete"
    folder.mkdir(parents=True)
    (folder / "ids.tsv").write_text(
        "".join(f"{id}\t{TITLE} {number}\n" for number, id in enumerate(IDS))
    )
    (folder / "tags.tsv").write_text(
        "".join(f"{tag}\t{number}\n" for number, tag in enumerate(TAGS))
    )
    (folder / "views.tsv").write_text("".join(f"{name}\t{TITLE}\n" for name in VIEWS))
    (folder / "rules.tsv").write_text("agents\tagent*\nnoise\t\n")
    (folder / "feeds.tsv").write_text(f"owls\t{URL}\n")
    traps, here = tmp_path / "traps", tmp_path / "here"
    traps.mkdir()
    for name in ("python", "python3", "papertrack"):
        (traps / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/STARTED\n")
        (traps / name).chmod(0o755)
    (here / "folder").mkdir(parents=True)
    (here / "saved page.html").touch()
    environment = {
        "PATH": f"{traps}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(here),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
        "PAPERTRACK_CACHE": str(tmp_path / "cache"),
    }
    yield Place(here, environment)
    assert not [*tmp_path.rglob("PWNED*")], "text of the cache was run"
    assert not (tmp_path / "STARTED").exists(), "a Tab started a program"


# ------------------------------------------------------------------ the shells


def run(place: Place, *command: str) -> list[str]:
    """The lines that a shell prints; nothing on stderr."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command,
        cwd=place.path,
        env=place.environment,
        capture_output=True,
        timeout=20,
        text=True,
        errors="replace",
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


BASH = r"""
source "$1"
last() { printf '%s\n' "${@: -1}"; }
for line in "${@:2}"; do
    text=${line##*[$COMP_WORDBREAKS]}
    COMP_LINE=$line COMP_POINT=${#line}
    read -ra COMP_WORDS <<<"$line"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _papertrack papertrack "$text" papertrack
    for reply in "${COMPREPLY[@]}"; do
        eval "last ${line:0:${#line}-${#text}}${reply% }"
    done
    echo ==
done
"""
"""Prints each candidate as the command would receive it: bash reads again what readline
inserts. Readline's own quoting of file names is checked in the interactive test.
"""

FISH = r"""
source $argv[1]
for line in $argv[2..]
    complete -C $line
    echo ==
end
"""

ZSH = r"""
fpath=($SCRIPTS $fpath)
autoload -Uz compinit && compinit -u -D
zstyle ':completion:*' matcher-list 'm:{a-z}={A-Z}'
zstyle ':completion:*:functions' ignored-patterns '*'
unsetopt list_ambiguous list_beep
LISTMAX=100000 PS1='ready>' PS2=''
papertrack() { print -r -- "$#:${(j:|:)@}:" }
record() {
    compadd() {
        local -a found
        if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
            builtin compadd -A found "$@"
            (( $#found )) && print -rl -- ${(Q)IPREFIX}${(Q)^found} >>FOUND
        fi
        builtin compadd "$@"
    }
}
"""


def bash(place: Place, *lines: str) -> list[list[str]]:
    return _parts(
        run(
            place,
            "bash",
            "--norc",
            "-c",
            BASH,
            "bash",
            str(COMPLETIONS / FILES["bash"]),
            *lines,
        )
    )


def fish(place: Place, *lines: str) -> list[list[str]]:
    found = _parts(
        run(
            place,
            "fish",
            "--no-config",
            "-c",
            FISH,
            str(COMPLETIONS / FILES["fish"]),
            *lines,
        )
    )
    return [[line.partition("\t")[0] for line in part] for part in found]


def zsh(place: Place, *lines: str) -> list[list[str]]:
    shell = zsh_terminal(place)
    command(shell, "record")
    found = []
    for line in lines:
        (place.path / "FOUND").write_text("")
        shell.send(f"{line}\t")
        shown = command(shell, KILL)
        assert not re.search(r"awk:|zsh:|_?papertrack:\d|no such file", shown), shown
        words = (place.path / "FOUND").read_text(errors="replace").splitlines()
        # zsh offers the options too where no argument is possible.
        optional = line.split(" ")[-1].startswith("-")
        found.append([word for word in words if optional or not word.startswith("-")])
    shell.close(force=True)
    (place.path / "FOUND").unlink()
    return found


def _parts(lines: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == "==":
            parts.append([])
        else:
            parts[-1].append(line)
    return parts[:-1]


ENTER, KILL = "\r", "\x15"


def terminal(place: Place, *command: str) -> pexpect.spawn:
    """An interactive shell."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    environment = {
        **place.environment,
        "SCRIPTS": str(COMPLETIONS),
        "INPUTRC": "/dev/null",
    }
    shell = pexpect.spawn(
        command[0],
        [*command[1:]],
        cwd=str(place.path),
        env=environment,
        encoding="utf-8",
        codec_errors="replace",
        timeout=10,
        dimensions=(200, 100),
    )
    shell.delaybeforesend = None
    return shell


def command(shell: pexpect.spawn, text: str) -> str:
    """Type `text`, and a command that reports when it is done; returns what was shown
    until then.

    Only after the next prompt does the shell read keys itself again: before it, ^U
    would empty the terminal's line.
    """
    shell.send(f"{text}{'' if text == KILL else ENTER}echo do''ne{ENTER}")
    shell.expect(r"\ndone\r")
    shown = str(shell.before)
    shell.expect("ready>")
    return shown


def zsh_terminal(place: Place) -> pexpect.spawn:
    setup = place.path / "setup.zsh"
    setup.write_text(ZSH)
    shell = terminal(place, "zsh", "-f", "-i")
    command(shell, "source ./setup.zsh; rm setup.zsh")
    return shell


def bash_terminal(place: Place) -> pexpect.spawn:
    shell = terminal(place, "bash", "--norc", "--noprofile", "-i")
    command(
        shell,
        "bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'; PS1='ready>'",
    )
    command(
        shell,
        'source "$SCRIPTS/papertrack.bash"; papertrack() { local IFS="|"; echo "$#:$*:"; }',
    )
    return shell


SHELLS: dict[str, Callable[..., list[list[str]]]] = {
    "bash": bash,
    "zsh": zsh,
    "fish": fish,
}
each_shell = pytest.mark.parametrize("shell", SHELLS)

# ------------------------------------------------------------------ what is offered

OFFERED: dict[str, list[str]] = {
    "papertrack sh": ["show"],
    "papertrack l": ["list", "log", "ls"],
    "papertrack tag ": ["add", "list", "remove", "rename"],
    "papertrack --color a": ["auto", "always"],
    "papertrack config set list.": [
        *("list.columns", "list.sort", "list.limit", "list.query"),
    ],
    "papertrack config get colors.t": ["colors.theme", "colors.title", "colors.tag"],
    "papertrack config set colors.theme ": ["auto", "dark", "light", "none"],
    "papertrack -q config set list.columns id,ti": ["id,title"],
    "papertrack config set list.columns id ti": ["title"],
    "papertrack config set list.sort up": ["upvotes", "updated"],
    "papertrack config set key.x un": ["undo"],
    "papertrack config set mail.keyring ": ["true", "false"],
    "papertrack config set sources to": ["today"],
    "papertrack config set list.query is:unr": ["is:unread"],
    "papertrack config set list.limit ": [],
    "papertrack config set alias.a ": [],
    "papertrack config set zebra ": [],
    "papertrack --color=a": ["--color=auto", "--color=always"],
    "papertrack ls --sort rel": ["relevance"],
    "papertrack ls --sort date,up": ["date,upvotes", "date,updated"],
    "papertrack export --sort=title,sta": ["--sort=title,stars"],
    "papertrack config set list.sort date,ti": ["date,title"],
    "papertrack ls -s rel": ["relevance"],
    "papertrack search --sort=rel": ["--sort=relevance"],
    "papertrack list --group ": [
        "author",
        "day",
        "month",
        "org",
        "source",
        "tag",
        "week",
    ],
    "papertrack list --format t": ["tsv", "table"],
    "papertrack export --format t": ["tsv"],
    "papertrack ls --fields ti": ["title"],
    "papertrack ls --fields id,ti": ["id,title"],
    "papertrack ls --columns dat": ["date"],
    "papertrack ls --since ": [],
    "papertrack fetch --date ": [],
    "papertrack export --title ": [],
    "papertrack ls --no-su": [],
    "papertrack ls --colo": ["--color"],
    "papertrack completion ": ["bash", "zsh", "fish"],
    "papertrack completion bash --ins": ["--install"],
    "papertrack help exit": ["exit-codes"],
    "papertrack help form": ["formats"],
    "papertrack help envi": ["environment"],
    "papertrack help --m": ["--man"],
    "papertrack config unset mail.po": ["mail.port"],
    "papertrack config get fetch.": ["fetch.timeout"],
    "papertrack mark ": STATUSES,
    "papertrack mark read 2511": NEW,
    "papertrack mark --yes read 2511": NEW,
    "papertrack show 2511": NEW,
    "papertrack show --json 2511": NEW,
    "papertrack -q show 2511": NEW,
    "papertrack --library folder show 2510.00001 2511": NEW,
    "papertrack show --fields id 2511": NEW,
    "papertrack export 2511": NEW,
    "papertrack star 2511": NEW,
    "papertrack unstar 2511": NEW,
    "papertrack tag add x 2511": NEW,
    "papertrack tag remove x 2510.00001 2511": NEW,
    "papertrack note 2511": NEW,
    "papertrack note 2511.04570 2": [],
    "papertrack undo ": [],
    "papertrack nonsense ": [],
    "papertrack show hep": ["hep-th/9901001"],
    "papertrack show 10.1/": [HOSTILE_ID],
    "papertrack show 10.1002": [SICI],
    r"papertrack show 10.1002/\(SICI\)1097-4571\(1999\)50:3": [SICI],
    "papertrack show https:": [URL],
    "papertrack show https://exa": [URL],
    "papertrack tag add ": TAGS,
    "papertrack tag remove ": TAGS,
    "papertrack tag add n": ["NLP", "nlp/parsing"],
    "papertrack tag add x,vi": ["x,vision"],
    "papertrack tag rename vi": ["vision"],
    "papertrack tag rename a vi": ["vision"],
    "papertrack tag rename a b vi": [],
    "papertrack tags vi": ["vision"],
    "papertrack tags NLP vi": ["vision"],
    "papertrack list tag:vi": ["tag:vision"],
    "papertrack list tag:": [f"tag:{tag}" for tag in TAGS],
    "papertrack search word tag:a,vi": ["tag:a,vision"],
    "papertrack export tag:vi": ["tag:vision"],
    "papertrack list is:u": ["is:unread", "is:updated"],
    "papertrack list has:c": ["has:code", "has:citations"],
    "papertrack list status:l": ["status:later"],
    "papertrack search upv": ["upvotes:"],
    "papertrack list ^tag:vi": ["^tag:vision"],
    "papertrack list upvotes:5": [],
    "papertrack list @": [f"@{name}" for name in VIEWS],
    "papertrack search word @fr": ["@fresh", "@from/above"],
    "papertrack star ^@fre": ["^@fresh"],
    "papertrack view ": ["save", "list", "remove"],
    "papertrack view remove fr": ["fresh", "from/above"],
    "papertrack view save fre": ["fresh"],
    "papertrack view save x is:u": ["is:unread", "is:updated"],
    "papertrack view save x @fre": ["@fresh"],
    "papertrack rule ": ["add", "list", "test", "apply", "move", "remove"],
    "papertrack rule test a": ["agents"],
    "papertrack rule apply noise a": ["agents"],
    "papertrack rule move noise --before a": ["agents"],
    "papertrack rule add x --if is:u": ["is:unread", "is:updated"],
    "papertrack rule add x --if=@fre": ["--if=@fresh"],
    "papertrack feed remove o": ["owls"],
    "papertrack fetch hf:": ["hf:trending"],
    "papertrack fetch sam": ["sample"],
}


@each_shell
def test_offers(place: Place, shell: str) -> None:
    found = SHELLS[shell](place, *OFFERED)
    offered = {
        line: sorted(set(words)) for line, words in zip(OFFERED, found, strict=True)
    }
    assert offered == {line: sorted(words) for line, words in OFFERED.items()}


@each_shell
def test_offers_all_commands_and_all_options(place: Place, shell: str) -> None:
    commands, options = SHELLS[shell](place, "papertrack ", "papertrack list --")
    assert set(commands) == set(COMMANDS)
    assert {
        "--sort",
        "--all",
        "--since",
        "--json",
        "--library",
        "--quiet",
        "--help",
    } <= set(options)


@each_shell
def test_offers_ids_in_their_order_and_query_words(place: Place, shell: str) -> None:
    (found,) = SHELLS[shell](place, "papertrack show ")
    assert [word for word in found if word in IDS] == IDS
    assert {"tag:", "is:starred", "upvotes:"} <= set(found)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_offers_inside_quotes(place: Place, shell: str) -> None:
    """bash is seen doing so in the terminal below: its replies follow a quote
    that readline closes.
    """
    (found,) = SHELLS[shell](place, "papertrack list 'is:unread tag:vi")
    assert found == ["is:unread tag:vision"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_offers_files(place: Place, shell: str) -> None:
    lines = (
        "papertrack import ",
        "papertrack fetch ",
        "papertrack export -o ",
        "papertrack --library ",
    )
    imported, fetched, output, library = (
        {word.rstrip("/") for word in words} for words in SHELLS[shell](place, *lines)
    )
    assert imported - {"FOUND"} == output - {"FOUND"} == {"saved page.html", "folder"}
    assert fetched - {"FOUND"} == {
        "today",
        "saved page.html",
        "folder",
        "hf",
        "hf:trending",
        "sample",
    }
    assert library == {"folder"}


ALIASES = {
    "triumphs": "list --sort upvotes",
    "label": "tag add",
    "again": "label",
    "loop": "pool",
    "pool": "loop",
    "list": "tag add",
    "$(touch PWNED)": "$(touch PWNED) `touch PWNED`",
}


@each_shell
def test_aliases_are_offered_and_completed_as_their_commands(
    place: Place, shell: str
) -> None:
    lines = "".join(f"{name}\t{line}\n" for name, line in ALIASES.items())
    cache = Path(place.environment["PAPERTRACK_CACHE"])
    (cache / "complete" / "aliases.tsv").write_text(lines)
    offered = {
        "papertrack trium": ["triumphs"],
        "papertrack triumphs --sor": ["--sort"],
        "papertrack triumphs is:unr": ["is:unread"],
        "papertrack label vi": ["vision"],
        "papertrack again vi": ["vision"],
        "papertrack loop vi": [],
        "papertrack list --sor": ["--sort"],
    }
    assert SHELLS[shell](place, *offered) == list(offered.values())


@each_shell
def test_offers_two_hundred_at_most(place: Place, shell: str) -> None:
    many = "".join(f"2401.{number:05}\tA title\n" for number in range(5000))
    (place.path.parent / "cache" / "complete" / "ids.tsv").write_text(many)
    (found,) = SHELLS[shell](place, "papertrack note 2401")
    assert len(found) == 200


CACHED = (
    "papertrack show 25",
    "papertrack tag add ",
    "papertrack list tag:",
    "papertrack tags ",
)


@each_shell
def test_a_missing_cache_is_silent(place: Place, shell: str) -> None:
    assert SHELLS[shell](place.without_cache(), *CACHED) == [[]] * len(CACHED)


@each_shell
def test_a_broken_cache_is_silent(place: Place, shell: str) -> None:
    folder = place.path.parent / "cache" / "complete"
    for file in folder.iterdir():
        file.unlink()
    os.mkfifo(folder / "ids.tsv")  # a shell that reads it hangs
    (folder / "tags.tsv").write_bytes(
        b"\xff\xfe\x00\t\n\t\t\n\n\x1b[31mred\tx\ngood\t\x1b[31m\xff\n"
    )
    found = SHELLS[shell](place, "papertrack show 25", "papertrack tag add ")
    assert found[0] == []
    assert "good" in found[1]
    assert not any("\x1b" in word for word in found[1])


@each_shell
def test_a_failing_awk_is_silent(place: Place, shell: str) -> None:
    awk = place.path.parent / "traps" / "awk"
    awk.write_text("#!/bin/sh\necho awk: bailing out >&2\nexit 2\n")
    awk.chmod(0o755)
    assert SHELLS[shell](place, *CACHED) == [[]] * len(CACHED)


@each_shell
def test_default_locations_of_the_cache(place: Place, shell: str) -> None:
    environment = {
        name: value
        for name, value in place.environment.items()
        if name != "PAPERTRACK_CACHE"
    }
    (place.path.parent / "cache").rename(place.path / ".cache")
    (place.path / ".cache" / "complete").rename(place.path / ".cache" / "moved")
    (place.path / ".cache" / "papertrack").mkdir()
    (place.path / ".cache" / "moved").rename(
        place.path / ".cache" / "papertrack" / "complete"
    )
    assert SHELLS[shell](Place(place.path, environment), "papertrack note 2511") == [
        NEW
    ]
    (place.path / ".cache").rename(place.path / "elsewhere")
    environment["XDG_CACHE_HOME"] = str(place.path / "elsewhere")
    assert SHELLS[shell](Place(place.path, environment), "papertrack note 2511") == [
        NEW
    ]


# ------------------------------------------------------------------ Tab, in a terminal

TYPED = {
    "papertrack sh\t2510\t": ["show", "2510.00001"],
    "papertrack ls --sort rel\t": ["ls", "--sort", "relevance"],
    "papertrack list tag:vi\t": ["list", "tag:vision"],
    "papertrack list upv\t50": ["list", "upvotes:50"],
    "papertrack list @fre\t": ["list", "@fresh"],
    "papertrack list 'is:unread tag:vi\t": ["list", "is:unread tag:vision"],
    "papertrack tag add x,vi\t 2510\t": ["tag", "add", "x,vision", "2510.00001"],
    "papertrack show https:\t": ["show", URL],
    "papertrack show htt\t": ["show", URL],
    "papertrack show 10.1/\t": ["show", HOSTILE_ID],
    "papertrack show 10.1002/\t": ["show", SICI],
    "papertrack tag add '$'\t": ["tag", "add", HOSTILE_TAGS[0]],
    "papertrack tag add it\t": ["tag", "add", HOSTILE_TAGS[3]],
    "papertrack tag add \\~\t": ["tag", "add", "~root"],
    "papertrack import sav\t": ["import", "saved page.html"],
    "papertrack fetch sav\t": ["fetch", "saved page.html"],
    "papertrack fetch sam\t": ["fetch", "sample"],
    "papertrack fetch hf:\t": ["fetch", "hf:trending"],
}


def arguments_of(shell: pexpect.spawn, typed: str) -> str:
    """The arguments that the command received for a typed line with Tabs."""
    shown = command(shell, typed)
    if not re.search(r"\n\d+:.*:\r", shown):
        raise AssertionError(shown)
    return str(re.findall(r"\n(\d+:.*:)\r", shown)[-1])


@pytest.mark.parametrize("make", [bash_terminal, zsh_terminal], ids=["bash", "zsh"])
def test_tab_completes_in_a_terminal(
    place: Place, make: Callable[[Place], pexpect.spawn]
) -> None:
    shell = make(place)
    got = {typed: arguments_of(shell, typed).rstrip() for typed in TYPED}
    shell.close(force=True)
    assert got == {
        typed: f"{len(words)}:{'|'.join(words)}:" for typed, words in TYPED.items()
    }


@pytest.mark.parametrize("make", [bash_terminal, zsh_terminal], ids=["bash", "zsh"])
def test_candidates_show_text_unchanged_and_nothing_without_a_cache(
    place: Place, make: Callable[[Place], pexpect.spawn]
) -> None:
    shell = make(place)
    shell.send("papertrack show 25\t")
    shown = command(shell, KILL)
    assert "2511.04570" in shown
    assert make is bash_terminal or TITLE in shown
    command(shell, "export PAPERTRACK_CACHE=/nowhere")
    shell.send("papertrack show 25\t\t")
    shown = command(shell, KILL)
    shell.close(force=True)
    assert not re.search(r"nowhere|awk|error|No such", shown)


def test_fish_describes_ids_by_title(place: Place) -> None:
    found = run(
        place,
        "fish",
        "--no-config",
        "-c",
        FISH,
        str(COMPLETIONS / FILES["fish"]),
        "papertrack show 2510",
    )
    assert found[0] == f"2510.00001\t{TITLE} 2"


@each_shell
def test_a_tab_starts_no_python(place: Place, shell: str) -> None:
    SHELLS[shell](
        place,
        "papertrack ",
        "papertrack show ",
        "papertrack tag add ",
        "papertrack list tag:n",
    )
    assert not (place.path.parent / "STARTED").exists()
    assert shutil.which("python3", path=place.environment["PATH"]) == str(
        place.path.parent / "traps" / "python3"
    )


# ------------------------------------------------------------------ the scripts


@each_shell
def test_completions_folder_is_up_to_date(shell: str) -> None:
    stale = (
        f"stale; python -m papertrack completion {shell} > completions/{FILES[shell]}"
    )
    assert (COMPLETIONS / FILES[shell]).read_text(encoding="utf-8") == script(shell), (
        stale
    )


def test_every_argument_has_a_kind() -> None:
    """Arguments of a new command are completed, or listed here as free text."""
    free = {
        ("note", "TEXT"),
        ("follow author", "NAME"),
        ("follow org", "NAME"),
        ("undo", "N"),
        ("redo", "N"),
    }

    unknown = {
        (one.path, plain_metavar(one.param))
        for one in parameters()
        if one.param.param_type_name == "argument" and one.kind == "none"
    }
    assert unknown == free, f"name their metavar in completion.KINDS: {sorted(KINDS)}"


def test_bash_script_passes_shellcheck() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    done = subprocess.run(
        ["shellcheck", COMPLETIONS / FILES["bash"]],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == ""


@pytest.mark.parametrize(
    "options", ["set -u", "set -f", "shopt -s failglob nocaseglob extglob", "IFS=,"]
)
def test_options_of_bash_do_not_matter(place: Place, options: str) -> None:
    lines = (
        "papertrack show 2511",
        "papertrack tag add x,vi",
        "papertrack ls --since ",
    )
    code = BASH.replace(
        'source "$1"', f'source "$1"; _run() {{ {options}; _papertrack "$@"; }}'
    )
    code = code.replace(
        '    _papertrack papertrack "$text"', '    _run papertrack "$text"'
    )
    found = _parts(
        run(
            place,
            "bash",
            "--norc",
            "-c",
            code,
            "bash",
            str(COMPLETIONS / FILES["bash"]),
            *lines,
        )
    )
    assert found == [NEW, ["x,vision"], []]


def test_traps_notice_a_started_program(place: Place) -> None:
    """A shell that runs papertrack or Python leaves a trace: rm fails without one."""
    for program in ("papertrack", "python3"):
        run(place, "bash", "--norc", "-c", f"{program}; rm ../STARTED")
