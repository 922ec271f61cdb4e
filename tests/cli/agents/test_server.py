"""`papertrack mcp` as assistants use it: by the official client library, and by hand."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import planted
from tests.helpers.fork_server import COMMAND

ROOT = Path(__file__).resolve().parents[3]
CLIENT = ROOT / "tests" / "helpers" / "mcp_client.py"
ID = "2511.04570"
ENDS_WITHIN = 60.0
"""Seconds: against hangs."""

EVERY_TOOL = [
    ["search", {"query": "video", "limit": 3}],
    ["list", {"query": "is:unread", "sort": "upvotes"}],
    ["show", {"id": ID}],
    ["tags", {}],
    ["export_bibtex", {"ids": [ID, f"https://arxiv.org/abs/{ID}"]}],
    ["tag", {"ids": [ID], "add": ["nlp/parsing"]}],
    ["mark", {"ids": [ID], "as": "later"}],
]


@pytest.fixture
def filled(sample_home, home):
    """A writable home with the sample."""
    for name in ("PAPERTRACK_LIBRARY", "PAPERTRACK_CACHE"):
        shutil.copytree(sample_home[name], home[name])
    return home


def client(env, calls, *options, python=sys.executable):
    """What the client library gets for these calls."""
    done = subprocess.run(
        [python, str(CLIENT), *COMMAND, "mcp", *options],
        input=json.dumps(calls),
        env=env,
        cwd=env["HOME"],
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN * 4,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "papertrack: " not in done.stderr
    return json.loads(done.stdout)


def structured(result):
    assert not result["isError"], result
    return result["structuredContent"]


@pytest.fixture(params=["2", "1"])
def python(request):
    """A Python with this version of the client library."""
    if request.param == "2":
        return sys.executable
    path = os.environ.get("MCP1_PYTHON")
    if path is None:
        pytest.skip("MCP1_PYTHON names no Python with mcp 1.x")
    return path


def test_a_client_calls_every_tool(python, filled, papertrack):
    found = client(filled, EVERY_TOOL, "--write", python=python)
    assert found["version"] == "2025-11-25"
    assert [tool["name"] for tool in found["tools"]] == [name for name, _ in EVERY_TOOL]
    search, listed, shown, tags, bibtex, tag, mark = found["results"]
    assert len(structured(search)["papers"]) == 3
    assert structured(search)["papers"][0].keys() == {
        *("id", "title", "published", "upvotes", "tags")
    }
    assert structured(listed)["count"] == "20 of 40"
    votes = [paper["upvotes"] for paper in structured(listed)["papers"]]
    assert votes == sorted(votes, reverse=True)
    assert structured(shown)["abstract"]
    assert structured(tags) == {"tags": [], "count": "0 of 0"}
    assert bibtex["content"][0]["text"].count("@") == 1
    assert structured(tag) == structured(mark) == {"changed": 1, "unchanged": 0}
    marked = papertrack("list is:later tag:nlp --format ids", env=filled).out
    assert marked == f"{ID}\n"
    for _ in range(2):
        assert papertrack("undo", env=filled).code == 0
    assert papertrack("list is:later", env=filled).out == ""


def test_without_write_nothing_changes(filled, papertrack):
    before = papertrack("log --json", env=filled).out
    found = client(filled, EVERY_TOOL)
    assert [tool["name"] for tool in found["tools"]] == [
        *("search", "list", "show", "tags", "export_bibtex")
    ]
    for refused in found["results"][5:]:
        assert "unknown tool" in refused["refused"]
    assert papertrack("log --json", env=filled).out == before


MISTAKES = [
    ("show", {"id": "2511.99999"}, "unknown paper"),
    ("show", {"id": "3"}, "a number is not an id"),
    ("show", {"id": "1-5,8"}, "a number is not an id"),
    ("show", {"id": "-"}, "unknown paper -"),
    ("show", {"id": "video"}, "unknown paper video"),
    ("show", {}, "the argument id is missing"),
    ("list", {"query": "upvotes:many"}, "upvotes"),
    ("list", {"query": "@nosuch"}, "nosuch"),
    ("list", {"limit": 21}, "a number from 1 to 20"),
    ("search", {"query": "is:nosuch"}, "nosuch"),
    ("export_bibtex", {"ids": []}, "1 to 100"),
    ("tag", {"ids": [ID]}, "no tags given"),
    ("tag", {"ids": [ID], "add": ["a b"]}, "is not a tag"),
    ("tag", {"ids": [ID], "remove": ["nosuch"]}, "nosuch"),
    ("tag", {"ids": [ID, "2511.99999"], "add": ["x"]}, "unknown paper"),
    ("mark", {"ids": [ID], "as": "removed"}, "one of"),
    ("mark", {"ids": ["tag:x"], "as": "read"}, "unknown paper tag:x"),
]


def test_a_mistake_is_an_error_of_one_line(filled, papertrack):
    before = papertrack("log --json", env=filled).out
    calls = [[name, arguments] for name, arguments, _ in MISTAKES]
    results = client(filled, calls, "--write")["results"]
    for (name, arguments, part), result in zip(MISTAKES, results, strict=True):
        assert result["isError"], (name, arguments)
        (content,) = result["content"]
        assert part in content["text"], (name, arguments)
        assert content["text"].isprintable()
    assert papertrack("log --json", env=filled).out == before


def test_a_thousand_calls(filled):
    calls = [EVERY_TOOL[number % len(EVERY_TOOL)] for number in range(1000)]
    results = client(filled, calls, "--write")["results"]
    assert len(results) == 1000
    assert not [result for result in results if result.get("isError", True)]
    # Only the first of each kind changed anything.
    changed = [structured(r)["changed"] for r in results if "changed" in str(r)]
    assert sum(changed) == 2


def talk(env, *requests, write=True):
    """The replies of a server that is started for these requests."""
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        for number, (method, params) in enumerate(requests)
    ]
    done = subprocess.run(
        [*COMMAND, "mcp", *["--write"] * write],
        input="\n".join(lines) + "\n",
        env=env,
        cwd=env["HOME"],
        capture_output=True,
        encoding="utf-8",
        timeout=ENDS_WITHIN,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == list(range(len(requests)))
    return done.stdout, replies


def tool(name, **arguments):
    return "tools/call", {"name": name, "arguments": arguments}


@pytest.mark.parametrize(
    "planted_text",
    [*planted.ESCAPES, '\n{"id": 0}\n', "\u2028\u2029\x85"],
)
def test_hostile_text_in_the_library_stays_text(planted_text, filled):
    for path in planted.json_files(Path(filled["PAPERTRACK_LIBRARY"])):
        planted.rewrite(
            path,
            lambda value: planted.strings(
                value,
                lambda text, place: (
                    text + planted_text if place[-1] in ("title", "abstract") else text
                ),
            ),
        )
    out, replies = talk(
        filled,
        tool("list"),
        tool("search", query="video"),
        tool("show", id=ID),
        tool("export_bibtex", ids=[ID]),
        write=False,
    )
    assert out.isascii()
    assert out.replace("\n", "").isprintable()
    for reply in replies:
        text = reply["result"]["content"][0]["text"]
        assert not reply["result"]["isError"], text
        assert text.replace("\n", "").replace("\t", "").isprintable()


def test_a_server_sees_what_others_change(filled, papertrack):
    server = start(filled)
    try:
        assert request(server, *tool("list", query="is:starred"))["papers"] == []
        assert papertrack(f"star {ID}", env=filled).code == 0
        (paper,) = request(server, *tool("list", query="is:starred"))["papers"]
        assert paper["id"] == ID
        assert papertrack("undo", env=filled).code == 0
        assert request(server, *tool("list", query="is:starred"))["papers"] == []
    finally:
        _, err = server.communicate(timeout=ENDS_WITHIN)
    assert (server.returncode, err) == (0, "")


def start(env, *options):
    return subprocess.Popen(
        [*COMMAND, "mcp", *options],
        env=env,
        cwd=env["HOME"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def request(server, method, params):
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    server.stdin.write(f"{json.dumps(message)}\n")
    server.stdin.flush()
    return json.loads(server.stdout.readline())["result"]["structuredContent"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_waiting_server(number, filled):
    server = start(filled, "--write")
    assert request(server, *tool("tag", ids=[ID], add=["x"]))["changed"] == 1
    server.send_signal(number)
    out, err = server.communicate(timeout=ENDS_WITHIN)
    assert server.returncode == 128 + number
    assert (out, err) == ("", "papertrack: interrupted\n")


def test_a_client_that_is_gone_ends_the_server(filled):
    server = start(filled)
    server.stdout.close()
    server.stdin.write('{"id": 1, "method": "ping"}\n' * 10)
    server.stdin.close()
    assert server.stderr.read() == ""
    server.stderr.close()
    assert server.wait(ENDS_WITHIN) == 0


@pytest.mark.parametrize(
    "sent",
    ["", "\n\n", "x" * 3_000_000 + "\n", '{"id":1,"method":"ping"}', "\n\r\n \n"],
)
def test_any_lines_end_with_a_success(sent, filled, papertrack):
    ran = papertrack("mcp", sent, env=filled)
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == bool(sent.strip())


@pytest.mark.parametrize("begin", ["x", "\0", '{"a": "', "[", " ", "é"], ids=repr)
def test_a_line_that_never_ends_is_refused_and_the_server_can_be_ended(begin, filled):
    server = start(filled)
    server.stdin.write(begin + "x" * 1_100_000)
    server.stdin.flush()
    assert "the line is not JSON" in server.stdout.readline()
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=ENDS_WITHIN)
    assert server.returncode == 128 + signal.SIGTERM


def test_a_closed_standard_input_is_reported(filled):
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *COMMAND, "mcp"],
        env=filled,
        cwd=filled["HOME"],
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("papertrack: standard input: ")
    assert done.stderr.count("\n") == 1


def test_on_a_terminal_it_reports_what_it_waits_for(spawn, filled):
    child = spawn("mcp", env=filled)
    child.expect_exact("waiting for the messages of an assistant; Ctrl-D ends it")
    child.sendeof()
    child.wait()
    child.close()
    assert child.exitstatus == 0


def test_the_settings_in_the_readme_start_it(papertrack):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("<!-- mcp -->\n```json\n")[2].partition("```")[0]
    settings = json.loads(block)["mcpServers"]["papertrack"]
    assert settings["command"] == "papertrack"
    ran = papertrack(settings["args"], '{"id": 1, "method": "ping"}\n')
    assert json.loads(ran.out) == {"jsonrpc": "2.0", "id": 1, "result": {}}
