"""People who do things at random through two processes with caches, beside a third without any."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from holdfast.platform.clock import Instant
from holdfast.platform.config import Settings
from holdfast.platform.db import Tx
from holdfast.social.accounts import NewAccount, create_account, reinstate_account, suspend_account
from holdfast.social.posts import PostState, decide_post
from holdfast.social.tokens import issue_token, register_app
from tests.support.plain_visibility import PlainView
from tests.support.unlimited import UNLIMITED
from tests.support.web_process import WebProcess, open_forgetful, open_process

HOME, PUBLIC_TIMELINE = "/api/v1/timelines/home", "/api/v1/timelines/public"
STATUSES, STATUS = "/api/v1/statuses", "/api/v1/statuses/{id}"
ACCOUNT = "/api/v1/accounts/{id}"
NAMES = ("ann", "bob", "cat", "dan", "eve")
SCOPES = ("read", "write", "follow")
MARKS = (
    "favourite",
    "unfavourite",
    "bookmark",
    "unbookmark",
    "reblog",
    "reblog",
    "unreblog",
    "pin",
    "unpin",
    "mute",
    "unmute",
)
RELATIONS = (
    "follow",
    "follow",
    "follow",
    "unfollow",
    "block",
    "unblock",
    "unblock",
    "mute",
    "unmute",
    "unmute",
)


class Crowd:
    """Two processes with caches, one without, and people who do things at random through either of the two."""

    def __init__(self, seed: int, processes: list[WebProcess], forgetful: WebProcess) -> None:
        self.chance = random.Random(seed)
        self.processes, self.forgetful = processes, forgetful
        self.tokens: dict[int, str] = {}
        self.history: list[str] = []
        # How often people publish, mark, relate, edit, delete, vote, are suspended, change consent, are decided about.
        self.weights: tuple[float, ...] = (8, 6, 6, 2, 2, 2, 1, 1, 1)
        self.quoting = 0.2
        self.states: Counter[str | None] = Counter()
        self._app_id = 0

    async def settle_in(self) -> None:
        """Make the people."""
        services = self.forgetful.services
        now = services.clock.now()
        async with services.database.transaction() as tx:
            app = await register_app(
                tx, "T", redirect_uris=["urn:ietf:wg:oauth:2.0:oob"], scopes=" ".join(SCOPES), now=now
            )
            self._app_id = app.app.app_id
            for name in NAMES:
                new = NewAccount(name, f"{name}@example.org", None, by_operator=True)
                await self._sign_in(tx, await create_account(tx, new, registrations="open", now=now), now)

    async def _sign_in(self, tx: Tx, account_id: int, now: Instant) -> None:
        self.tokens[account_id] = (await issue_token(tx, self._app_id, account_id, SCOPES, now=now)).secret

    def public_id(self, internal: int) -> str:
        return self.forgetful.services.ids.encode(internal)

    async def act(self) -> None:
        """One person does something; what is not allowed is refused, which is as good."""
        chance = self.chance
        process, who = chance.choice(self.processes), chance.choice(list(self.tokens))
        deeds = (
            self._publish, self._mark, self._relate, self._edit, self._delete, self._vote, self.suspend,
            self._consent, self._decide,
        )  # fmt: skip
        what = chance.choices(deeds, self.weights)[0]
        self.history.append(f"{process.name}: {what.__name__} by {who}")
        await what(process, who)

    async def _ask(self, process: WebProcess, method: str, path: str, who: int, **more: Any) -> None:
        status, body = await process.ask(method, path, self.tokens[who], **more)
        assert status < 500, (body, self.history)

    async def _post(self, mine: int | None = None) -> str:
        """The id of any post, or of one of somebody's."""
        database = self.forgetful.services.database
        rows = await database.fetch(
            "select id from posts where account_id = $1 or $1 is null order by id", mine
        )
        return self.public_id(self.chance.choice(rows)[0]) if rows else "12"

    async def _publish(self, process: WebProcess, who: int) -> None:
        chance = self.chance
        text = f"post {chance.random()}" + chance.choice(
            ["", " #tag", f" @{chance.choice(NAMES)}", " https://example.org/"]
        )
        if chance.random() < 0.08:
            text = "I will kill the senator tomorrow at noon"
        json: dict[str, Any] = {
            "status": text,
            "visibility": chance.choice(["public", "public", "unlisted", "private", "direct"]),
            "quote_approval_policy": chance.choice(["public", "public", "followers", "nobody"]),
        }
        if chance.random() < self.quoting:
            json["quoted_status_id"] = await self._post()
        elif chance.random() < 0.3:
            json["in_reply_to_id"] = await self._post()
        elif chance.random() < 0.15:
            json["poll"] = {"options": ["yes", "no"], "expires_in": 86_400}
        await self._ask(process, "POST", STATUSES, who, json=json)

    async def _mark(self, process: WebProcess, who: int) -> None:
        path = f"{STATUS}/{self.chance.choice(MARKS)}"
        await self._ask(process, "POST", path, who, ident=await self._post())

    async def _relate(self, process: WebProcess, who: int) -> None:
        verb = self.chance.choice(RELATIONS)
        other = self.public_id(self.chance.choice(list(self.tokens)))
        json = {"reblogs": self.chance.random() < 0.7} if verb == "follow" else None
        await self._ask(process, "POST", f"{ACCOUNT}/{verb}", who, ident=other, json=json)

    async def _edit(self, process: WebProcess, who: int) -> None:
        json: dict[str, Any] = {
            "status": f"edited {self.chance.random()} @{self.chance.choice(NAMES)} #other"
        }
        if self.chance.random() < 0.3:
            json["poll"] = {"options": ["this", "that"], "expires_in": 86_400}
        await self._ask(process, "PUT", STATUS, who, ident=await self._post(who), json=json)

    async def _delete(self, process: WebProcess, who: int) -> None:
        await self._ask(process, "DELETE", STATUS, who, ident=await self._post(who))

    async def _vote(self, process: WebProcess, who: int) -> None:
        rows = await self.forgetful.services.database.fetch("select id from polls order by id")
        if rows:
            poll = self.public_id(self.chance.choice(rows)[0])
            await self._ask(
                process, "POST", "/api/v1/polls/{id}/votes", who, ident=poll, json={"choices": ["1"]}
            )

    async def suspend(self, process: WebProcess, who: int) -> None:
        """Somebody is suspended, or has the place back."""
        database, now = process.services.database, process.services.clock.now()
        async with database.transaction() as tx:
            if not await suspend_account(tx, who, now=now):
                await reinstate_account(tx, who, now=now)
                await self._sign_in(tx, who, now)

    async def _consent(self, process: WebProcess, who: int) -> None:
        """Somebody changes who may quote, or takes a quote back."""
        rows = await self.forgetful.services.database.fetch(
            "select p.id, q.post_id from posts p left join quotes q on q.quoted_id = p.id where p.account_id = $1"
            " order by q.post_id nulls last, p.id limit 20", who,
        )  # fmt: skip
        if not rows:
            return
        quoted, quoting = self.chance.choice(rows)
        if quoting is not None and self.chance.random() < 0.5:
            path, more = (
                f"{STATUS}/quotes/{{quoting_status_id}}/revoke",
                {"quoting_status_id": self.public_id(quoting)},
            )
            await self._ask(process, "POST", path, who, ident=self.public_id(quoted), segments=more)
        else:
            policy = {"quote_approval_policy": self.chance.choice(["public", "followers", "nobody"])}
            path = f"{STATUS}/interaction_policy"
            await self._ask(process, "PUT", path, who, ident=self.public_id(quoted), json=policy)

    async def _decide(self, process: WebProcess, _who: int) -> None:
        """A person holds a post, takes it away, or gives it back."""
        rows = await self.forgetful.services.database.fetch(
            "select id from posts where boost_of_id is null order by state desc, id limit 8"
        )
        if rows:
            state = self.chance.choices((PostState.VISIBLE, PostState.HELD, PostState.WITHDRAWN), (6, 2, 1))[
                0
            ]
            async with process.services.database.transaction() as tx:
                await decide_post(tx, self.chance.choice(rows)[0], state)

    async def check(self, viewers: list[int | None]) -> None:
        """Every process answers these viewers as the one without caches does, and as the plain loops say."""
        plain = await PlainView.read(self.forgetful.services.database)
        for viewer in viewers:
            token = None if viewer is None else self.tokens[viewer]
            for path, query in await self._surfaces(viewer):
                expected = await self.forgetful.ask("GET", path, token, query=query)
                for process in self.processes:
                    answered = await process.ask("GET", path, token, query=query)
                    assert answered == expected, (process.name, path, viewer, self.history[-30:])
            if viewer is None or plain.states[viewer] == 0:
                await self._compare(plain, viewer, token)

    async def _surfaces(self, viewer: int | None) -> list[tuple[str, str]]:
        ids = await self.forgetful.services.database.fetch("select id from posts order by id desc limit 40")
        many = "&".join(f"id[]={self.public_id(row[0])}" for row in ids)
        everybody = [(PUBLIC_TIMELINE, "limit=40"), (STATUSES, many)]
        mine = [(HOME, "limit=40"), (HOME, "limit=3"), ("/api/v1/accounts/verify_credentials", "")]
        return everybody if viewer is None else everybody + mine

    async def _compare(self, plain: PlainView, viewer: int | None, token: str | None) -> None:
        process = self.chance.choice(self.processes)
        ids = sorted(plain.posts)[-40:]
        seen = await process.read(STATUSES, token, **{"id[]": [self.public_id(ident) for ident in ids]})
        allowed = {self.public_id(ident) for ident in ids if plain.may_see(ident, viewer)}
        assert {row["id"] for row in seen} == allowed, self.history[-30:]
        internal = {self.public_id(ident): ident for ident in ids}
        for row in seen:
            self._compare_quote(plain, viewer, row, internal[row["id"]])
        public = [row["id"] for row in await process.read(PUBLIC_TIMELINE, token, limit=40)]
        assert public == [self.public_id(ident) for ident in plain.public(viewer)][:40]
        if viewer is not None:
            home = plain.home(viewer)
            shown = [row["id"] for row in await process.read(HOME, token, limit=40)]
            assert shown == [self.public_id(ident) for ident in plain.once(home)][:40], self.history[-30:]

    def _compare_quote(self, plain: PlainView, viewer: int | None, row: dict[str, Any], ident: int) -> None:
        """The quote in a post is there for this viewer if, and only if, the quoted post would be by itself."""
        assert row["quotes_count"] == plain.times_quoted(ident), self.history
        state = plain.quote_state(ident, viewer)
        quote = row["quote"]
        assert (quote and quote["state"]) == state, self.history
        self.states[state] += 1
        if quote is None:
            return
        shown = state in ("accepted", "blocked_account", "muted_account")
        assert (quote["quoted_status"] is not None) == shown
        assert ('class="quote-inline"' in row["content"]) == shown
        if shown:
            quoted_id = plain.quotes[ident]["quoted_id"]
            assert plain.may_see(quoted_id, viewer)
            assert quote["quoted_status"]["id"] == self.public_id(quoted_id)
            within = quote["quoted_status"]["quote"]
            assert (within and within["state"]) == plain.quote_state(quoted_id, viewer)
            if within is not None:
                assert (within["quoted_status_id"] is not None) == (
                    within["state"] in ("accepted", "blocked_account", "muted_account")
                )


@asynccontextmanager
async def crowd_at(settings: Settings, freshness: str, seed: int) -> AsyncIterator[Crowd]:
    """A crowd over a fresh database."""
    settings = msgspec.structs.replace(
        settings, master_key="5a" * 32, freshness=freshness, database_pool_size=3, **UNLIMITED,
    )  # fmt: skip
    async with (
        open_process("first", settings) as first,
        open_process("second", settings, first) as second,
        open_forgetful(first) as forgetful,
    ):
        crowd = Crowd(seed, [first, second], forgetful)
        await crowd.settle_in()
        yield crowd
