"""Who of the staff acts, on what, and what is kept of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...pure.permissions import Permission, outranks, permits
from ...social.accounts import Actor
from .errors import NotYourRank, RoleLacks
from .projection import NO_CHANGE, Change


class ActorKind(StrEnum):
    """What kind of actor an event of the log is by."""

    STAFF = "staff"
    OPERATOR = "operator"  # the command line
    CLOCK = "clock"  # something whose time came
    RULES = "rules"  # a rule of screening, a breaker
    MODEL = "model"
    REPORTER = "reporter"  # somebody who said that something is wrong; a pseudonym at most
    PEER = "peer"  # another server
    AUTHOR = "author"  # whose post or account it is


class LogActor(msgspec.Struct, frozen=True):
    """Whose event it is. `account_id`: of members of the staff alone; everybody else is known by the kind, and by a
    pseudonym where the same one is to be known again. `role`: of the staff."""

    kind: ActorKind
    account_id: int | None = None
    role: str = ""
    name: str | None = None


class Staff(msgspec.Struct, frozen=True):
    """Who acts. `account_id` None: the operator at the command line, or the server itself by its clock."""

    account_id: int | None
    role: str
    kind: ActorKind = ActorKind.STAFF

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


OPERATOR = Staff(None, "owner", ActorKind.OPERATOR)
"""The command line: whoever can run it owns the machine."""
CLOCK = Staff(None, "owner", ActorKind.CLOCK)
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
    HOLD = "hold"
    EVIDENCE = "evidence"
    MEDIA = "media"
    MESSAGE = "message"
    CASE = "case"
    QUEUE = "queue"
    SIGN_UP = "sign_up"  # those that look like a pattern
    DECISION = "decision"  # one that is about no case
    BREAKER = "breaker"  # of the backlog


class Subject(msgspec.Struct, frozen=True):
    """What was acted on: by id, or by name where there is none that others know."""

    kind: SubjectKind
    id: int | None = None
    name: str | None = None
    account_id: int | None = None

    @property
    def key(self) -> str:
        """What names it among its kind."""
        return str(self.id) if self.id is not None else self.name or ""

    @classmethod
    def account(cls, account_id: int) -> Subject:
        """An account."""
        return cls(SubjectKind.ACCOUNT, account_id, account_id=account_id)

    @classmethod
    def post(cls, post_id: int, account_id: int | None) -> Subject:
        """A post, and whose it is."""
        return cls(SubjectKind.POST, post_id, account_id=account_id)


class Why(msgspec.Struct, frozen=True):
    """`reason` is for the staff, `policy` is what the member is told, `report_id` what it was about."""

    reason: str = ""
    policy: str = ""
    report_id: int | None = None


NO_REASON = Why()


class Versions(msgspec.Struct, frozen=True):
    """What an event was decided by: `policy` as id@version, `rule` as id@fingerprint, `model` by its file's hash."""

    policy: str | None = None
    rule: str | None = None
    model: str | None = None


NO_VERSIONS = Versions()


class StaffAction(msgspec.Struct, frozen=True):
    """One row of the log. `subject_seq` counts the events of its subject; `prior_state` is the digest of the status
    before it; `record_id` its leaf in the ledger."""

    id: int
    actor_id: int | None
    actor_role: str
    verb: str
    subject: Subject
    why: Why
    details: dict[str, Any]
    at: Instant
    actor_kind: ActorKind = ActorKind.STAFF
    actor_name: str | None = None
    versions: Versions = NO_VERSIONS
    case_id: int | None = None
    decision_id: int | None = None
    change: Change = NO_CHANGE
    subject_seq: int = 0
    prior_state: str | None = None
    record_id: str | None = None


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
