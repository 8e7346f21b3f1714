"""The kinds of records, each with the public fields that its leaves may carry.

A leaf is public for ever, so its fields are codes, counts and times, never text, addresses, names, or plain hashes of
what members wrote; those go into `private`, which leaves only commitments behind. A kind is one line: its name, then
its fields as `name` (a code) or `name:type`.

    code    a short token: policy@version, an action, a lane, a basis, an outcome, a time bucket such as under-1h
    count   a whole number from 0
    flag    true or false
    time    an instant to the second, RFC 3339 in UTC
    counts  tokens with a count each
    digest  base64 of 32 bytes, of something that is public itself: a policy text, a rule file, a tree
    line    a key or a signature of a log: base64, names and '+'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from .errors import NotForLeaves

_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+:-]{0,63}")
_CODE_CHARACTERS = 64
# As long as an MD5 or more: somebody's hash of something.
_HASH_LIKE = re.compile(r"[0-9a-fA-F]{32}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DIGEST = re.compile(r"[A-Za-z0-9+/]{43}=")
_LINE = re.compile(r"[A-Za-z0-9+/=._:-]{1,300}")
_COUNT_MAX = (1 << 53) - 1
COUNTS_MAX = 200
"""Tokens in one field of counts."""


def _is_code(value: object) -> bool:
    return isinstance(value, str) and bool(_CODE.fullmatch(value)) and not _HASH_LIKE.search(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _COUNT_MAX


def _is_counts(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) <= COUNTS_MAX
        and all(_is_code(key) and _is_count(one) for key, one in value.items())
    )


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


TYPES: Mapping[str, Callable[[object], bool]] = {
    "code": _is_code,
    "count": _is_count,
    "flag": lambda value: isinstance(value, bool),
    "time": _matches(_TIME),
    "counts": _is_counts,
    "digest": _matches(_DIGEST),
    "line": _matches(_LINE),
}


class Kind(StrEnum):
    """What a record is about. The value is the leaf's `k`."""

    _public: Mapping[str, str]

    def __new__(cls, value: str, public: str = "") -> Kind:
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind._public = {name: of or "code" for name, _, of in (one.partition(":") for one in public.split())}
        return kind

    # Notices from outside
    NOTICE_RECEIVED = "notice.received", "lane basis channel jurisdiction urgency items:count deadline:time"
    NOTICE_ITEM = "notice.item", "lane basis outcome items:count found item:count role"
    NOTICE_STEP = "notice.step", "step state basis role cause outcome"
    NOTICE_MESSAGE = "notice.message", "channel cause outcome"
    NOTICE_CLOCK = "notice.clock", "clock state basis bound lane percent:count deadline:time role"
    NOTICE_PRESETS = "notice.presets", "digest:digest presets:count role"
    NOTICE_ACK = "notice.ack", "channel outcome took"
    NOTICE_REPLY = "notice.reply", "channel basis outcome took items:count"
    NOTICE_CLOSED = "notice.closed", "basis outcome took items:count"
    REFERRAL = "referral", "to basis channel lane"
    DISCLOSURE = "disclosure", "to basis outcome items:count"
    # Reports, cases, decisions
    REPORT_RECEIVED = "report.received", "category lane channel posts:count"
    CASE_OPENED = "case.opened", "lane source basis automation rule policy"
    ACTION_TAKEN = "action.taken", "action policy basis automation lane role rule model outcome"
    DECISION = (
        "decision",
        "policy action basis automation lane outcome took role ground rule model template members:count",
    )
    DECISION_REVERSED = (
        "decision.reversed",
        "policy action basis automation lane outcome cause took role rule",
    )
    SOR_SENT = "sor.sent", "policy ground automation basis channel action"
    SOR_HELD = "sor.held", "channel cause"
    APPEAL_OPENED = "appeal.opened", "policy action lane channel"
    APPEAL_DECIDED = "appeal.decided", "policy action outcome took role"
    JURY_SEATED = "jury.seated", "policy jurors:count"
    JURY_VOTE_COMMIT = "jury.vote_commit"
    JURY_VERDICT = "jury.verdict", "policy outcome jurors:count votes:counts"
    # Rules of the place and of the machine
    POLICY_PUBLISHED = "policy.published", "policy stage digest:digest language supersedes"
    RULE_STAGE = "rule.stage", "rule from to action lane permille:count automation cause digest:digest"
    CLASSIFIER_VERSION = "classifier.version", "version rules previous digest:digest"
    BREAKER = "breaker", "rule state stage:count from:count cause automation lane policy"
    QUALITY_LOOK = "quality.look", "look lane outcome error policy agreed:flag"
    QUALITY_DRAW = "quality.draw", "source seed:digest population:count drawn:count"
    BACKLOG_SAMPLE = (
        "backlog.sample",
        "open:counts oldest_seconds:counts held:count held_oldest_seconds:count",
    )
    # Records and their keeping
    HOLD_PLACED = "hold.placed", "scope basis subjects:count role"
    HOLD_RELEASED = "hold.released", "scope basis subjects:count role outcome"
    ERASURE = "erasure", "basis outcome bodies:count records:count"
    EXPORT_MADE = "export.made", "scope basis items:count redactions:count encrypted:flag digest:digest"
    UNSEALED = "unsealed", "basis"
    SEALED = "sealed"
    # The ledger itself
    CENSUS = (
        "census",
        "recorded:counts logged:counts sources:counts waiting:count oldest_seconds:count size:count matches:flag",
    )
    KEY_ROTATED = (
        "key.rotated",
        "old:line new:line old_signature:line new_signature:line cause generation:count",
    )
    CONTINUATION = "continuation", "origin:line size:count root:digest lost:count cause"
    # Independence of providers
    DRILL = (
        "drill",
        "outcome source rpo_seconds:count rto_seconds:count differences:count bytes:count digest:digest",
    )
    MIRROR_DEGRADED = "mirror.degraded", "state cause mirrors:count lag_seconds:count"
    RELAUNCH_NOTICE = "relaunch.notice", "sequence:count addresses:count digest:digest"

    @property
    def public_fields(self) -> Mapping[str, str]:
        """Name -> type of what the leaves of this kind may say."""
        return self._public


def code_of(text: str) -> str:
    """A name that people gave, of a rule or a model, as a code: what codes may not have becomes an underscore."""
    code = re.sub(r"[^A-Za-z0-9_.@+:-]", "_", text)[:_CODE_CHARACTERS] or "_"
    # As much of a hash as tells versions apart.
    code = _HASH_LIKE.sub(lambda found: found[0][:16] + "_", code)
    return code if code[0].isalnum() or code[0] == "_" else f"_{code}"[:_CODE_CHARACTERS]


def check_public(kind: Kind, public: Mapping[str, Any]) -> None:
    """Raise NotForLeaves, an error of the program, when a field is not one that this kind may carry."""
    for name, value in public.items():
        of = kind.public_fields.get(name)
        if of is None:
            raise NotForLeaves(
                f"{kind.value} has no public field {name!r}; add it in kinds.py, or make it private"
            )
        if not TYPES[of](value):
            raise NotForLeaves(f"{kind.value}.{name} must be a {of}, which {str(value)[:80]!r} is not")
