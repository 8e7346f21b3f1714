"""What a ruling is, and what follows from one: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...social.bans import PatternField, PatternSeverity, read_file_hash, read_link, read_pattern
from ..effects import (
    BARRED,
    DISABLED,
    FROZEN,
    LABEL,
    LIMITED,
    OFF,
    ON,
    REACH,
    REPLIES,
    SENSITIVE,
    SENSITIZED,
    SEVERITY,
    STANDING,
    STRIKE,
    TOLD,
    VISIBILITY,
    ActionKind,
    NewEffect,
    SubjectKind,
)
from ..staff_actions import Versions
from ..templates import check_finished
from .errors import RulingNotAllowed

FACTS_CHARACTERS: Final = 5000
ADDED_CHARACTERS: Final = 2000
REASON_CHARACTERS: Final = 5000
ACTIONS_MOST: Final = 12
STRIKE_MOST: Final = 100
SWEEP_MOST: Final = 500
"""Posts that one person may withdraw by barring what they carry; for more, plan it in bulk."""
_LABEL = re.compile(r"[a-z][a-z0-9-]{1,38}")
_COUNTRY = re.compile(r"[A-Z]{2}")

ON_POSTS: Final[Mapping[ActionKind, tuple[str, str]]] = {
    ActionKind.HIDE: (VISIBILITY, "withdrawn"),
    ActionKind.WITHDRAW: (VISIBILITY, "withdrawn"),
    ActionKind.RESTORE: (VISIBILITY, "visible"),
    ActionKind.MARK_SENSITIVE: (SENSITIVE, ON),
    ActionKind.LIMIT_REACH: (REACH, ON),
    ActionKind.RESTRICT_REPLIES: (REPLIES, ON),
}
ON_ACCOUNTS: Final[Mapping[ActionKind, tuple[str, str]]] = {
    ActionKind.FREEZE: (FROZEN, ON),
    ActionKind.LIMIT: (LIMITED, ON),
    ActionKind.SENSITIZE: (SENSITIZED, ON),
    ActionKind.DISABLE: (DISABLED, ON),
    ActionKind.SUSPEND: (STANDING, "suspended"),
}
_ACCOUNTS_ONLY: Final = frozenset({*ON_ACCOUNTS, ActionKind.STRIKE, ActionKind.RESTRICT_SIGN_UPS})
NEEDS_USERS: Final = _ACCOUNTS_ONLY
"""What needs the permission to manage accounts, besides that to decide."""
LENIENT: Final = frozenset({ActionKind.RESTORE, ActionKind.NO_VIOLATION, ActionKind.DISMISS})
MAY_END: Final = frozenset({*ON_POSTS, *ON_ACCOUNTS, ActionKind.LABEL, ActionKind.STRIKE}) - {
    ActionKind.RESTORE, ActionKind.WITHDRAW,
}  # fmt: skip
INHERITED: Final = frozenset({*ON_POSTS, ActionKind.LABEL, ActionKind.NO_VIOLATION, ActionKind.DISMISS})
"""What a copy that comes later gets of the decision about the first: never what is about its author."""
SWEEPS: Final = frozenset({ActionKind.BLOCK_LINK, ActionKind.BLOCK_IMAGE})
_RESTORED: Final = ((STANDING, "active"), (FROZEN, OFF), (LIMITED, OFF), (SENSITIZED, OFF), (DISABLED, OFF))


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that is done. What a kind does not use is left out.

    until: when it ends by itself. label: for LABEL. severity: of a STRIKE, 1 to 100. field, pattern, response: for
    RESTRICT_SIGN_UPS. value: the link or file hash for BLOCK_LINK and BLOCK_IMAGE; existing: posts that carry it already are
    withdrawn too. authority, note, sealed: for REFER.
    """

    kind: ActionKind
    until: Instant | None = None
    label: str = ""
    severity: int = 0
    field: PatternField | None = None
    pattern: str = ""
    response: PatternSeverity = PatternSeverity.APPROVAL
    value: str = ""
    authority: str = ""
    note: str = ""
    sealed: bool = False
    existing: bool = False


class Ruling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is decided, with everything that the statement of reasons needs.

    policy: `id@version`, or an id for the version in effect. facts: what happened, told to the member. explanation: why
    that breaks the policy, where the policy's own words are not enough; ground: the same for the law or the term.
    template, values, added: what is said to the member besides. reason: for the staff alone. account_ids: whom actions
    on accounts are for; None for everybody whom the case is about. territory: countries as ISO 3166 codes; none: all.
    """

    actions: tuple[Action, ...]
    policy: str = ""
    facts: str = ""
    explanation: str = ""
    ground: str = ""
    template: str = ""
    values: Mapping[str, str] = {}
    added: str = ""
    reason: str = ""
    account_ids: tuple[int, ...] | None = None
    territory: tuple[str, ...] = ()

    def has(self, *kinds: ActionKind) -> bool:
        """Whether one of these is done."""
        return any(action.kind in kinds for action in self.actions)

    @property
    def restricts(self) -> bool:
        """Whether it takes something away, warns, or counts against somebody: then reasons are needed."""
        return any(
            action.kind not in LENIENT and action.kind is not ActionKind.REFER for action in self.actions
        )

    @property
    def outcome(self) -> str:
        """The code of what came of it."""
        if self.restricts or self.has(ActionKind.REFER):
            return "actioned"
        if self.has(ActionKind.RESTORE):
            return "restored"
        return "no_violation" if self.has(ActionKind.NO_VIOLATION) else "dismissed"


class Target(msgspec.Struct, frozen=True):
    """A post or an account that a decision is about. `held`: screening hides it until a person decides."""

    kind: SubjectKind
    key: str
    account_id: int | None
    held: bool = False


class Decision(msgspec.Struct, frozen=True):
    """A decision as the staff sees it. `settled_at`, `undo_settled_at`: when all that follows had been done."""

    id: int
    kind: str
    case_id: int | None
    parent_id: int | None
    plan_id: int | None
    actor_id: int | None
    actor_role: str
    made_by: str
    versions: Versions
    policy: str | None
    outcome: str
    ruling: Ruling
    subjects: int
    lane: str | None
    source_type: str
    automated_detection: bool
    automation: str
    action_id: int
    record_id: str
    made_at: Instant
    settled_at: Instant | None
    undone_at: Instant | None
    undone_by: int | None
    undone_reason: str | None
    undo_action_id: int | None
    undo_record_id: str | None
    undo_settled_at: Instant | None


def check(ruling: Ruling, now: Instant) -> Ruling:
    """The ruling in its one form. Raises RulingNotAllowed, BanNotAllowed, PlaceholderLeft."""
    kinds = [action.kind for action in ruling.actions]
    if not kinds or len(kinds) > ACTIONS_MOST:
        raise RulingNotAllowed("actions", f"must be 1 to {ACTIONS_MOST}")
    once = [
        kind
        for kind in kinds
        if kind not in (ActionKind.LABEL, ActionKind.BLOCK_LINK, ActionKind.BLOCK_IMAGE)
    ]
    if len(set(once)) < len(once):
        raise RulingNotAllowed("actions", "name the same thing twice")
    if ruling.has(ActionKind.NO_VIOLATION, ActionKind.DISMISS) and len(kinds) > 1:
        raise RulingNotAllowed("actions", "no_violation and dismiss stand alone")
    if ruling.has(ActionKind.RESTORE) and ruling.has(ActionKind.HIDE, ActionKind.WITHDRAW, *ON_ACCOUNTS):
        raise RulingNotAllowed("actions", "restore does not go with what takes away")
    if ruling.has(ActionKind.HIDE) and ruling.has(ActionKind.WITHDRAW):
        raise RulingNotAllowed("actions", "hide and withdraw are one or the other")
    if ruling.restricts and not ruling.policy:
        raise RulingNotAllowed("policy", "must be named: the member is told what the decision rests on")
    if ruling.restricts and not ruling.facts.strip():
        raise RulingNotAllowed("facts", "must say what happened: the member is told")
    for name, text, most in (
        ("facts", ruling.facts, FACTS_CHARACTERS), ("explanation", ruling.explanation, ADDED_CHARACTERS),
        ("ground", ruling.ground, 500), ("added", ruling.added, ADDED_CHARACTERS),
        ("reason", ruling.reason, REASON_CHARACTERS),
    ):  # fmt: skip
        if len(text) > most:
            raise RulingNotAllowed(name, f"must not have more than {most} characters")
    for text in (ruling.facts, ruling.explanation, ruling.ground, ruling.added):
        check_finished(text)
    if any(not _COUNTRY.fullmatch(code) for code in ruling.territory):
        raise RulingNotAllowed("territory", "holds something that is no country code such as FR")
    return msgspec.structs.replace(ruling, actions=tuple(_checked(action, now) for action in ruling.actions))


def _checked(action: Action, now: Instant) -> Action:
    kind = action.kind
    if action.until is not None:
        if kind not in MAY_END:
            raise RulingNotAllowed("until", f"cannot be given with {kind.value}")
        if action.until <= now:
            raise RulingNotAllowed("until", "must lie in the future")
    if action.existing and kind not in SWEEPS:
        raise RulingNotAllowed("existing", f"cannot be given with {kind.value}")
    if kind is ActionKind.LABEL and not _LABEL.fullmatch(action.label):
        raise RulingNotAllowed(
            "label", "must be 2 to 39 small letters, digits and hyphens, such as adults-only"
        )
    if kind is ActionKind.STRIKE and not 1 <= action.severity <= STRIKE_MOST:
        raise RulingNotAllowed("severity", f"of a strike must lie between 1 and {STRIKE_MOST}")
    if kind is ActionKind.RESTRICT_SIGN_UPS:
        if action.field is None:
            raise RulingNotAllowed("field", "must be username, email or reason")
        return msgspec.structs.replace(action, pattern=read_pattern(action.pattern))
    if kind is ActionKind.BLOCK_LINK:
        return msgspec.structs.replace(action, value=read_link(action.value))
    if kind is ActionKind.BLOCK_IMAGE:
        return msgspec.structs.replace(action, value=read_file_hash(action.value))
    if kind is ActionKind.REFER and not (action.authority.strip() and action.note.strip()):
        raise RulingNotAllowed("authority", "and note must say who is told, and what")
    return action


def effects_of(
    ruling: Ruling,
    decision_id: int,
    targets: Sequence[Target],
    members: Iterable[int],
    swept: Sequence[Target] = (),
) -> list[NewEffect]:
    """What a ruling does to the things it is about, in the order in which it is done; who is told comes last.

    `members`: those of the accounts to whom somebody can be told anything. `swept`: posts that carry what is barred; they
    are withdrawn, and nothing else is done to them or to whose they are.
    """
    concerned = {one.account_id for one in targets if one.account_id is not None}
    accounts = sorted(concerned if ruling.account_ids is None else concerned & set(ruling.account_ids))
    found: list[NewEffect] = []
    for action in ruling.actions:
        found += _on_posts(action, targets)
        found += _on_accounts(action, accounts, targets, decision_id)
        found += _elsewhere(action)
    known = {(one.kind, one.key, one.aspect) for one in found}
    found += [
        NewEffect(one.kind, one.key, VISIBILITY, "withdrawn", one.account_id)
        for one in swept
        if (one.kind, one.key, VISIBILITY) not in known
    ]
    touched = {one.account_id for one in found if one.account_id is not None}
    if ruling.has(ActionKind.WARN):
        touched |= set(accounts)
    if ruling.restricts or ruling.has(ActionKind.RESTORE):
        found += [
            NewEffect(SubjectKind.ACCOUNT, str(ident), TOLD, ON, ident)
            for ident in sorted(touched & set(members))
        ]
    return found


def _on_posts(action: Action, targets: Sequence[Target]) -> list[NewEffect]:
    posts = [one for one in targets if one.kind is SubjectKind.POST]
    if action.kind in (ActionKind.NO_VIOLATION, ActionKind.DISMISS):
        # What was hidden by a program until a person looks comes back: the person has looked.
        return [
            NewEffect(one.kind, one.key, VISIBILITY, "visible", one.account_id) for one in posts if one.held
        ]
    if action.kind is ActionKind.LABEL:
        aspect, value = f"{LABEL}{action.label}", ON
    elif action.kind in ON_POSTS:
        aspect, value = ON_POSTS[action.kind]
    else:
        return []
    return [NewEffect(one.kind, one.key, aspect, value, one.account_id, action.until) for one in posts]


def _on_accounts(
    action: Action, accounts: Sequence[int], targets: Sequence[Target], decision_id: int
) -> list[NewEffect]:
    if action.kind is ActionKind.RESTORE:
        named = [one.key for one in targets if one.kind is SubjectKind.ACCOUNT]
        return [
            NewEffect(SubjectKind.ACCOUNT, key, aspect, value, int(key))
            for key in named
            for aspect, value in _RESTORED
        ]
    if action.kind is ActionKind.STRIKE:
        aspect, value = f"{STRIKE}{decision_id}", str(action.severity)
    elif action.kind in ON_ACCOUNTS:
        aspect, value = ON_ACCOUNTS[action.kind]
    else:
        return []
    return [
        NewEffect(SubjectKind.ACCOUNT, str(ident), aspect, value, ident, action.until) for ident in accounts
    ]


def _elsewhere(action: Action) -> list[NewEffect]:
    if action.kind is ActionKind.RESTRICT_SIGN_UPS and action.field is not None:
        key = f"{action.field.value}:{action.pattern}"
        return [NewEffect(SubjectKind.SIGN_UP, key, SEVERITY, action.response.value)]
    if action.kind is ActionKind.BLOCK_LINK:
        return [NewEffect(SubjectKind.LINK, action.value, BARRED, ON)]
    if action.kind is ActionKind.BLOCK_IMAGE:
        return [NewEffect(SubjectKind.IMAGE, action.value, BARRED, ON)]
    return []


def inherited(ruling: Ruling) -> Ruling | None:
    """What a copy that comes later gets of a ruling; None when there is nothing for it."""
    actions = tuple(action for action in ruling.actions if action.kind in INHERITED)
    return msgspec.structs.replace(ruling, actions=actions, account_ids=None) if actions else None


def action_code(ruling: Ruling) -> str:
    """The actions as one token for the ledger."""
    return ".".join(action.kind.value for action in ruling.actions)[:64].rstrip(".")


def as_json(ruling: Ruling) -> dict[str, Any]:
    """The ruling with ids as text, since JSON numbers of that size are not read alike by everybody."""
    tree: dict[str, Any] = msgspec.to_builtins(ruling)
    if ruling.account_ids is not None:
        tree["account_ids"] = [str(ident) for ident in ruling.account_ids]
    return tree
