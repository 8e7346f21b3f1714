"""The types of the table in `access.py`, for it and for the parts of it that stand in files of their own."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Codes:
    """Status codes; `anonymous` counts only where no token is needed."""

    owner: int
    stranger: int
    blocked: int
    anonymous: int


@dataclass(frozen=True)
class Row:
    """`acts_on`: kind of object (see `access_world.py`) to codes; the object's id stands for the placeholder
    of the path and for `{object}` in `form` and `query`."""

    acts_on: dict[str, Codes]
    form: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


ANY = Codes(200, 200, 200, 200)
NOBODYS = Codes(404, 404, 404, 404)
