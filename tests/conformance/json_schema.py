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
    """An OpenAPI file.

    `seen` and `surplus` grow with every value that is checked: the properties of named schemas that had a value other
    than null, and the properties that the schema does not know, each as `Schema.name`.
    """

    def __init__(self, parsed: dict[str, Any]) -> None:
        self._parsed = parsed
        self.seen: set[str] = set()
        self.surplus: set[str] = set()
        self._by_shape = {(method, _shape(path)): operation for path, operations in parsed["paths"].items()
                          for method, operation in operations.items()}  # fmt: skip

    def describes(self, method: str, path: str) -> bool:
        """Whether the file knows the operation. Names of path parameters do not matter."""
        return (method, _shape(path)) in self._by_shape

    def named(self, name: str) -> Schema:
        """One of the file's entities; `name[]` for a list of them."""
        schema = {"$ref": f"#/components/schemas/{name.removesuffix('[]')}"}
        return {"type": "array", "items": schema} if name.endswith("[]") else schema

    def unseen(self) -> set[str]:
        """Properties of the entities that were checked which never had a value."""
        entities = {name.partition(".")[0] for name in self.seen}
        schemas = self._parsed["components"]["schemas"]
        return {f"{one}.{name}" for one in entities for name in self._properties(schemas[one])} - self.seen

    def _properties(self, schema: Schema) -> dict[str, Schema]:
        if "$ref" in schema:
            return self._properties(self._parsed["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        found: dict[str, Schema] = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            found |= self._properties(part)
        return found

    def answer(self, method: str, path: str, status: int) -> Schema | None:
        """The schema of an answer, None when the file does not say."""
        operation = self._by_shape.get((method, _shape(path)), {})
        answer = operation.get("responses", {}).get(str(status), {})
        schema: Schema | None = answer.get("content", {}).get("application/json", {}).get("schema")
        return schema

    def problems(self, value: Any, schema: Schema, at: str = "") -> list[str]:
        """Where the value does not follow the schema; `at` says where that is, from the innermost entity on."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            named = self._parsed["components"]["schemas"][name]
            if isinstance(value, dict):
                self._note(value, named, name)
            return self.problems(value, named, name)
        for part in schema.get("allOf", ()):
            if found := self.problems(value, part, at):
                return found
        if "oneOf" in schema:
            return self.problems(value, self._nearest(value, schema["oneOf"]), at)
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

    def _nearest(self, value: Any, kinds: list[Schema]) -> Schema:
        """Of several kinds the one that an object has most of, so that what it lacks is told; else one that fits."""
        if isinstance(value, dict):
            return max(kinds, key=lambda kind: len(value.keys() & self._properties(kind).keys()))
        return min(kinds, key=lambda kind: len(self.problems(value, kind)))

    def _note(self, value: dict[str, Any], schema: Schema, entity: str) -> None:
        known = self._properties(schema)
        for name, part in value.items():
            if known and name not in known:
                self.surplus.add(f"{entity}.{name}")
            elif part is not None:
                self.seen.add(f"{entity}.{name}")

    def _of_object(self, value: dict[str, Any], schema: Schema, at: str) -> list[str]:
        found = [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        known = schema.get("properties", {})
        rest = schema.get("additionalProperties")
        for name, part in value.items():
            if name in known:
                found += self.problems(part, known[name], f"{at}.{name}")
            elif isinstance(rest, dict):
                found += self.problems(part, rest, f"{at}.*")
        return found


def _shape(path: str) -> tuple[str, ...]:
    return tuple("*" if part.startswith("{") else part for part in path.split("/"))


def _has_format(value: str, name: str | None) -> bool:
    try:
        if name == "date-time":
            datetime.fromisoformat(value)
        elif name == "date":
            date.fromisoformat(value)
        elif name == "uri":
            parts = urlsplit(value)
            return bool(parts.scheme and (parts.netloc or parts.path))
    except ValueError:
        return False
    return True
