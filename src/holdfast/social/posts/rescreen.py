"""Use case: stored posts get the verdict of another version of the screening."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...platform.ids import new_id
from ...screening import Verdict
from .decide import decide_post
from .events import PostFlagged, PostHeld
from .model import PostState

NOTE_HOLD_AS_FLAG: Final = "note.hold_as_flag"
"""In a verdict's rules: it asked to hold a post that people can see already, which was flagged instead."""


class Rejudged(msgspec.Struct, frozen=True):
    """A new verdict on a post as it was when it had last been edited at `edited_at`."""

    post_id: int
    edited_at: Instant | None
    verdict: Verdict


class Rescreened(msgspec.Struct):
    """What became of posts. `recorded`: verdicts written, those of the next three lines among them; `decided`: flagged
    or held posts that a person released before, which stay as they are; `skipped`: edited, judged or deleted meanwhile."""

    recorded: int = 0
    flagged: int = 0
    held: int = 0
    decided: int = 0
    skipped: int = 0

    def add(self, other: Rescreened) -> None:
        """Count another batch in."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_LOCK_SQL = "select 1 from posts where id = any($1::bigint[]) order by id for update"

_NOW_SQL = """
select p.id, p.state, p.edited_at, v.reason,
       case when v.at >= coalesce(p.edited_at, p.created_at) then v.action end as action,
       case when v.at >= coalesce(p.edited_at, p.created_at) then v.version end as version,
       p.state = 0 and exists (select 1 from post_verdicts h where h.post_id = p.id and h.action = 'hold'
                               and h.at >= coalesce(p.edited_at, p.created_at)) as released
from posts p
left join lateral (select action, version, reason, at from post_verdicts where post_id = p.id order by id desc limit 1) v
  on true
where p.id = any($1::bigint[]) order by p.id for key share of p
"""

_INSERT_SQL = """
insert into post_verdicts (id, post_id, action, lane, rules, scores, evidence, version, reason, at)
select id, post_id, action, lane, array(select jsonb_array_elements_text(rules::jsonb)), scores::jsonb, evidence::jsonb,
       version, reason, $10
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
  as new (id, post_id, action, lane, rules, scores, evidence, version, reason)
"""


async def rescreen_posts(tx: Tx, judged: list[Rejudged], *, may_hold: bool, now: Instant) -> Rescreened:
    """Write the verdicts and act on them; a post that has a verdict of this version is left alone.

    Nothing is refused after the fact. A post that people can see is hidden only when `may_hold`, else flagged. A held
    or withdrawn post stays so, and a post that a person released is neither flagged nor held again.
    """
    done = Rescreened()
    to_hold = [one.post_id for one in judged if may_hold and one.verdict.action in ("hold", "refuse")]
    if to_hold:
        # Before the weaker lock of all, which could not be raised while an edit waits for it.
        await tx.execute(_LOCK_SQL, to_hold)
    rows = {row["id"]: row for row in await tx.fetch(_NOW_SQL, [one.post_id for one in judged])}
    verdicts: list[tuple[int, Verdict]] = []
    hide: list[int] = []
    for one in judged:
        row = rows.get(one.post_id)
        if row is None or row["edited_at"] != one.edited_at or row["version"] == one.verdict.version:
            done.skipped += 1
            continue
        verdict = _effective(one.verdict, row, may_hold)
        verdicts.append((one.post_id, verdict))
        if row["state"] != PostState.VISIBLE or verdict.action == "allow":
            continue
        if row["released"]:
            done.decided += 1
        elif verdict.action == "hold":
            hide.append(one.post_id)
        elif row["action"] in (None, "allow"):
            done.flagged += 1
            tx.emit(PostFlagged(one.post_id))
    await _insert(tx, verdicts, now)
    for post_id in hide:
        await decide_post(tx, post_id, PostState.HELD)
        tx.emit(PostHeld(post_id))
    done.recorded, done.held = len(verdicts), len(hide)
    return done


def _effective(verdict: Verdict, row: Row, may_hold: bool) -> Verdict:
    """The verdict with the action that is taken."""
    if row["state"] != PostState.VISIBLE:
        # Its author is still told why it is not shown.
        return msgspec.structs.replace(verdict, reason=verdict.reason or row["reason"])
    if verdict.action not in ("hold", "refuse"):
        return verdict
    if may_hold and not row["released"]:
        return msgspec.structs.replace(verdict, action="hold")
    return msgspec.structs.replace(verdict, action="flag", rules=[*verdict.rules, NOTE_HOLD_AS_FLAG])


async def _insert(tx: Tx, verdicts: list[tuple[int, Verdict]], now: Instant) -> None:
    if not verdicts:
        return
    await tx.execute(
        _INSERT_SQL,
        [new_id(now) for _ in verdicts],
        [post_id for post_id, _ in verdicts],
        [verdict.action for _, verdict in verdicts],
        [verdict.lane for _, verdict in verdicts],
        [msgspec.json.encode(verdict.rules).decode() for _, verdict in verdicts],
        [msgspec.json.encode(verdict.scores).decode() for _, verdict in verdicts],
        [msgspec.json.encode(verdict.evidence).decode() for _, verdict in verdicts],
        [verdict.version for _, verdict in verdicts],
        [verdict.reason for _, verdict in verdicts],
        now,
    )
