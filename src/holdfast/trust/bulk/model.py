"""What is asked for in bulk, and what a plan to decide about it says: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from ...platform.clock import Instant
from ..decisions import Involved, Planned, Ruling, Target
from ..effects import NewEffect, SubjectKind
from .errors import QueryNotAllowed

SAMPLE_SIZE = 20
LARGEST_SHOWN = 20
TEXT_CHARACTERS = 500


class BulkQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which posts; what is left out does not ask.

    rule, rule_version: a screening rule that hit, and the version of its file, as NAME@N+HASH or N alone. domain: of
    the author's server. link: an address or host in the text. text: something that the text contains, in any case.
    verdict: what screening said last. reverts: ask for what the rule did by itself (posts that it holds and that no other
    rule hit, and what decisions by the rule did), to be taken back.
    """

    account_id: int | None = None
    rule: str = ""
    rule_version: str = ""
    since: Instant | None = None
    until: Instant | None = None
    domain: str = ""
    link: str = ""
    text: str = ""
    verdict: Literal["", "allow", "flag", "hold"] = ""
    reverts: bool = False


class BulkLimits(msgspec.Struct, frozen=True):
    """How much may be decided about at once; both are settings."""

    most: int = 100_000
    second_person_above: int = 500


class Found(msgspec.Struct, frozen=True):
    """A post that a query found, with its state: what a plan's digest is of."""

    post_id: int
    account_id: int
    state: int


class Counted(msgspec.Struct, frozen=True):
    """An account, and how many of its posts were found."""

    person: Involved
    posts: int


class BulkPlan(msgspec.Struct, frozen=True):
    """A plan as it is kept. `digest` names everything that it would do."""

    id: int
    query: BulkQuery
    ruling: Ruling
    found: int
    accounts: int
    digest: str
    reason: str
    planned_by: int | None
    planned_at: Instant
    approved_by: int | None
    approved_at: Instant | None
    decision_id: int | None
    run_at: Instant | None

    def needs_second(self, limits: BulkLimits) -> bool:
        """Whether another person has to agree."""
        return self.found > limits.second_person_above


class BulkPreview(msgspec.Struct, frozen=True):
    """A plan with what a person has to look at before it is run. `sample`: ids of posts, drawn without a choice."""

    plan: BulkPlan
    sample: list[int]
    largest: list[Counted]
    planned: list[Planned]
    told: int


def check(query: BulkQuery, now: Instant) -> None:
    """Raises QueryNotAllowed."""
    asks = (query.account_id, query.rule, query.domain, query.link, query.text, query.verdict, query.since)
    if not any(asks):
        raise QueryNotAllowed(
            "ask for something: an account, a rule, a domain, a link, a text, a verdict or a time"
        )
    if query.rule_version and not query.rule:
        raise QueryNotAllowed("rule_version goes with rule")
    if query.since and query.until and query.since >= query.until:
        raise QueryNotAllowed("since must be earlier than until")
    if len(query.text) > TEXT_CHARACTERS or len(query.link) > TEXT_CHARACTERS:
        raise QueryNotAllowed(f"text and link must not have more than {TEXT_CHARACTERS} characters")
    if query.text and len(query.text.strip()) < 3:
        raise QueryNotAllowed("text must have at least 3 characters")
    if query.reverts and not query.rule:
        raise QueryNotAllowed("to revert, name the rule")


def digest_of(
    found: Sequence[Found], ruling: Ruling, query: BulkQuery, automatic: Sequence[NewEffect] = ()
) -> str:
    """Names what a plan would do: 32 hexadecimal digits. Another post, another state, another ruling: another digest.

    automatic: besides the posts, what is given another value.
    """
    digest = hashlib.sha256(msgspec.json.encode([query, ruling, automatic]))
    for one in sorted(found, key=lambda one: one.post_id):
        digest.update(b"%d %d\n" % (one.post_id, one.state))
    return digest.hexdigest()[:32]


def sample_of(found: Sequence[Found], digest: str) -> list[int]:
    """Some of what was found, drawn by the digest: nobody chooses them, and everybody can draw them again."""

    def lot(one: Found) -> bytes:
        return hashlib.sha256(f"{digest} {one.post_id}".encode()).digest()

    return [one.post_id for one in sorted(found, key=lot)[:SAMPLE_SIZE]]


def targets_of(found: Sequence[Found]) -> list[Target]:
    """The posts as a decision takes them."""
    return [Target(SubjectKind.POST, str(one.post_id), one.account_id, one.state == 1) for one in found]
