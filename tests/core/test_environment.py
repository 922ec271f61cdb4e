"""The settings that come from the environment: their defaults, and values that are
wrong.
"""

from pathlib import Path

import pytest

from papertrack.core.environment import Environment, Locations, cache_name
from papertrack.core.errors import ConfigError


def environment(**variables: str) -> Environment:
    return Environment(variables)


def test_option_then_variable_then_platform_names_the_library() -> None:
    settings = environment(
        PAPERTRACK_LIBRARY="/l", PAPERTRACK_CACHE="/c", PAPERTRACK_STATE="/s"
    )
    assert settings.locations() == Locations(Path("/l"), Path("/c"), Path("/s"))
    assert settings.locations(Path("/other")).library == Path("/other")
    assert {folder.name for folder in environment().locations()} == {"papertrack"}


def test_a_library_has_a_short_name_for_the_cache() -> None:
    assert len(cache_name(Path("/a"))) == 8
    assert cache_name(Path("/a")) != cache_name(Path("/b"))


@pytest.mark.parametrize("text", ["x", "0", "-1", "nan", "inf", "1e9", "3601"])
def test_a_wrong_timeout_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^PAPERTRACK_TIMEOUT: .*above 0 and up to"):
        environment(PAPERTRACK_TIMEOUT=text).timeout  # noqa: B018


def test_the_timeout_in_seconds() -> None:
    assert environment().timeout == 60
    assert environment(PAPERTRACK_TIMEOUT="0.5").timeout == 0.5


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


def test_programs() -> None:
    assert environment().pager == "less -FRX"
    assert environment(PAGER="more").pager == "more"
    assert environment(PAGER="more", PAPERTRACK_PAGER="cat").pager == ""
    assert environment().editor == "vi"
    assert environment(VISUAL="code", EDITOR="nano").editor == "code"
    assert environment(BROWSER=" firefox ").browser == "firefox"
