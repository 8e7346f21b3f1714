"""What a row says of who of the staff may do what; the rows are in access_staff.py and access_desk.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ROLES = ("member", "moderator", "admin", "owner")


@dataclass(frozen=True)
class StaffRow:
    """`lowest`: the lowest role that may. `scope`: the narrowest that does. `thing`: what stands for the placeholder of
    the path. `code`: the answer to who may. `makes`: what is not there is made, so a made-up name is no mistake."""

    lowest: str
    scope: str
    thing: str = ""
    code: int = 200
    form: dict[str, Any] = field(default_factory=dict)
    makes: bool = False
