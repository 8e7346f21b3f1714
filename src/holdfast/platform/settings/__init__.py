"""Every setting of the server: one field, one type, one default, one sentence.

To add a setting, add a field to the class of its section, here or in one of the rooms inside: `serving`, `publishing`,
`moderating`, `keeping`. Each class adds to the one before, in this order, and `Settings` is all of them. The annotation carries
what the operator reads (`doc`, `unit`), the limits, and whether the value is secret; the default is the field's default.
`config.py` reads the values, `holdfast config show` prints them, and a test holds
docs/reference/settings.md to these files.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from .about import About, S
from .keeping import MirrorSettings

__all__ = ["SETTINGS", "About", "S", "Setting", "Settings"]


class Settings(MirrorSettings, frozen=True, kw_only=True):
    """The effective settings. Built by `config.load_settings`, or directly in tests."""

    # Sessions, tokens, passwords
    session_lifetime_days: Annotated[
        int, S("Longest life of a browser session.", unit="days", minimum=1, maximum=3650)
    ] = 365
    session_idle_days: Annotated[
        int, S("A browser session unused for this long ends.", unit="days", minimum=1, maximum=3650)
    ] = 30
    authorization_code_seconds: Annotated[
        int, S("Life of an OAuth authorization code.", unit="seconds", minimum=30, maximum=3600)
    ] = 600
    one_time_link_hours: Annotated[
        int, S("Life of a one-time sign-in link.", unit="hours", minimum=1, maximum=720)
    ] = 24
    idempotency_key_hours: Annotated[
        int, S("How long an Idempotency-Key is remembered.", unit="hours", minimum=1, maximum=168)
    ] = 1
    password_min_characters: Annotated[
        int, S("Shortest password.", unit="characters", minimum=8, maximum=128)
    ] = 8
    password_max_characters: Annotated[
        int, S("Longest password.", unit="characters", minimum=64, maximum=4096)
    ] = 256

    # Imports
    import_batch_rows: Annotated[
        int, S("Rows of an import that are loaded in one transaction.", minimum=1, maximum=20_000)
    ] = 2000

    # Caches
    freshness: Annotated[
        Literal["auto", "shared_memory", "database"],
        S("How web processes learn that a cached row changed; auto is shared_memory on one machine."),
    ] = "auto"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of `SETTINGS`: name, Python type, default and what the operator reads."""

    name: str
    type: Any
    default: Any
    about: About

    @property
    def environment(self) -> str:
        """The environment variable that sets it."""
        return f"HOLDFAST_{self.name.upper()}"


def _table() -> dict[str, Setting]:
    hints = typing.get_type_hints(Settings, include_extras=True)
    defaults = dict(zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True))
    rows = {}
    for name, hint in hints.items():
        kind, about = typing.get_args(hint)
        rows[name] = Setting(name, kind, defaults[name], about)
    return rows


SETTINGS: dict[str, Setting] = _table()
