"""Holds an answer to what Mastodon.py declares of it: field by field, type by type, all the way down.

Mastodon.py itself is lenient: what is missing becomes None, what does not fit stays as it is. Other clients
are written in languages that are not, so here both are errors.
"""

from __future__ import annotations

import types
import typing
from datetime import datetime
from typing import Any, Union

from mastodon import return_types
from mastodon.types_base import AttribAccessDict, MaybeSnowflakeIdType

# What this server does not have, and what belongs to one use only of an entity that is declared once for all:
# the ends of the paths.
NOT_PROMISED = (
    # Newer than the version of the API that this server says it speaks.
    ".collection_limit", ".tagged_collections", ".feature_approval", ".wrapstodon", ".sign_up_url", ".fallback",
    ".collections", ".collection", ".optInServerDirectory", ".optInServerRecommendation",
    # Declared by the library, sent by no server that was looked at.
    ".invalid_handle", ".state",
    # Of the own account, of a muted one, of one that moved; of a limited one.
    ".source", ".role", ".mute_expires_at", ".moved", ".suspended", ".limited", ".memorial",
    # A post names the app and the hashtags; their own endpoints tell the rest.
    ".application.id", ".application.redirect_uri", ".application.redirect_uris", ".application.scopes",
    ".application.vapid_key", ".tags[].id", ".tags[].featuring", ".tags[].following", ".tags[].history",
    # Of hashtags, to those who administer them.
    ".requires_review", ".trendable", ".usable",
    # Of a version of a post that has a poll.
    "status_history[].poll",
    # Of notifications of kinds that do not happen here.
    ".report", ".relationship_severance_event", ".event", ".moderation_warning", ".status",
)  # fmt: skip


# The API writes these as text; the library makes numbers of them.
_NUMBERS_IN_TEXT = ("instance_activity[].",)


def differences(value: Any, hint: Any, path: str = "") -> list[str]:
    """Where `value`, decoded JSON, is not what `hint` says; empty when it is."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or hint is object:
        return []
    if origin in (Union, types.UnionType):
        return _of_union(value, arguments, path)
    if value is None:
        return [] if hint is type(None) else [f"{path} is null, not {_name(hint)}"]
    if hint is type(None):
        return [] if value == {} else [f"{path} is not empty"]
    if hint is MaybeSnowflakeIdType:
        return [] if isinstance(value, str) and value else [f"{path} is {value!r}, not an id in text"]
    if hint is datetime:
        return [] if _is_instant(value) else [f"{path} is {value!r}, not an instant"]
    if hint is int and path.startswith(_NUMBERS_IN_TEXT) and isinstance(value, str):
        return [] if value.isdigit() else [f"{path} is {value!r}, not a number in text"]
    if hint in (str, int, bool, float):
        return [] if type(value) is hint else [f"{path} is {value!r}, not {hint.__name__}"]
    if origin is dict:
        return _of_dict(value, arguments, path)
    if isinstance(origin or hint, type) and issubclass(origin or hint, list):
        return _of_list(value, arguments, path)
    if isinstance(hint, type) and issubclass(hint, AttribAccessDict):
        return _of_entity(value, hint, path)
    return [f"{path}: no rule for {hint!r}"]


def _name(hint: Any) -> str:
    return str(getattr(hint, "__name__", hint))


def _is_instant(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if value.isdigit():  # days of a history are seconds in text
        return True
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _of_union(value: Any, arguments: tuple[Any, ...], path: str) -> list[str]:
    if value is None and type(None) in arguments:
        return []
    possible = [argument for argument in arguments if argument is not type(None)]
    if isinstance(value, dict) and len(possible) > 1:
        # The kind that has most of the names that are there, so that what it lacks is told.
        possible.sort(key=lambda kind: len(value.keys() & _fields(kind).keys()), reverse=True)
        return differences(value, possible[0], path)
    return min((differences(value, argument, path) for argument in possible), key=len)


def _of_dict(value: Any, arguments: tuple[Any, ...], path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is no object"]
    inside = arguments[1] if len(arguments) == 2 else Any
    return [found for key, part in value.items() for found in differences(part, inside, f"{path}.{key}")]


def _of_list(value: Any, arguments: tuple[Any, ...], path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path} is no list"]
    inside = arguments[0] if arguments else Any
    return [found for part in value for found in differences(part, inside, f"{path}[]")]


def _of_entity(value: Any, kind: type[AttribAccessDict], path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is no object"]
    found: list[str] = []
    renamed = getattr(kind, "_rename_map", {})
    for name, hint in _fields(kind).items():
        name = renamed.get(name, name)
        at = f"{path}.{name}"
        if name not in value:
            if not at.endswith(NOT_PROMISED):
                found.append(f"{kind.__name__}: {at} is missing")
        else:
            found += [f"{kind.__name__}: {one}" for one in differences(value[name], hint, at)]
    return found


def _fields(kind: type[AttribAccessDict]) -> dict[str, Any]:
    if not (isinstance(kind, type) and issubclass(kind, AttribAccessDict)):
        return {}
    hints = typing.get_type_hints(kind, vars(return_types))
    return {name: hint for name, hint in hints.items() if not name.startswith("_")}
