"""What caches show is what the database says and the gate allows: never more, and never of before.

Two processes write at random over one database. After every write both must answer, byte for byte, as a process
without caches does; and the lists must be those that plain loops over the tables find.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.platform.stamps import Kind, SharedMemoryStamps, slot
from tests.support.crowd import HOME, STATUS, STATUSES, Crowd, crowd_at
from tests.support.plain_visibility import PlainView

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("freshness", "seed"), [("shared_memory", 1), ("shared_memory", 2), ("database", 3)])
async def test_no_cache_shows_more_or_older_than_the_gate(
    settings: Settings, freshness: str, seed: int
) -> None:
    async with crowd_at(settings, freshness, seed) as crowd:
        everybody: list[int | None] = [None, *crowd.tokens]
        for step in range(60):
            await crowd.act()
            await crowd.check(everybody if step % 15 == 14 else crowd.chance.sample(everybody, 2))


@pytest.mark.parametrize("seed", [12, 14])
async def test_a_quote_shows_its_post_to_nobody_who_could_not_see_it(settings: Settings, seed: int) -> None:
    async with crowd_at(settings, "shared_memory", seed) as crowd:
        crowd.weights, crowd.quoting = (8, 0, 7, 1, 1, 0, 0, 3, 2), 0.7
        everybody: list[int | None] = [None, *crowd.tokens]
        for _ in range(10):
            for _ in range(20):
                await crowd.act()
            await crowd.check(everybody)
        for who in list(crowd.tokens)[:2]:
            await crowd.suspend(crowd.processes[0], who)
            await crowd.check(everybody)
        # The check was about something; every state by itself is tested with the quotes.
        assert {"accepted", "unauthorized"} < crowd.states.keys(), crowd.states


async def test_writes_at_the_same_time_leave_no_cache_behind(settings: Settings) -> None:
    async with crowd_at(settings, "shared_memory", 4) as crowd:
        everybody: list[int | None] = [None, *crowd.tokens]
        for _ in range(10):
            readers = [
                process.ask("GET", HOME, token)
                for process in crowd.processes
                for token in crowd.tokens.values()
            ]
            await asyncio.gather(*(crowd.act() for _ in range(6)), *readers)
            await crowd.check(everybody)


async def test_walking_home_page_by_page_meets_every_post_once(settings: Settings) -> None:
    async with crowd_at(settings, "shared_memory", 5) as crowd:
        for _ in range(90):
            await crowd.act()
        plain = await PlainView.read(crowd.forgetful.services.database)
        for viewer, token in crowd.tokens.items():
            if plain.states[viewer] != 0:
                continue
            met: list[str] = []
            query: dict[str, Any] = {"limit": 3}
            while rows := await crowd.processes[0].read(HOME, token, **query):
                met += [row["id"] for row in rows]
                query["max_id"] = rows[-1]["id"]
            whole = [crowd.public_id(ident) for ident in plain.home(viewer)]
            assert len(met) == len(set(met))
            # A post that several passed on is shown once a page, so pages may hold fewer; never more, never others.
            assert {plain_original(plain, crowd, ident) for ident in met} == {
                plain_original(plain, crowd, ident) for ident in whole
            }
            assert set(met) <= set(whole)


def plain_original(plain: PlainView, crowd: Crowd, public_id: str) -> int:
    internal = crowd.forgetful.services.ids.decode(public_id)
    assert internal is not None
    boosted: int | None = plain.posts[internal]["boost_of_id"]
    return boosted or internal


async def test_an_edited_poll_forgets_its_votes_in_every_process(settings: Settings) -> None:
    async with crowd_at(settings, "shared_memory", 7) as crowd:
        author, voter = list(crowd.tokens)[:2]
        first, second = crowd.processes
        poll = {"options": ["yes", "no"], "expires_in": 86_400}
        _, body = await first.ask("POST", STATUSES, crowd.tokens[author], json={"status": "?", "poll": poll})
        post = msgspec.json.decode(body)
        vote = {"ident": post["poll"]["id"], "json": {"choices": ["1"]}}
        assert (await second.ask("POST", "/api/v1/polls/{id}/votes", crowd.tokens[voter], **vote))[0] == 200
        await crowd.check([author, voter])
        other = {"status": "?", "poll": {"options": ["this", "that"], "expires_in": 86_400}}
        status, _ = await first.ask("PUT", STATUS, crowd.tokens[author], ident=post["id"], json=other)
        assert status == 200
        await crowd.check([author, voter])


async def test_an_answer_that_an_edit_has_held_counts_nowhere(settings: Settings) -> None:
    async with crowd_at(settings, "shared_memory", 8) as crowd:
        author, other = list(crowd.tokens)[:2]
        first, second = crowd.processes
        _, body = await first.ask("POST", STATUSES, crowd.tokens[author], json={"status": "a question"})
        question = msgspec.json.decode(body)["id"]
        answer = {"status": "an answer", "in_reply_to_id": question}
        _, body = await second.ask("POST", STATUSES, crowd.tokens[other], json=answer)
        await crowd.check([author, other, None])
        threat = {"status": "I will kill the senator tomorrow at noon"}
        own = msgspec.json.decode(body)["id"]
        assert (await second.ask("PUT", STATUS, crowd.tokens[other], ident=own, json=threat))[0] == 200
        await crowd.check([author, other, None])


async def test_a_forgotten_touch_would_be_noticed(settings: Settings) -> None:
    """The check can fail: a write behind the caches' back is found."""
    async with crowd_at(settings, "shared_memory", 6) as crowd:
        author = next(iter(crowd.tokens))
        said = {"status": "hello", "visibility": "public"}
        assert (await crowd.processes[0].ask("POST", STATUSES, crowd.tokens[author], json=said))[0] == 200
        await crowd.check([author, None])
        await crowd.forgetful.services.database.fetch(
            "update posts set state = 1, text = text || ' secretly'"
        )
        with pytest.raises(AssertionError):
            await crowd.check([author, None])
        stamps = crowd.processes[0].services.database.stamps
        assert isinstance(stamps, SharedMemoryStamps)
        ids = await crowd.forgetful.services.database.fetch("select id from posts")
        kinds = [slot(Kind.PUBLIC), slot(Kind.AUTHORED, author), slot(Kind.ACCOUNT, author)]
        stamps.touch([*kinds, *(slot(Kind.POST, row[0]) for row in ids)])
        await crowd.check([author, None])
