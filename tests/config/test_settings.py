"""Which value a key has: flag, environment, config file, default, in this order."""

from pathlib import Path

import pytest

from papertrack.config import file as config_file
from papertrack.config import keys
from papertrack.config.settings import Settings
from papertrack.core.errors import ConfigError

FOLDER = Path("/nonexistent")


def settings(config: dict[str, object] | None = None, **variables: str) -> Settings:
    return Settings(variables, config_file.ConfigFile(FOLDER, config or {}))


def test_flag_then_variable_then_file_then_platform_names_the_library() -> None:
    config: dict[str, object] = {"library": "/in/file"}
    both = settings(config, PAPERTRACK_LIBRARY="/in/variable")
    both.flags = {"library": Path("/in/flag")}
    assert both.setting("library") == (Path("/in/flag"), "flag")
    both.flags = {"library": None}
    assert both.setting("library") == (
        Path("/in/variable"),
        "env PAPERTRACK_LIBRARY",
    )
    assert settings(config).setting("library") == (Path("/in/file"), "file")
    assert settings().setting("library").origin == "default"
    assert settings()["library"].name == "papertrack"


@pytest.mark.parametrize("text", ["x", "0", "-1", "nan", "inf", "1e9", "3601"])
def test_a_wrong_variable_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^PAPERTRACK_TIMEOUT: .*above 0 and up to"):
        settings(PAPERTRACK_TIMEOUT=text)["fetch.timeout"]


@pytest.mark.parametrize(
    ("variables", "timeout"),
    [({}, 60), ({"PAPERTRACK_TIMEOUT": "0.5"}, 0.5), ({"PAPERTRACK_TIMEOUT": ""}, 60)],
)
def test_the_timeout_in_seconds(variables: dict[str, str], timeout: float) -> None:
    assert settings(None, **variables)["fetch.timeout"] == timeout


@pytest.mark.parametrize(
    ("config", "variables", "command", "origin"),
    [
        ("", {}, "less -FRXK", "default"),
        ("", {"PAGER": "more"}, "more", "env PAGER"),
        ("", {"PAGER": ""}, "", "env PAGER"),
        ("most", {"PAGER": "more"}, "most", "file"),
        ("most", {"PAPERTRACK_PAGER": "cat"}, "cat", "env PAPERTRACK_PAGER"),
        ("", {"PAGER": "more", "PAPERTRACK_PAGER": "cat"}, "cat", None),
    ],
)
def test_a_shared_variable_comes_after_the_file(
    config: str, variables: dict[str, str], command: str, origin: str | None
) -> None:
    parsed: dict[str, object] = {"pager": {"command": config}} if config else {}
    found = settings(parsed, **variables).setting("pager.command")
    assert found.value == command
    assert origin in (None, found.origin)


def test_the_browser_may_be_any_text() -> None:
    assert settings(BROWSER=" firefox:'lynx ")["open.browser"] == "firefox:'lynx"


def test_every_default_is_a_value_that_its_key_can_have() -> None:
    for key in keys.KEYS:
        default = keys.default_of(key)
        if default not in (None, ()):
            text = key.kind.text(default)
            assert key.kind.value(key.kind.stored(text)) == default
        assert key.kind.value(key.kind.stored(key.example))
