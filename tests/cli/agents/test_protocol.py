"""The protocol and the schemas of its tools, without streams and library."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.cli.agents import protocol
from papertrack.cli.agents.arguments import checked
from papertrack.cli.agents.protocol import Protocol, Result
from papertrack.cli.agents.tools import TOOLS, offered
from papertrack.core.errors import NotFound, UsageError

MOST_BYTES = 4096
"""Of `tools/list`, which a client sends to its model with every request."""


def echo(name: str, arguments: dict[str, Any]) -> Result:
    """A tool that returns its arguments."""
    if arguments.get("query") == "missing":
        raise NotFound("unknown paper\nwith \x1b[31m a colour")
    return {"name": name, **arguments}


SERVER = Protocol(offered(write=False), echo)


def reply(message: object) -> Any:
    line = SERVER.reply(json.dumps(message))
    assert line is not None
    assert line.isascii()
    assert "\n" not in line
    return json.loads(line)


def request(method: object, **params: Any) -> Any:
    return reply({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})


@pytest.mark.parametrize("version", protocol.VERSIONS)
def test_the_version_of_the_client_is_used(version: str) -> None:
    result = request("initialize", protocolVersion=version)["result"]
    assert result["protocolVersion"] == version
    assert result["serverInfo"]["name"] == "papertrack"


@pytest.mark.parametrize("version", ["2026-07-28", "1", "", None, 5])
def test_another_version_gets_the_newest_known(version: object) -> None:
    result = request("initialize", protocolVersion=version)["result"]
    assert result["protocolVersion"] == protocol.VERSIONS[0]


@pytest.mark.parametrize("id", [0, 7, -1, "", "a\x1b\u2028"])
def test_a_reply_has_the_id_of_the_request(id: object) -> None:
    message = {"jsonrpc": "2.0", "id": id, "method": "ping"}
    assert reply(message) == {"jsonrpc": "2.0", "id": id, "result": {}}


@pytest.mark.parametrize(
    "line",
    ["x", "{", '{"id": 1', "[" * 100_000, "1" * 5_000, "\udcff", '"\\ud800', "'a'"],
)
def test_a_line_that_is_not_json(line: str) -> None:
    text = SERVER.reply(line)
    assert text is not None
    error = json.loads(text)
    assert (error["id"], error["error"]["code"]) == (None, protocol.PARSE_ERROR)


@pytest.mark.parametrize("message", [[], [{"id": 1, "method": "ping"}], 1, None, "x"])
def test_a_message_that_is_not_an_object(message: object) -> None:
    assert reply(message)["error"]["code"] == protocol.INVALID_REQUEST


@pytest.mark.parametrize("id", [None, True, 1.5, [], {}])
def test_an_invalid_id(id: object) -> None:
    error = reply({"id": id, "method": "ping"})
    assert (error["id"], error["error"]["code"]) == (None, protocol.INVALID_REQUEST)


@pytest.mark.parametrize(
    "message",
    [
        {"method": "notifications/initialized"},
        {"method": "notifications/cancelled", "params": {"requestId": 1}},
        {"method": "ping"},
        {"id": 3, "result": {}},
        {"id": 3, "error": {"code": 1, "message": "x"}},
        {},
    ],
)
def test_what_needs_no_reply_gets_none(message: object) -> None:
    assert SERVER.reply(json.dumps(message)) is None


@pytest.mark.parametrize(
    "method",
    ["server/discover", "resources/list", "tools/lists", "", "x\n\x1b" * 999, 3, None],
)
def test_an_unknown_method(method: object) -> None:
    error = request(method)["error"]
    assert error["code"] == protocol.UNKNOWN_METHOD
    assert error["message"].isprintable()
    assert len(error["message"]) < 200


@pytest.mark.parametrize("name", ["tag", "mark", "fetch", "", None, ["search"], "\x1b"])
def test_an_unknown_tool(name: object) -> None:
    """Those that write are unknown without --write."""
    error = request("tools/call", name=name, arguments={})["error"]
    assert error["code"] == protocol.INVALID_PARAMETERS
    assert "known: search, list, show, tags, export_bibtex" in error["message"]


@pytest.mark.parametrize("params", [[], [1], "x", 3, True])
def test_parameters_that_are_not_an_object(params: object) -> None:
    for message in (
        {"id": 1, "method": "tools/call", "params": params},
        {
            "id": 1,
            "method": "tools/call",
            "params": {"name": "tags", "arguments": params},
        },
    ):
        assert reply(message)["error"]["code"] == protocol.INVALID_PARAMETERS


def test_an_error_of_the_library_is_one_line() -> None:
    call = {"name": "search", "arguments": {"query": "missing"}}
    result = request("tools/call", **call)["result"]
    assert result == {
        "content": [{"type": "text", "text": "unknown paper with [31m a colour"}],
        "isError": True,
    }


def test_a_result_is_an_object_and_its_text() -> None:
    call = {"name": "search", "arguments": {"query": "\x1b[31mé\u202e", "limit": None}}
    result = request("tools/call", **call)["result"]
    assert result["structuredContent"] == {"name": "search", "query": "[31mé"}
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]


# ------------------------------------------------------------------ tools


def test_the_tools_are_small_and_their_hints_right() -> None:
    server = Protocol(offered(write=True), echo)
    line = server.reply('{"id": 1, "method": "tools/list"}')
    assert line is not None
    assert len(line) < MOST_BYTES
    tools = json.loads(line)["result"]["tools"]
    reading = ["search", "list", "show", "tags", "export_bibtex"]
    assert [tool["name"] for tool in tools] == [*reading, "tag", "mark"]
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
        is_reading = tool["annotations"].get("readOnlyHint", False)
        assert is_reading == (tool["name"] in reading)
    assert [tool["name"] for tool in request("tools/list")["result"]["tools"]] == (
        reading
    )


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 30),
    st.floats(),
    st.sampled_from(["", "date", "read", "star", "x\x1b"]),
    st.lists(st.one_of(st.text(max_size=3), st.integers()), max_size=3),
    st.lists(st.just("x"), min_size=99, max_size=102),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=1),
)
NAMES = ["query", "limit", "sort", "id", "ids", "add", "remove", "as", "other"]


@given(st.sampled_from(TOOLS), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_arguments_are_checked_as_by_their_schema(
    tool: protocol.Tool, arguments: dict[str, Any]
) -> None:
    """As jsonschema, but that null is no value."""
    given = {name: value for name, value in arguments.items() if value is not None}
    unknown = arguments.keys() - tool.schema["properties"].keys()
    is_valid = jsonschema.Draft202012Validator(tool.schema).is_valid(given)
    floats = any(isinstance(value, float) for value in given.values())
    try:
        assert checked(tool.schema, arguments) == given
        assert is_valid
        assert not unknown
    except UsageError:
        assert not is_valid or unknown or floats
