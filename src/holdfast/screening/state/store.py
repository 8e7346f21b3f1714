"""Every statement that writes stages, trial hits and figures of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, cast

from holdfast.platform.clock import Instant
from holdfast.platform.db import Tx
from holdfast.platform.ids import new_id
from holdfast.platform.stamps import Kind
from holdfast.records import ledger
from holdfast.screening.lifecycle import (
    STEPS,
    Did,
    Stage,
    Standing,
    effective,
    may_follow,
    model_version_of,
)
from holdfast.screening.model import Verdict
from holdfast.screening.rules import Rule
from holdfast.screening.state.errors import StepNotAllowed

BREAKER: Final = "breaker"
"""Who takes the step when a rule runs away."""
QUALITY: Final = "quality"
"""Who takes the step when people overturn too much of what a rule did."""
_BY_ITSELF: Final = frozenset({BREAKER, QUALITY})
RULE_STANDINGS = 0
"""The id of the stamp that says that some rule took a step; labels have stamps of their own in `labels.py`."""


MAX_REASON_CHARACTERS = 1_000
HeadStage = Literal["live", "shadow"]


async def take_step(
    tx: Tx, rule: Rule, to: Stage, *, share: float = 1.0, taken_by: str, reason: str, now: Instant
) -> Standing:
    """Record that a rule goes to another stage; running processes follow when this commits.

    Raises StepNotAllowed when `STEPS` has no such step, or the share or the reason cannot be used.
    """
    rule_id = rule.source.id
    if not reason.strip() or len(reason) > MAX_REASON_CHARACTERS:
        raise StepNotAllowed(f"give a reason of 1 to {MAX_REASON_CHARACTERS} characters")
    if to == "canary" and not 0.0 < share < 1.0:
        raise StepNotAllowed("a canary needs a share of the authors between 0 and 1, such as --share 0.05")
    # Two steps at once: the second waits for the first and is judged by where that led.
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 2))", rule_id)
    row = await tx.fetchrow(
        "select stage, share, fingerprint from screening_rule_stages where rule_id = $1 order by id desc limit 1",
        rule_id,
    )
    recorded = Standing(cast(Stage, row["stage"]), row["share"], row["fingerprint"]) if row else None
    standing = effective(rule.source.stage, rule.fingerprint, recorded)
    if not may_follow(standing.stage, to):
        open_steps = ", ".join(STEPS[standing.stage])
        raise StepNotAllowed(f"{rule_id} is {standing.stage}: from there it can go to {open_steps}")
    taken = Standing(to, share if to == "canary" else 1.0, rule.fingerprint)
    await tx.execute(
        "insert into screening_rule_stages (id, rule_id, fingerprint, stage, share, taken_by, reason, at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(now), rule_id, taken.fingerprint, to, taken.share, taken_by, reason.strip(), now,
    )  # fmt: skip
    await _record(tx, rule, standing.stage, taken, taken_by=taken_by, reason=reason.strip(), now=now)
    tx.touch(Kind.SCREENING, RULE_STANDINGS)
    return taken


async def take_head_step(
    tx: Tx, head: str, version: str, to: HeadStage, *, taken_by: str, reason: str, now: Instant
) -> bool:
    """Record that an output of the model hides posts (live), or only flags them (shadow); whether that is news.

    `head`: as verdicts name it, such as model.incitement. `version`: of the screen that judged; the step counts for the
    model in it alone, so a new model begins live.
    """
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 2))", head)
    row = await tx.fetchrow(
        "select stage, fingerprint from screening_rule_stages where rule_id = $1 order by id desc limit 1",
        head,
    )
    model = model_version_of(version)
    before = row["stage"] if row is not None and row["fingerprint"] == model else "live"
    if before == to:
        return False
    await tx.execute(
        "insert into screening_rule_stages (id, rule_id, fingerprint, stage, share, taken_by, reason, at)"
        " values ($1, $2, $3, $4, 1, $5, $6, $7)",
        new_id(now), head, model, to, taken_by, reason.strip()[:MAX_REASON_CHARACTERS], now,
    )  # fmt: skip
    public = {
        "rule": ledger.code_of(head), "from": before, "to": to, "action": "hold",
        "automation": "full" if taken_by in _BY_ITSELF else "none",
    }  # fmt: skip
    private = {"taken_by": taken_by, "reason": reason, "fingerprint": model}
    await ledger.append(
        tx, ledger.Entry(kind=ledger.Kind.RULE_STAGE, public=public, private=private), now=now
    )
    tx.touch(Kind.SCREENING, RULE_STANDINGS)
    return True


async def _record(
    tx: Tx, rule: Rule, before: Stage, taken: Standing, *, taken_by: str, reason: str, now: Instant
) -> None:
    """What everybody may know of a step: which rule, from where to where. Who took it and why can be opened."""
    public = {
        "rule": ledger.code_of(rule.source.id),
        "from": before,
        "to": taken.stage,
        "lane": rule.source.lane,
        "action": rule.action,
        "permille": round(taken.share * 1000),
        "automation": "full" if taken_by in _BY_ITSELF else "none",
    }
    private = {"taken_by": taken_by, "reason": reason, "fingerprint": rule.fingerprint}
    await ledger.append(
        tx, ledger.Entry(kind=ledger.Kind.RULE_STAGE, public=public, private=private), now=now
    )


async def record_trial_hits(tx: Tx, post_id: int, verdict: Verdict, now: Instant) -> None:
    """Keep which rules on trial (shadow, canary) matched this version of a post."""
    hits = [(rule_id, "shadow") for rule_id in verdict.shadow_rules]
    hits += [(rule_id, "canary") for rule_id in verdict.canary_rules]
    if not hits:
        return
    await tx.execute(
        "insert into screening_rule_hits (id, rule_id, stage, post_id, version, at)"
        " select id, rule_id, stage, $4, $5, $6"
        " from unnest($1::bigint[], $2::text[], $3::text[]) as hit (id, rule_id, stage)",
        [new_id(now) for _ in hits], [one for one, _ in hits], [stage for _, stage in hits],
        post_id, verdict.version, now,
    )  # fmt: skip


async def add_figures(tx: Tx, slice_at: Instant, posts: int, did: Mapping[str, Did]) -> None:
    """Add what rules did in a process to their slice of time; `did` has every rule that ran."""
    # In one order, so that two processes never wait for each other in a circle.
    rows = sorted(did.items())
    await tx.execute(
        "insert into screening_rule_figures as f (rule_id, slice_at, posts, hits, authors, errors, asked, spent_us)"
        " select rule_id, $1, $2, hits, authors, errors, asked, spent_us from unnest($3::text[], $4::bigint[],"
        " $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])"
        " as did (rule_id, hits, authors, errors, asked, spent_us)"
        " on conflict (rule_id, slice_at) do update set posts = f.posts + excluded.posts,"
        " hits = f.hits + excluded.hits, authors = f.authors + excluded.authors, errors = f.errors + excluded.errors,"
        " asked = f.asked + excluded.asked, spent_us = f.spent_us + excluded.spent_us",
        slice_at, posts, [rule_id for rule_id, _ in rows], [one.hits for _, one in rows],
        [one.authors for _, one in rows], [one.errors for _, one in rows], [one.asked for _, one in rows],
        [one.spent_ns // 1_000 for _, one in rows],
    )  # fmt: skip


async def forget_figures(tx: Tx, before: Instant) -> None:
    """Remove figures of slices that began before then."""
    await tx.execute("delete from screening_rule_figures where slice_at < $1", before)
