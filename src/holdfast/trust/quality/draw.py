"""Use cases: what is looked at again is drawn, by a seed that is kept and that nobody could know before.

Second looks are drawn by a seed made for the purpose, so that whoever decides cannot know which decisions are judged twice.
Samples of public posts are drawn by the root of the ledger's last signed tree, which is made of what others did too and is
public: an outsider who has the posts can do the draw again (`pure/draws`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.crypto import random_bytes
from ...platform.db import Row, Tx
from ...platform.ids import id_at
from ...pure.draws import in_share
from ...records import ledger
from ...screening import Lane
from .. import cases
from ..cases import CaseId, Signal, Source
from ..decisions import Ruling
from ..effects import ActionKind
from ..staff_actions import Subject, SubjectKind
from . import store
from .model import SEVERITY, LookKind, judgement_of

DRAWN_UNTIL: Final = "second_looks_drawn_until"
"""Its row of the table `facts`: the decision up to which all had their draw."""
AT_ONCE: Final = 500
_SETTLE = timedelta(seconds=60)
"""A decision gets its id before it is committed, so the last minute waits for the next draw."""
_LANES: Final[dict[str, Lane]] = {"P0": "P0", "P1": "P1", "P2": "P2", "P3": "P3", "P4": "P4"}

_DECIDED_SQL = """
select d.id, d.case_id, d.actor_id, d.made_by, coalesce(d.lane, c.lane) as lane, d.policy_id, d.ruling::text as ruling,
       c.language, c.category, c.subject_kind, c.subject_key, c.account_id,
       (select count(*) from case_members m where m.case_id = c.id and m.subject_kind = 'post') as posts
from decisions d join cases c on c.id = d.case_id
where d.id > $1 and d.id <= $2 and d.kind = 'case' and d.undone_at is null and c.track = 'main' and c.subject_kind in ('post', 'account')
order by d.id limit $3
"""
_THEIRS_SQL = """
select d.id, d.case_id, d.actor_id, d.made_by, coalesce(d.lane, c.lane) as lane, d.policy_id, d.ruling::text as ruling,
       c.language, c.category, c.subject_kind, c.subject_key, c.account_id
from decisions d join cases c on c.id = d.case_id
where d.actor_id = $1 and d.made_at >= $2 and d.kind = 'case' and d.undone_at is null and c.track = 'main'
  and c.subject_kind in ('post', 'account')
  and not exists (select 1 from quality_looks l where l.first_decision_id = d.id and l.kind in ('second', 'wide', 'requeue'))
order by d.id desc limit $3
"""
# Nothing flagged them, nobody reported them, no case holds them.
_UNTOUCHED = """
from posts p where p.id > $1 and p.id <= $2 and p.visibility = 0 and p.state = 0 and p.boost_of_id is null
  and p.imported is null
  and not exists (select 1 from post_verdicts v where v.post_id = p.id and v.action <> 'allow')
  and not exists (select 1 from report_posts r where r.post_id = p.id)
  and not exists (select 1 from case_members m where m.subject_kind = 'post' and m.subject_key = p.id::text)
"""
_POPULATION_SQL = f"select count(*) {_UNTOUCHED}"
_DRAW_SQL = f"""
select p.id, p.account_id, p.language {_UNTOUCHED}
order by sha256($3::bytea || convert_to(p.id::text, 'UTF8')) limit $4
"""
_rulings = msgspec.json.Decoder(Ruling)


async def draw_second_looks(tx: Tx, shares: Mapping[str, float], *, wide_posts: int = 0, now: Instant) -> int:
    """Draw from the decisions since the last time; how many are looked at again. A periodic action of the workers.

    shares: for each lane, 0 to 1. What a rule or the model decided by itself in lane P0 is always looked at, and so is a
    decision that took away at least `wide_posts` posts (0: no such); that one is not part of the draw.
    """
    await tx.execute("insert into facts (name, value) values ($1, '0') on conflict do nothing", DRAWN_UNTIL)
    kept = int(await tx.fetchval("select value from facts where name = $1 for update", DRAWN_UNTIL))
    until = id_at(now - _SETTLE)
    rows = await tx.fetch(_DECIDED_SQL, kept, until, AT_ONCE)
    await store.keep_fact(tx, DRAWN_UNTIL, rows[-1]["id"] if len(rows) == AT_ONCE else max(until, kept))
    if not rows:
        return 0
    seed = random_bytes(32)
    chosen = [row for row in rows if _is_drawn(row, seed, shares)]
    draw_id = await store.insert_draw(
        tx, "second", seed=seed, source="recorded", tree_size=None, log=None, from_id=kept, until_id=rows[-1]["id"],
        population=len(rows), drawn=len(chosen), now=now,
    )  # fmt: skip
    opened = 0
    for row in chosen:
        opened += await look_again(tx, row, LookKind.SECOND, draw_id=draw_id, now=now) is not None
    await store.set_drawn(tx, draw_id, opened)
    for row in rows:
        if row not in chosen and _is_wide(row, wide_posts):
            opened += await look_again(tx, row, LookKind.WIDE, draw_id=None, now=now) is not None
    return opened


async def requeue(tx: Tx, account_id: int, *, since: Instant, most: int, now: Instant) -> int:
    """Look again at what somebody decided since then, the newest first; how many."""
    opened = 0
    for row in await tx.fetch(_THEIRS_SQL, account_id, since, most):
        opened += await look_again(tx, row, LookKind.REQUEUE, draw_id=None, now=now) is not None
    return opened


async def look_again(tx: Tx, row: Row, kind: LookKind, *, draw_id: int | None, now: Instant) -> CaseId | None:
    """A second look at a decision, for anybody but whoever made it; None while another one at the same is open."""
    if await cases.open_case_of(tx, row["subject_kind"], row["subject_key"], track=cases.REVIEW) is not None:
        return None
    subject = Subject(SubjectKind(row["subject_kind"]), int(row["subject_key"]), account_id=row["account_id"])
    excluded = () if row["actor_id"] is None else (row["actor_id"],)
    signal = Signal(
        Source.REVIEW, subject, row["category"], _LANES[row["lane"]], language=row["language"], track=cases.REVIEW,
        excluded=excluded, parent_id=row["case_id"], fresh=True,
    )  # fmt: skip
    case_id = await cases.open_or_join(tx, signal, now=now)
    await store.insert_look(
        tx, kind, case_id, lane=row["lane"], policy=row["policy_id"], language=row["language"],
        first_decision_id=row["id"], first_reviewer_id=row["actor_id"], draw_id=draw_id,
        expected=judgement_of(_rulings.decode(row["ruling"])), now=now,
    )  # fmt: skip
    return case_id


def _is_drawn(row: Row, seed: bytes, shares: Mapping[str, float]) -> bool:
    if row["actor_id"] is None:
        return row["made_by"] in ("rules", "model") and row["lane"] == "P0"
    return in_share(seed, str(row["id"]), shares.get(row["lane"], 0.0))


def _is_wide(row: Row, wide_posts: int) -> bool:
    taken = judgement_of(_rulings.decode(row["ruling"])).severity >= SEVERITY[ActionKind.HIDE]
    return bool(0 < wide_posts <= row["posts"] and taken)


async def draw_sample(tx: Tx, most: int, *, now: Instant) -> int:
    """Draw public posts that nothing flagged, of the time since the last draw; how many wait to be looked at."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('quality sample', 0))")
    last = await tx.fetchval("select max(until_id) from quality_draws where kind = 'sample'")
    after = last if last is not None else id_at(now - timedelta(days=1))
    checkpoint = await ledger.latest_checkpoint(tx)
    # Posts from before the tree was signed: whoever wrote them could not know its root.
    by_tree = checkpoint is not None and id_at(checkpoint.signed_at) > after
    until = id_at(checkpoint.signed_at) if checkpoint is not None and by_tree else id_at(now - _SETTLE)
    if until <= after or most <= 0:
        return 0
    seed = checkpoint.root if checkpoint is not None and by_tree else random_bytes(32)
    population = await tx.fetchval(_POPULATION_SQL, after, until)
    rows = await tx.fetch(_DRAW_SQL, after, until, seed, most)
    draw_id = await store.insert_draw(
        tx, "sample", seed=seed, source="checkpoint" if by_tree else "recorded",
        tree_size=checkpoint.size if checkpoint is not None and by_tree else None,
        log=checkpoint.log if checkpoint is not None and by_tree else None, from_id=after, until_id=until,
        population=population, drawn=len(rows), now=now,
    )  # fmt: skip
    for row in rows:
        signal = Signal(
            Source.SAMPLE, Subject.post(row["id"], row["account_id"]), "sample", "P4", language=row["language"],
            track=cases.SAMPLE, fresh=True,
        )  # fmt: skip
        case_id = await cases.open_or_join(tx, signal, now=now)
        await store.insert_look(
            tx, LookKind.SAMPLE, case_id, lane="P4", language=row["language"], draw_id=draw_id, now=now
        )
    public = {
        "source": "checkpoint" if by_tree else "recorded", "seed": base64.b64encode(seed).decode(),
        "population": population, "drawn": len(rows),
    }  # fmt: skip
    await ledger.append(tx, ledger.Entry(kind=ledger.Kind.QUALITY_DRAW, public=public), now=now)
    return len(rows)
