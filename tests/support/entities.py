"""Checks an entity of the API against the types that Mastodon.py, a strict client, declares for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_type_hints

from mastodon import return_types

_PLAIN = {"bool": bool, "int": int, "str": str}
# Newer than the API version that this server says it speaks, or of the old API of accounts that moved.
_NOT_PROMISED = {
    "feature_approval",
    "mute_expires_at",
    "invalid_handle",
    "state",
    "source",
    "role",
    "collection_limit",
}


def problems(kind: str, entity: dict[str, Any]) -> list[str]:
    """What Mastodon.py's declaration of `kind` and the entity disagree about."""
    found = []
    for name, hint in get_type_hints(getattr(return_types, kind)).items():
        declared = str(getattr(hint, "__name__", hint))
        optional = "Optional" in str(hint) or "None" in str(hint)
        if name not in entity:
            if name not in _NOT_PROMISED:
                found.append(f"{name} is missing")
        elif entity[name] is None:
            if not optional:
                found.append(f"{name} is null")
        elif not optional and not _fits(declared, entity[name]):
            found.append(f"{name} is {entity[name]!r}, not {declared}")
    return found


def _fits(declared: str, value: Any) -> bool:
    if declared in _PLAIN:
        return type(value) is _PLAIN[declared]
    if declared in ("Union", "MaybeSnowflakeIdType"):  # an id, which Mastodon.py takes as text or number
        return isinstance(value, str) and value.lstrip("-").isdigit()
    if declared == "datetime":
        return isinstance(value, str) and isinstance(datetime.fromisoformat(value), date)
    return isinstance(value, list | dict)
