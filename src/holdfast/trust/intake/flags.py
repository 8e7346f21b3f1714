"""Reactions: what screening holds or flags becomes a case. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...social.posts import PostFlagged, PostHeld, PostState
from .. import cases
from ..policies import policy_about
from ..staff_actions import Subject

_VERDICT_SQL = """
select p.account_id, p.language, p.state, v.action, v.lane, v.rules, v.scores::text as scores, v.version
from posts p join post_verdicts v on v.post_id = p.id
where p.id = $1 and v.action <> 'allow' order by v.id desc limit 1
"""
_scores = msgspec.json.Decoder(dict[str, float])
_SURE = 0.5


async def take_flagged(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostHeld, PostFlagged: the last verdict is a signal about the post."""
    event = msgspec.json.decode(payload, type=PostHeld | PostFlagged)
    row = await tx.fetchrow(_VERDICT_SQL, event.post_id)
    if row is None:
        return  # deleted meanwhile
    scores, rules = _scores.decode(row["scores"]), tuple(row["rules"])
    heads = [name for name, score in scores.items() if score >= _SURE]
    policy = await policy_about(tx, [*rules, *heads], now)
    signal = cases.Signal(
        source=cases.Source.RULE
        if any(not one.startswith("note.") for one in rules)
        else cases.Source.SCREENING,
        subject=Subject.post(event.post_id, row["account_id"]),
        category=category_of(scores, rules),
        lane=row["lane"] or "P3",
        severity=max(scores.values(), default=0.0),
        rules=rules,
        policy=None if policy is None else policy.reference,
        version=row["version"],
        language=row["language"],
        hidden=row["state"] == PostState.HELD,
    )
    await cases.open_or_join(tx, signal, now=now)


def category_of(scores: dict[str, float], rules: tuple[str, ...]) -> str:
    """What a verdict says that a post is: the head that is surest, else what the first rule's name begins with."""
    heads = {name: score for name, score in scores.items() if name != "violence"}
    surest = max(heads, key=lambda name: heads[name], default="")
    if surest and heads[surest] >= _SURE:
        return surest
    named = next((rule for rule in rules if not rule.startswith("note.")), "")
    return named.partition(".")[0] or surest or "other"
