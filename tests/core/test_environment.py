"""The settings that come from the environment: their defaults, and values that are
wrong.
"""

import sys
from pathlib import Path

import platformdirs
import pytest

from papertrack.core.environment import Environment, cache_name, platform_folder


def environment(**variables: str) -> Environment:
    return Environment(variables)


def test_the_folders_of_variables_and_of_the_platform() -> None:
    settings = environment(
        PAPERTRACK_CACHE="/c", PAPERTRACK_STATE="/s", PAPERTRACK_CONFIG="/f.toml"
    )
    assert (settings.cache, settings.state) == (Path("/c"), Path("/s"))
    assert settings.config_file == Path("/f.toml")
    assert environment().cache.name == environment().state.name == "papertrack"
    assert environment(HOME="/h").config_file == Path(
        "/h/.config/papertrack/config.toml"
    )
    assert environment(HOME="/h", XDG_CONFIG_HOME="/x").config_file == Path(
        "/x/papertrack/config.toml"
    )


def test_a_library_has_a_short_name_for_the_cache() -> None:
    assert len(cache_name(Path("/a"))) == 8
    assert cache_name(Path("/a")) != cache_name(Path("/b"))


def test_an_endpoint_has_no_slash_at_the_end() -> None:
    settings = environment(HF_ENDPOINT="http://mirror/")
    assert settings.endpoint("HF_ENDPOINT", "https://huggingface.co") == "http://mirror"
    assert settings.endpoint("OTHER", "https://b.example") == "https://b.example"


@pytest.mark.parametrize(
    ("variables", "color"),
    [
        ({}, None),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"FORCE_COLOR": "1", "CLICOLOR": "0"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colours(variables: dict[str, str], color: bool | None) -> None:
    assert Environment(variables).color is color


@pytest.mark.parametrize(
    ("variables", "links"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "VTE_VERSION": "4999"}, False),
        ({"TERM": "linux", "FORCE_HYPERLINK": "1"}, True),
        ({"TERM": "xterm", "FORCE_HYPERLINK": "0"}, False),
    ],
)
def test_links(variables: dict[str, str], links: bool) -> None:
    assert Environment(variables).hyperlinks is links


@pytest.mark.parametrize(
    ("text", "columns"),
    [("80", 80), ("20", 20), ("19", None), ("1001", None), ("wide", None), ("", None)],
)
def test_the_width(text: str, columns: int | None) -> None:
    assert environment(COLUMNS=text).columns == columns


def test_the_editor() -> None:
    assert environment().editor == "vi"
    assert environment(VISUAL="code", EDITOR="nano").editor == "code"


@pytest.mark.skipif(sys.platform != "linux", reason="where the short way is taken")
@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "/c", "XDG_STATE_HOME": "/s"},
        {"XDG_CONFIG_HOME": "/etc/xdg", "XDG_DATA_HOME": ""},
        {"XDG_CACHE_HOME": "/with a space/é"},
        {"XDG_STATE_HOME": "/s/", "XDG_CACHE_HOME": "/c/../d"},
    ],
)
@pytest.mark.parametrize("kind", ["data", "cache", "state", "config"])
def test_platform_folders_are_those_of_platformdirs(
    variables: dict[str, str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATA", "CACHE", "STATE", "CONFIG"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    expected = getattr(platformdirs, f"user_{kind}_path")("papertrack", appauthor=False)
    assert platform_folder(f"user_{kind}_path") == expected


@pytest.mark.skipif(sys.platform != "linux", reason="where the short way is taken")
@pytest.mark.parametrize("value", ["relative/path", ".", "~/state", " /s", "s"])
def test_a_relative_path_of_xdg_is_ignored(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", value)
    usual = Path.home() / ".local/state/papertrack"
    assert platform_folder("user_state_path") == usual
