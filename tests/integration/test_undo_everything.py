"""Property: after any sequence of decisions and undoings everything is as a simple model says, counters included."""

from __future__ import annotations

import random

import msgspec
import pytest

from holdfast.trust.decisions import Action, Decision, Ruling
from holdfast.trust.effects import ActionKind
from holdfast.trust.staff_actions import Subject
from tests.support.rulings import case_about, decided, post_id, ruling, staff, taken_back
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration

STEPS = 24
POST_ACTIONS = (
    ActionKind.HIDE, ActionKind.WITHDRAW, ActionKind.RESTORE, ActionKind.MARK_SENSITIVE, ActionKind.LIMIT_REACH,
    ActionKind.RESTRICT_REPLIES, ActionKind.LABEL,
)  # fmt: skip
ACCOUNT_ACTIONS = (
    ActionKind.FREEZE,
    ActionKind.LIMIT,
    ActionKind.SENSITIZE,
    ActionKind.SUSPEND,
    ActionKind.STRIKE,
)
_CONFLICTS = {ActionKind.HIDE, ActionKind.WITHDRAW, ActionKind.RESTORE}


class World(msgspec.Struct):
    """What the model expects: of the post and of its author."""

    state: int = 0
    sensitive: bool = False
    limited_reach: bool = False
    closed_replies: bool = False
    label: bool = False
    frozen: bool = False
    limited: bool = False
    sensitized: bool = False
    suspended: bool = False
    strikes: int = 0


def expected(active: list[tuple[Decision, Ruling]]) -> World:
    """Replays the rulings that still hold, in the order in which they were made, on the world as it was."""
    world = World()
    for _, wanted in active:
        for action in wanted.actions:
            match action.kind:
                case ActionKind.HIDE | ActionKind.WITHDRAW:
                    world.state = 2
                case ActionKind.RESTORE:
                    world.state = 0
                case ActionKind.MARK_SENSITIVE:
                    world.sensitive = True
                case ActionKind.LIMIT_REACH:
                    world.limited_reach = True
                case ActionKind.RESTRICT_REPLIES:
                    world.closed_replies = True
                case ActionKind.LABEL:
                    world.label = True
                case ActionKind.FREEZE:
                    world.frozen = True
                case ActionKind.LIMIT:
                    world.limited = True
                case ActionKind.SENSITIZE:
                    world.sensitized = True
                case ActionKind.SUSPEND:
                    world.suspended = True
                case ActionKind.STRIKE:
                    world.strikes += 1
    return world


async def found(site: Site, author: Member, ident: int) -> World:
    row = await site.services.database.fetchrow(
        "select p.state, p.sensitive, p.limited_reach, p.closed_replies, 'misleading' = any(p.labels) as label,"
        " a.frozen_at is not null as frozen, a.limited_at is not null as limited,"
        " a.sensitized_at is not null as sensitized, a.state = 2 as suspended,"
        " (select count(*)::int from strikes where account_id = a.id) as strikes"
        " from posts p join accounts a on a.id = p.account_id where p.id = $1 and a.id = $2",
        ident, author.account_id,
    )  # fmt: skip
    assert row is not None
    return World(**dict(row))


def drawn(chance: random.Random) -> Ruling:
    kinds = chance.sample(POST_ACTIONS, chance.randint(0, 3)) + chance.sample(
        ACCOUNT_ACTIONS, chance.randint(0, 2)
    )
    clashing = [kind for kind in kinds if kind in _CONFLICTS]
    kinds = [kind for kind in kinds if kind not in clashing[1:]]
    if ActionKind.RESTORE in kinds:
        kinds = [kind for kind in kinds if kind not in ACCOUNT_ACTIONS or kind is ActionKind.STRIKE]
    details = {ActionKind.STRIKE: {"severity": 5}, ActionKind.LABEL: {"label": "misleading"}}
    return ruling(actions=tuple(Action(kind, **details.get(kind, {})) for kind in kinds or [ActionKind.WARN]))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 20260131, 77])
async def test_any_sequence_of_decisions_and_undoings_ends_as_the_model_says(site: Site, seed: int) -> None:
    chance = random.Random(seed)
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    parent = await ann.say("the first post of a thread")
    status = await ann.say("an answer #harbour", in_reply_to_id=parent["id"])
    ident, by = post_id(site, status), staff(mia)
    active: list[tuple[Decision, Ruling]] = []
    made = undone = 0
    for _ in range(STEPS):
        if active and chance.random() < 0.45:
            decision, _ = active.pop(chance.randrange(len(active)))
            await taken_back(site, by, decision)
            undone += 1
        else:
            wanted = drawn(chance)
            case = await case_about(site, Subject.post(ident, ann.account_id), fresh=True)
            active.append((await decided(site, by, case, wanted), wanted))
            made += 1
        assert await found(site, ann, ident) == expected(active)
        assert await counters(site, ann, post_id(site, parent)) == (
            1 + (expected(active).state == 0),
            expected(active).state == 0,
        )
    while active:
        decision, _ = active.pop(chance.randrange(len(active)))
        await taken_back(site, by, decision)
        undone += 1
    assert await found(site, ann, ident) == World()
    assert await counters(site, ann, post_id(site, parent)) == (2, 1)
    await site.settle()
    database = site.services.database
    told = await database.fetchval("select count(*) from statements where reverses_id is null")
    reversed_ = await database.fetchval("select count(*) from statements where reverses_id is not null")
    assert (told, reversed_) == (made, undone) == (made, made)
    assert await database.fetchval("select count(*) from effect_baselines") == 0
    assert await database.fetchval("select count(*) from effects where state in (0, 1)") == 0
    kept = await database.fetchval(
        "select count(*) from ledger_records where kind in ('decision', 'decision.reversed')"
    )
    assert kept == made + undone
    assert (await site.client.get(f"/api/v1/statuses/{status['id']}")).json()["content"] == status["content"]


async def counters(site: Site, author: Member, parent: int) -> tuple[int, int]:
    """The author's posts, and the replies of the post above."""
    row = await site.services.database.fetchrow(
        "select (select posts from account_counts where account_id = $1) as posts,"
        " (select replies from post_counts where post_id = $2) as replies",
        author.account_id, parent,
    )  # fmt: skip
    assert row is not None
    return row["posts"], row["replies"]
