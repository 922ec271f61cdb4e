"""A conversation with `papertrack mcp` by the official client library, 1.x or 2.x.

    python tests/helpers/mcp_client.py COMMAND... < CALLS

CALLS is a JSON array of `[tool, arguments]`. Prints a JSON object: `version`, the tools
as the server lists them, and the results. It is a program of its own, as only one of the
two libraries fits into an environment.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import anyio
import mcp
from mcp.client.stdio import StdioServerParameters, stdio_client


def _as_json(model: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = model.model_dump(
        by_alias=True, exclude_none=True, mode="json"
    )
    return dumped


async def _results(client: Any, calls: list[Any]) -> dict[str, Any]:
    listed = await client.list_tools()
    results = []
    for name, arguments in calls:
        try:
            result = _as_json(await client.call_tool(name, arguments))
        except Exception as error:  # McpError in 1.x, MCPError in 2.x
            result = {"refused": str(error)}
        results.append(result)
    return {"tools": _as_json(listed)["tools"], "results": results}


async def main() -> None:
    """Hold the conversation."""
    calls = json.load(sys.stdin)
    server = StdioServerParameters(
        command=sys.argv[1], args=sys.argv[2:], env=dict(os.environ)
    )
    if hasattr(mcp, "Client"):
        async with mcp.Client(stdio_client(server)) as client:
            found = await _results(client, calls)
            found["version"] = client.protocol_version
    else:
        async with (
            stdio_client(server) as (reading, writing),
            mcp.ClientSession(reading, writing) as session,
        ):
            introduction = await session.initialize()
            found = await _results(session, calls)
            found["version"] = introduction.protocolVersion
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    anyio.run(main)
