"""An OpenAPI 3.1 document of the client API, made from the route tables and nothing else.

What it says is what the code has: paths, who may call, and the parameters of every struct that a handler asks for with
`call.params(...)`, whether itself or in a function that it calls. Answers are described by their content type only: they
are Mastodon's entities, and Mastodon's documentation describes them.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import msgspec

from .params import Upload
from .routes import WEBSOCKET, Access, Route, Who
from .uploads import SpooledFile

Tree = dict[str, Any]
Struct = type[msgspec.Struct]

_PACKAGE = __name__.rpartition(".")[0]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_JSON = "application/json"
_FILES = (Upload.__name__, SpooledFile.__name__)
# What is answered where it is not JSON: how the path begins.
_CONTENT = {
    "/avatars/": ("image/png",),
    "/headers/": ("image/png",),
    "/instance/": ("image/png",),
    "/media/": ("*/*",),
    "/health": ("text/plain",),
    "/api/v1/streaming/health": ("text/plain",),
    "/api/v1/streaming": ("text/event-stream",),
    "/.well-known/host-meta": ("application/xrd+xml", _JSON),
    "/.well-known/webfinger": ("application/jrd+json",),
    "/.well-known/holdfast/evidence/": ("text/plain", "application/octet-stream"),
    "/api/holdfast/v1/evidence/bundles": ("application/zip", "application/octet-stream"),
    "/api/holdfast/v1/ledger/policy": ("text/plain",),
    "/api/holdfast/v1/ledger/proof/": ("text/plain",),
    "/api/holdfast/v1/ledger/receipts/": (_JSON, "text/plain"),
    "/api/holdfast/v1/ledger/time-stamps/": (
        _JSON,
        "application/timestamp-reply",
        "application/octet-stream",
    ),
    "/api/holdfast/v1/ledger/time-stamp-certificates": ("application/x-pem-file",),
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "What is wrong and what to do."},
        "error_description": {"type": "string", "description": "The same, where OAuth wants it here."},
        "details": {
            "type": "object",
            "description": "Problems per field: lists of `error` and `description`.",
        },
    },
}


def describe(routes: Iterable[Route], *, title: str, version: str, url: str) -> Tree:
    """The document. Pages for browsers and WebSockets are left out: they are no part of what it describes."""
    told = [one for one in routes if one.access.who is not Who.BROWSER and one.method != WEBSOCKET]
    scopes = sorted({scope for route in told for scope in route.access.scopes})
    structs = list(dict.fromkeys(struct for route in told for struct in structs_of(route)))
    schemas, components = msgspec.json.schema_components(
        structs, schema_hook=_file, ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(structs, schemas, strict=True))
    paths: Tree = {}
    for route in told:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "license": {"name": "AGPL-3.0-or-later"}},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "responses": {
                "Error": {
                    "description": "Refused; see `error`.",
                    "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
                }
            },
            "securitySchemes": {"oauth": _oauth(url, scopes)},
        },
    }


def structs_of(route: Route) -> tuple[Struct, ...]:
    """The structs of parameters that a route's handler asks for, in the order of its text."""
    return tuple(dict.fromkeys(_asked_for(route.handler, set())))


def _oauth(url: str, scopes: list[str]) -> Tree:
    named = dict.fromkeys(scopes, "")
    token = f"{url}/oauth/token"
    return {
        "type": "oauth2",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": f"{url}/oauth/authorize",
                "tokenUrl": token,
                "scopes": named,
            },
            "clientCredentials": {"tokenUrl": token, "scopes": named},
        },
    }


def _operation(route: Route, schema_of: dict[Struct, Tree]) -> Tree:
    handler = route.handler
    structs = structs_of(route)
    schemas = [schema_of[struct] for struct in structs]
    summary = (inspect.getdoc(handler) or "").partition("\n")[0]
    operation: Tree = {
        "operationId": f"{route.method.lower()}_{re.sub(r'[^a-zA-Z0-9]+', '_', route.path).strip('_')}",
        "tags": [handler.__module__.rpartition(".")[2].replace("_", " ")],
        "summary": summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in _PLACEHOLDER.findall(route.path)
        ],
        "security": _security(route.access),
        "responses": {
            "2XX": {"description": "Done.", "content": {kind: {} for kind in _content(route.path)}},
            "default": {"$ref": "#/components/responses/Error"},
        },
    }
    if route.method == "GET":
        operation["parameters"] += [one for struct in structs for one in _in_query(struct)]
    elif route.method != "DELETE" or structs:
        operation["requestBody"] = {"content": {kind: {"schema": _body(schemas)} for kind in _kinds(structs)}}
    return operation


def _content(path: str) -> tuple[str, ...]:
    for beginning, kinds in _CONTENT.items():
        if path.startswith(beginning):
            return kinds
    return (_JSON,)


def _security(access: Access) -> list[Tree]:
    """One entry for each way to be let in: any one of the scopes is enough."""
    tokens: list[Tree] = [{"oauth": [scope]} for scope in access.scopes]
    if access.who is Who.ANYONE:
        return [{}, *tokens]
    return tokens or [{"oauth": []}]


def _body(parts: list[Tree]) -> Tree:
    """What is sent. Names that a handler reads without a struct may be anything."""
    return {"type": "object"} if not parts else parts[0] if len(parts) == 1 else {"allOf": parts}


def _kinds(structs: tuple[Struct, ...]) -> tuple[str, ...]:
    """Files come in multipart bodies; everything else is taken as JSON and as a form, too."""
    if any(
        kind in str(field.type) for one in structs for field in msgspec.structs.fields(one) for kind in _FILES
    ):
        return ("multipart/form-data",)
    return (_JSON, "application/x-www-form-urlencoded", "multipart/form-data")


@cache
def _in_query(struct: Struct) -> list[Tree]:
    """Each field as a parameter; a list is written `name[]`, once for each of its values."""
    (schema,), components = msgspec.json.schema_components(
        [struct], schema_hook=_file, ref_template="#/components/schemas/{name}"
    )
    known = components[schema["$ref"].rpartition("/")[2]]
    return [
        {
            "name": f"{name}[]" if part.get("type") == "array" else name,
            "in": "query",
            "required": name in known.get("required", ()),
            "schema": {key: value for key, value in part.items() if key != "default"},
        }
        for name, part in known["properties"].items()
    ]


def _file(kind: type) -> Tree:
    if kind in (Upload, SpooledFile):
        return {"type": "string", "format": "binary"}
    raise NotImplementedError(kind)


def _asked_for(function: Any, seen: set[Any]) -> Iterator[Struct]:
    """The structs that a function of this storey asks for, and those of the functions that it calls by name."""
    if (
        not isinstance(function, FunctionType)
        or function in seen
        or not function.__module__.startswith(_PACKAGE)
    ):
        return
    seen.add(function)
    module = inspect.getmodule(function)
    tree = _functions(module).get(function.__code__.co_firstlineno) if module else None
    for node in ast.walk(tree) if tree else ():
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr == "params" and node.args:
            named = function.__globals__.get(getattr(node.args[0], "id", ""))
            if isinstance(named, type) and issubclass(named, msgspec.Struct):
                yield named
        elif isinstance(node.func, ast.Name):
            yield from _asked_for(function.__globals__.get(node.func.id), seen)


@cache
def _functions(module: ModuleType) -> dict[int, ast.AST]:
    """The functions of a module by the line that they begin at, decorators included."""
    return {
        min([node.lineno, *(one.lineno for one in node.decorator_list)]): node
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
