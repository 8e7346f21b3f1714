"""Who of the staff acts, on what, and what is kept of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...pure.permissions import Permission, outranks, permits
from ...social.accounts import Actor
from .errors import NotYourRank, RoleLacks


class Staff(msgspec.Struct, frozen=True):
    """Who acts. `account_id` None: the operator at the command line, or the server itself by its clock."""

    account_id: int | None
    role: str

    @classmethod
    def of(cls, actor: Actor) -> Staff:
        """A member with the role that the member has now."""
        return cls(actor.account_id, actor.role)

    def require(self, permission: Permission) -> None:
        """Raises RoleLacks when the role does not include it."""
        if not permits(self.role, permission):
            raise RoleLacks

    def require_above(self, account_id: int, role: str) -> None:
        """Raises NotYourRank for accounts of the same or a higher role, and for one's own."""
        if account_id == self.account_id or not outranks(self.role, role):
            if self.account_id is None and role == "owner":
                return  # the operator stands above everybody
            raise NotYourRank


OPERATOR = Staff(None, "owner")
"""The command line: whoever can run it owns the machine."""
CLOCK = Staff(None, "owner")
"""The server, where something ends because its time is over."""


class SubjectKind(StrEnum):
    """What can be acted on."""

    ACCOUNT = "account"
    POST = "post"
    REPORT = "report"
    SERVER = "server"
    MAIL_DOMAIN = "mail_domain"
    MAILBOX = "mailbox"
    NETWORK = "network"
    TAG = "tag"
    LINK = "link"


class Subject(msgspec.Struct, frozen=True):
    """What was acted on: by id, or by name where there is none that others know."""

    kind: SubjectKind
    id: int | None = None
    name: str | None = None
    account_id: int | None = None


class Why(msgspec.Struct, frozen=True):
    """`reason` is for the staff, `policy` is what the member is told, `report_id` what it was about."""

    reason: str = ""
    policy: str = ""
    report_id: int | None = None


NO_REASON = Why()


class StaffAction(msgspec.Struct, frozen=True):
    """One row of the record."""

    id: int
    actor_id: int | None
    actor_role: str
    verb: str
    subject: Subject
    why: Why
    details: dict[str, Any]
    at: Instant


class WarningKind(StrEnum):
    """What a member is told was done, as the Mastodon API's AccountWarning names it."""

    NONE = "none"
    DISABLE = "disable"
    MARK_SENSITIVE = "mark_statuses_as_sensitive"
    WITHDRAW = "delete_statuses"
    SENSITIVE = "sensitive"
    LIMIT = "silence"
    SUSPEND = "suspend"


class AccountWarning(msgspec.Struct, frozen=True):
    """What a member was told. Who decided is not part of it."""

    id: int
    account_id: int
    action: WarningKind
    text: str
    post_ids: list[int]
    created_at: Instant
