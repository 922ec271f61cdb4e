"""config.toml as it is changed: comments, order, mode and links survive; what was set is
read again.
"""

import multiprocessing
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.config import file as config_file
from papertrack.config import keys
from papertrack.config.keys import Key
from papertrack.config.kinds import Choice, Folder, Kind, Seconds, Several, Whole, Wrong
from papertrack.config.write import replace, set_key, unset_key
from papertrack.core.errors import ConfigError

COMMENTED = """\
# my settings

library = "~/papers"   # on the big disk
[list]
limit = 5 # not too many
# columns = "id"
query = '''^is:read'''

[alias]    # mine
"today" = "list listed:today"

[future]
thing = { a = 1 }
"""


def changed(tmp_path: Path, text: str, name: str, value: object) -> str:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    assert set_key(path, tmp_path, name, value)
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    ("name", "value", "old", "new"),
    [
        ("list.limit", 7, "limit = 5 #", "limit = 7 #"),
        ("library", "/new", '"~/papers"   #', '"/new"   #'),
        ("list.query", "x", "'''^is:read'''", '"x"'),
        ("alias.today", "ls", '"list listed:today"', '"ls"'),
        ("list.sort", "title", "read'''\n", "read'''\nsort = \"title\"\n"),
        ("contact", "a@b.example", "big disk\n", None),
        ("fetch.timeout", 3, "{ a = 1 }\n", "{ a = 1 }\n\n[fetch]\ntimeout = 3\n"),
    ],
)
def test_all_but_the_key_stays_as_it_is(
    name: str, value: object, old: str, new: str | None, tmp_path: Path
) -> None:
    text = changed(tmp_path, COMMENTED, name, value)
    if new is not None:
        assert text == COMMENTED.replace(old, new)
    lines = text.splitlines()
    kept = [line for line in COMMENTED.splitlines() if old.strip("\n") not in line]
    assert [line for line in lines if line in kept and line] == list(filter(None, kept))


@pytest.mark.parametrize(
    "text",
    [
        "list.limit = 1\nlist.sort = 'date'\n",
        "list = {limit = 1, sort = 'date'}\n",
        "[list]\r\nlimit = 1\r\nsort = 'date'\r\n",
        "[list]\nlimit = 1\nsort = 'date'",
        "\ufefflist.limit = 1\nlist.sort = 'date'\n",
        "[list]\nlimit = 1\nsort = 'date'\n[alias]\na = 'x'\n[key]\nr = 'read'\n",
        "[key]\nr = 'read'\n[alias]\n[list]\nsort = 'date'\nlimit = 1\n",
    ],
)
def test_every_way_to_write_toml_can_be_changed(text: str, tmp_path: Path) -> None:
    parsed = tomllib.loads(changed(tmp_path, text, "list.limit", 2))
    assert parsed["list"] == {"limit": 2, "sort": "date"}
    path = tmp_path / "config.toml"
    assert set_key(path, tmp_path, "sources", ["hf"])
    assert not set_key(path, tmp_path, "sources", ["hf"])
    assert unset_key(path, tmp_path, "list.limit")
    assert not unset_key(path, tmp_path, "list.limit")
    expected = {"list": {"sort": "date"}, "sources": ["hf"]}
    assert tomllib.loads(path.read_text()).items() >= expected.items()


@pytest.mark.parametrize(
    "text",
    [
        "list.limit = 1\n",
        "list.limit = 1\n\n[alias]\na = 'x'\n",
        "[list]\nlimit = 1\n",
        "[list]\nlimit = 1\n\n[alias]\na = 'x'\n",
        "list = {limit = 1}\n",
        "contact = 'a@b.example'\nlist.limit = 1 # mine\n",
    ],
)
def test_the_only_key_of_a_section_is_unset(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    assert unset_key(path, tmp_path, "list.limit")
    before, after = tomllib.loads(text), tomllib.loads(path.read_text())
    assert not after.pop("list", {})
    del before["list"]
    assert after == before


def test_a_broken_file_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for text in ("[list\n", "a = 1\na = 2\n", "list = 3\n"):
        path.write_text(text)
        with pytest.raises(ConfigError):
            set_key(path, tmp_path, "list.limit", 2)
        assert path.read_text() == text


def test_links_and_modes_survive(tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles" / "papertrack.toml"
    dotfiles.parent.mkdir()
    dotfiles.write_text("# in git\n")
    for mode in (0o644, 0o600, 0o664):
        dotfiles.chmod(mode)
        link = tmp_path / f"link{mode}"
        link.symlink_to("dotfiles/papertrack.toml")
        assert set_key(link, tmp_path / "state", "list.limit", mode)
        assert link.is_symlink()
        assert dotfiles.stat().st_mode & 0o777 == mode
        assert dotfiles.read_text() == f"# in git\n\n[list]\nlimit = {mode}\n"
    assert [path.name for path in dotfiles.parent.iterdir()] == ["papertrack.toml"]


def test_a_new_file_and_a_link_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "config.toml"
    assert set_key(path, tmp_path, "list.limit", 3)
    assert path.read_text() == "[list]\nlimit = 3\n"
    assert path.stat().st_mode & 0o777 == 0o600
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "target.toml")
    assert set_key(link, tmp_path, "list.limit", 3)
    assert link.is_symlink()
    assert (tmp_path / "target.toml").exists()


def test_a_file_that_was_changed_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# before\n")
    with pytest.raises(ConfigError, match="changed meanwhile"):
        replace(path, tmp_path, "# older\n", "# mine\n")
    replace(path, tmp_path, "# before\n", "# mine\n")
    assert path.read_text() == "# mine\n"


# ------------------------------------------------------------------ many writers


def _set_many(path: Path, first: int) -> None:
    for number in range(first, first + 12):
        set_key(path, path.parent / "state", f"alias.a{number}", f"list {number}")


def test_concurrent_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# kept\n")
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_set_many, args=(path, first)) for first in (0, 100, 200)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    aliases = tomllib.loads(path.read_text())["alias"]
    assert len(aliases) == 36
    assert path.read_text().startswith("# kept\n")


# ------------------------------------------------------------------ set, then get


def _texts(kind: Kind) -> st.SearchStrategy[str]:
    """What a person may type for a kind; some of it is wrong."""
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    if isinstance(kind, Several):
        parts = st.lists(_texts(kind.of).filter(lambda text: "," not in text))
        return parts.map(",".join)
    if isinstance(kind, Choice):
        return st.sampled_from(kind.names) | texts
    if isinstance(kind, Whole):
        return st.integers(-5, 10**12).map(str) | texts
    if isinstance(kind, Seconds):
        return st.floats().map(str) | st.integers(1, 4000).map(str) | texts
    if isinstance(kind, Folder):
        return texts | texts.map(lambda text: f"/{text}")
    return texts


@given(st.sampled_from(keys.KEYS), st.data())
def test_what_is_set_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, key: Key, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("config")
    path = folder / "config.toml"
    path.write_text(COMMENTED)
    name = key.name.replace("*", key.example_name)
    stored = key.kind.typed([data.draw(_texts(key.kind))])
    try:
        value = key.kind.value(stored)
    except Wrong:
        return
    set_key(path, folder, name, stored)
    read = config_file.read(path, folder).values
    assert read.get(name, ()) == value
    again = key.kind.value(key.kind.typed([key.kind.text(value)]))
    assert again == value
    others = config_file.ConfigFile(path, tomllib.loads(COMMENTED)).values
    assert {**others, name: value}.items() >= read.items()
