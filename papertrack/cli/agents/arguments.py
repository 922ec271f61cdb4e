"""The arguments of a tool: their schema (JSON Schema), and whether some fit it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from papertrack.core.errors import UsageError
from papertrack.core.wording import excerpt

Schema = Mapping[str, Any]
"""The schema of one argument: `type`, and `enum`, `minimum`, `maximum`, `maxItems`."""

LONGEST_NAME = 60
"""Characters of a name in a message."""


def object_schema(properties: Mapping[str, Schema], required: int) -> dict[str, Any]:
    """The schema of arguments, of which the first `required` must be given."""
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(properties)[:required]
    return {**schema, "additionalProperties": False}


def checked(schema: Schema, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that have a value. Raises UsageError for those that do not fit."""
    properties = schema["properties"]
    for name in arguments:
        if name not in properties:
            known = ", ".join(properties) or "none"
            shown = excerpt(name, LONGEST_NAME)
            raise UsageError(f"unknown argument {shown}; known: {known}")
    given = {name: value for name, value in arguments.items() if value is not None}
    for name in schema.get("required", ()):
        if name not in given:
            raise UsageError(f"the argument {name} is missing")
    for name, value in given.items():
        wanted = _unmet(value, properties[name])
        if wanted:
            raise UsageError(f"the argument {name} must be {wanted}")
    return given


def _unmet(value: object, schema: Schema) -> str:
    """What a value should be and is not; "" for one that fits."""
    kind = schema["type"]
    if kind == "array":
        most = schema["maxItems"]
        items = value if isinstance(value, list) else []
        is_text = all(isinstance(item, str) for item in items)
        if is_text and 0 < len(items) <= most:
            return ""
        return f"a list of 1 to {most} strings"
    if kind == "integer":
        least, most = schema["minimum"], schema["maximum"]
        # JSON's true is an int of Python.
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if is_number and least <= value <= most:
            return ""
        return f"a number from {least} to {most}"
    choices = schema.get("enum")
    if choices:
        return "" if value in choices else f"one of {', '.join(choices)}"
    return "" if isinstance(value, str) else "a string"
