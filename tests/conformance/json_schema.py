"""Checks a value against the part of JSON Schema that OpenAPI files of APIs like this one use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

Schema = dict[str, Any]

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


class Document:
    """An OpenAPI file."""

    def __init__(self, parsed: dict[str, Any]) -> None:
        self._parsed = parsed

    def answer(self, method: str, path: str, status: int) -> Schema | None:
        """The schema of an answer, None when the file does not say. Names of path parameters do not matter."""
        for known, operations in self._parsed["paths"].items():
            if _shape(known) == _shape(path) and method in operations:
                answer = operations[method]["responses"].get(str(status), {})
                schema: Schema | None = answer.get("content", {}).get("application/json", {}).get("schema")
                return schema
        return None

    def problems(self, value: Any, schema: Schema, at: str = "") -> list[str]:
        """Where the value does not follow the schema."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return [
                f"{name}{problem}"
                for problem in self.problems(value, self._parsed["components"]["schemas"][name])
            ]
        for part in schema.get("allOf", ()):
            if found := self.problems(value, part, at):
                return found
        if "oneOf" in schema:
            return min((self.problems(value, part, at) for part in schema["oneOf"]), key=len)
        wanted = schema.get("type")
        names = [wanted] if isinstance(wanted, str) else wanted or []
        if names and not any(_TYPES[name](value) for name in names):
            return [f"{at} is {str(value)[:60]!r}, not {' or '.join(names)}"]
        if value is None:
            return []
        if "enum" in schema and value not in schema["enum"]:
            return [f"{at} is {value!r}, which is not one of {schema['enum']}"]
        if isinstance(value, str) and not _has_format(value, schema.get("format")):
            return [f"{at} is {value!r}, which is no {schema['format']}"]
        if isinstance(value, dict):
            return self._of_object(value, schema, at)
        if isinstance(value, list) and "items" in schema:
            return [found for part in value for found in self.problems(part, schema["items"], f"{at}[]")]
        return []

    def _of_object(self, value: dict[str, Any], schema: Schema, at: str) -> list[str]:
        found = [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        for name, part in schema.get("properties", {}).items():
            if name in value:
                found += self.problems(value[name], part, f"{at}.{name}")
        return found


def _shape(path: str) -> list[str]:
    return ["*" if part.startswith("{") else part for part in path.split("/")]


def _has_format(value: str, name: str | None) -> bool:
    try:
        if name == "date-time":
            datetime.fromisoformat(value)
        elif name == "date":
            date.fromisoformat(value)
        elif name == "uri":
            return bool(urlsplit(value).scheme)
    except ValueError:
        return False
    return True
