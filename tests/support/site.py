"""A whole site in this process: the real application over a real database, spoken to by HTTP."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import httpx2
import msgspec
from litestar import Litestar

from holdfast.edge.ports import Services
from holdfast.main.asgi import Holder, application
from holdfast.main.jobs_runner import periodic_of, run_all_due
from holdfast.main.subscriptions import ERRANDS, HANDLERS
from holdfast.main.wiring import open_services
from holdfast.platform.config import Settings
from holdfast.platform.jobs import JobRunner
from holdfast.platform.master_key import master_key_file
from holdfast.screening import Screen, load_screen
from holdfast.social.accounts import Actor, NewAccount, create_account
from holdfast.social.tokens import issue_token, register_app

_MASTER_KEY = "5a" * 32
ALL_SCOPES = "read write follow push profile admin:read admin:write"


@dataclass
class Member:
    """Somebody with a token. Calls answer with the response; `json` calls insist on 200 and decode."""

    site: Site
    name: str
    account_id: int
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The public id."""
        return self.site.services.ids.encode(self.account_id)

    @property
    def actor(self) -> Actor:
        return Actor(self.account_id)

    async def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.token}", **self.headers, **options.pop("headers", {})}
        return await self.site.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **params: Any) -> Any:
        response = await self.request("GET", path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def post(self, path: str, **form: Any) -> Any:
        response = await self.request("POST", path, data=form)
        assert response.status_code == 200, response.text
        return response.json()

    async def say(self, text: str, **form: Any) -> dict[str, Any]:
        """Publish a post."""
        status: dict[str, Any] = await self.post("/api/v1/statuses", status=text, **form)
        return status

    async def ids(self, path: str, **params: Any) -> list[str]:
        """Ids of a list."""
        return [row["id"] for row in await self.get(path, **params)]


class Site:
    """The application, its services, and a client without a token."""

    def __init__(self, services: Services, client: httpx2.AsyncClient, app: Litestar) -> None:
        self.services = services
        self.client = client
        self.app = app

    async def member(self, name: str, *, scopes: str = ALL_SCOPES, role: str = "member") -> Member:
        """A new member with a token of these scopes."""
        now = self.services.clock.now()
        new = NewAccount(
            name, f"{name}-{secrets.token_hex(3)}@example.org", None, role=role, by_operator=True
        )
        async with self.services.database.transaction() as tx:
            account_id = await create_account(tx, new, registrations="open", now=now)
        return await self.login(name, account_id, scopes=scopes)

    async def login(self, name: str, account_id: int, *, scopes: str = ALL_SCOPES) -> Member:
        """One more token for an account."""
        now = self.services.clock.now()
        async with self.services.database.transaction() as tx:
            app = await register_app(
                tx, "Test", redirect_uris=["urn:ietf:wg:oauth:2.0:oob"], scopes=scopes, now=now
            )
            token = await issue_token(tx, app.app.app_id, account_id, tuple(scopes.split()), now=now)
        return Member(self, name, account_id, token.secret)

    async def members(self, *names: str) -> list[Member]:
        return [await self.member(name) for name in names]

    async def settle(self) -> None:
        """Run every job that is due, and what that leads to."""
        await run_all_due(self.services.database, self.services.clock, periodic_of(self.services.settings))
        await JobRunner(self.services.database, self.services.clock, HANDLERS, elsewhere=ERRANDS).drain()


_HOLDER = Holder()


@cache
def _application() -> Litestar:
    """Mounting takes a second, so one application serves every site of the run, one at a time."""
    return application(_HOLDER)


@cache
def _default_screen() -> Screen:
    """Compiling the rules takes a moment too."""
    return load_screen()


@asynccontextmanager
async def open_site(settings: Settings) -> AsyncIterator[Site]:
    """A site over `settings`, whose `database_url` must be given."""
    screen = None if settings.screening_rules_file else _default_screen()
    if settings.master_key is None:
        # Commands that a test runs over the same folder find it there.
        key = master_key_file(settings)
        key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key.write_text(_MASTER_KEY)
    async with open_services(msgspec.structs.replace(settings, master_key=_MASTER_KEY), screen) as services:
        _HOLDER.services = services
        transport = httpx2.ASGITransport(app=cast(Any, _application()))
        async with httpx2.AsyncClient(transport=transport, base_url=settings.public_url) as client:
            yield Site(services, client, _application())
