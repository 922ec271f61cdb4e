"""config.toml as it is read: hostile files, wrong values, unknown keys, the cache."""

import contextlib
import os
import resource
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.config import file as config_file
from papertrack.config import keys
from papertrack.core.errors import ConfigError


def read(path: Path) -> config_file.ConfigFile:
    return config_file.read(path, path.parent / "cache")


def error_of(tmp_path: Path, body: str | bytes) -> str:
    """The message about a file, without its name."""
    path = tmp_path / "config.toml"
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    with pytest.raises(ConfigError) as raised:
        read(path)
    message = str(raised.value)
    assert raised.value.exit_code == 4
    assert message.startswith(str(path))
    assert message.isprintable()
    return message.removeprefix(str(path))


DOTS = "a" + ".a" * 990


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"x = '\xe9'", ":1: not UTF-8"),
        ("[list]\nlimit = 3".encode("utf-16"), ":1: not UTF-8"),
        ("[list]\nlimit = \x001", ":2:9: not valid TOML"),
        ("[list\nlimit = 1", ":1:6: not valid TOML"),
        ("a = 1\na = 2", ":2: not valid TOML"),
        ('a = "', ":1: not valid TOML"),
        ("# " + "long\n" * 20_000, ": larger than 64 KB"),
        ("a = " + "[" * 3_000, ":1: longer than 2,000 characters"),
        ("a = [\n" + f"{'[' * 1_900}\n" * 9, ": nested too deeply"),
        ("a = " + "{a = " * 300, ":1"),
        ("\n" + "a" + ".a" * 30_000 + " = 1", ":2: longer than 2,000 characters"),
    ],
    ids=range(11),
)
def test_a_file_that_is_not_toml_is_one_line(
    body: str | bytes, message: str, tmp_path: Path
) -> None:
    assert error_of(tmp_path, body).startswith(message)


@pytest.mark.parametrize(
    "body",
    [
        "\n".join(f"k{number}.{DOTS} = 1" for number in range(30)),
        "\n".join(f"[k{number}.{DOTS}]" for number in range(30)),
        "\n".join(f"a{number} = 1" for number in range(6_000)),
        "[[a]]\n" * 10_000,
        "a = " + "9" * 1_900,
        '"\\u001b[31m" = 1',
    ],
    ids=range(6),
)
def test_what_toml_allows_is_read_in_bounded_time(body: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(body)
    before = time.process_time()
    file = read(path)
    assert 1 <= len(file.warnings()) <= config_file.REPORTED + 1
    assert time.process_time() - before < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def _socket(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [_folder, _pipe, _link_to_itself, _socket, _device])
def test_what_is_no_file_is_one_line(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "config.toml"
    path.parent.mkdir()
    make(path)
    with pytest.raises(ConfigError, match=f"^{path}: ") as raised:
        config_file.read(path, tmp_path / "cache")
    assert "\n" not in str(raised.value)


def test_no_file_and_dev_null_are_empty(tmp_path: Path) -> None:
    for path in (
        tmp_path / "none" / "config.toml",
        Path(os.devnull),
        Path("/dev/null/c.toml"),
    ):
        file = config_file.read(path, tmp_path / "cache")
        assert (file.values, file.unknown) == ({}, [])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(0)
    with pytest.raises(ConfigError, match=f"^{path}: Permission denied"):
        config_file.read(path, tmp_path / "cache")


# ------------------------------------------------------------------ values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n[list]\nlimit = 'x'", ":3: list.limit must be a whole number from 1 up"),
        ("[list]\nlimit = 0", ":2: list.limit must be a whole number"),
        ("[list]\nlimit = true", ":2: list.limit must be a whole number"),
        ("[list]\nlimit = 2020-01-01", ":2: list.limit must be a whole number"),
        ("list = {limit = 'x'}", ":1: list.limit must be a whole number"),
        ("# x\nlist.limit = 1.5", ":2: list.limit must be a whole number"),
        ("library = 'papers'", ":1: library must be a folder that begins with / or ~"),
        ("library = '~nobody-here/x'", ":1: library must be a folder"),
        ("x = '''\nlibrary = 1\n'''\nlibrary = 2", ":4: library must be a folder"),
        ("sources = ['hf', 3]", ":1: sources must be a list"),
        ("[list]\ncolumns = 'id,titel'", ":2: list.columns must be a list, each"),
        ("[list]\nsort = 'x'", ":2: list.sort must be one of date, title"),
        ("[list]\nsort = 'date,x'", ":2: list.sort must be one of date, title"),
        ("[list]\nsort = ['date', '--title']", ":2: list.sort must be one of date"),
        ("[list]\nsort = 'recommended,date'", ":2: list.sort must be one of date"),
        ("[list]\nsort = ['date', '-recommended']", ":2: list.sort must be one of"),
        ("[list]\nsort = []", ":2: list.sort must be one of date, title"),
        ("[list]\nsort = [1]", ":2: list.sort must be one of date, title"),
        ("[list]\nsort = 'relevance,date'", ":2: list.sort must be one of date"),
        ('[list]\nquery = "a\\nb"', ":2: list.query must be a text in one line"),
        ('[list]\nquery = "\\u001b[31m"', ":2: list.query must be a text in one line"),
        ("[fetch]\ntimeout = nan", ":2: fetch.timeout must be a number of seconds"),
        ("[fetch]\ntimeout = 1e9", ":2: fetch.timeout must be a number of seconds"),
        ("[alias]\na = '!rm'", ":2: alias.a must be a command line of papertrack"),
        ("[alias]\na = 'list \"x'", ":2: alias.a must be a command line"),
        ("[alias.a]\nb = 'x'", ":1: alias.a must be a command line"),
        ("[colors]\ntheme = 'x'", ":2: colors.theme must be one of auto, dark"),
        ("[colors]\ntag = 'bold tag'", ":2: colors.tag must be a style of Rich"),
        ("[colors]\ntag = '@click=x'", ":2: colors.tag must be a style of Rich"),
        ("[key]\nr = 'erase'", ":2: key.r must be one of read, later"),
        ("list = 3", ":1: list is not a key but a section; write [list]"),
    ],
)
def test_a_wrong_value_is_reported_with_its_line(
    text: str, message: str, tmp_path: Path
) -> None:
    assert error_of(tmp_path, text).startswith(message)


@pytest.mark.parametrize(
    ("text", "line", "instead"),
    [
        ("[mail]\nuser = 'a'\npassword = 'x'", 3, "mail.password_command"),
        ("token = 'x'", 1, "token_command"),
        ("[enrich]\ns2_key = 'x'", 2, "enrich.s2_key_command"),
        ("[list]\nlimit = 2\napi_token = 'x'", 3, "list.api_token_command"),
        ("mail = {secret = 'x'}", 1, "mail.secret_command"),
    ],
)
def test_a_secret_is_refused(
    text: str, line: int, instead: str, tmp_path: Path
) -> None:
    message = error_of(tmp_path, text)
    assert message.startswith(f":{line}: ")
    assert instead in message
    assert "'x'" not in message


def test_names_of_keys_and_aliases_are_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[alias]\ntoken = 'list token'\n[key]\nk = 'read'")
    assert read(path).values == {"alias.token": "list token", "key.k": "read"}


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("libary = 3", 1, "did you mean library?"),
        ("[list]\n\nlimt = 4", 3, "did you mean list.limit?"),
        ("[list]\n'colums' = 4", 2, "did you mean list.columns?"),
        ("list.sorted = 4", 1, "did you mean list.sort?"),
        ("[colors]\nmatches = 'red'", 2, "did you mean colors.match?"),
        ("[fetch]\ntimout = 'x'", 2, "did you mean fetch.timeout?"),
        ("\n[zzzz]\nx = 1", 2, "papertrack help config lists the keys"),
    ],
)
def test_an_unknown_key_is_a_warning_with_its_line_and_the_nearest(
    text: str, line: int, hint: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    (warning,) = read(path).warnings()
    assert warning.startswith(f"{path}:{line}: unknown key ")
    assert warning.endswith(hint)


def test_lists_are_arrays_or_texts_with_commas(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for columns in ("'id, title'", "['id', 'title']"):
        path.write_text(f"list.columns = {columns}\nsources = []")
        assert read(path).values == {"list.columns": ("id", "title")}


# ------------------------------------------------------------------ the cache


def test_a_changed_file_is_read_again_and_a_broken_cache_ignored(
    tmp_path: Path,
) -> None:
    path, cached = tmp_path / "config.toml", tmp_path / "cache" / config_file.CACHED
    for limit, body in enumerate(
        (b"", b"[", b"\xff", b"[" * 9_000, b'{"stamp": 1}'), 1
    ):
        path.write_text(f"list.limit = {limit}")
        assert read(path).values == {"list.limit": limit}
        cached.write_bytes(body)
        assert read(path).values == {"list.limit": limit}
    assert cached.stat().st_mode & 0o077 == 0


def test_every_key_is_found_by_its_name() -> None:
    for key in keys.KEYS:
        for name in key.names or ["some-name"]:
            assert keys.find(key.name.replace("*", name)) == key
    assert keys.find("colors.some-name") is None
    assert keys.find("alias") is None
    assert keys.find("alias.") is None
    assert keys.find("alias.two words") is None
