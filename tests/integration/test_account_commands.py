"""`holdfast account` and `holdfast token`, against a database that a server uses at the same time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli import app
from holdfast.platform.config import Settings
from holdfast.pure.errors import HoldfastError
from tests.support.browser import PASSWORD, Town, open_town


class Terminal:
    """Types commands while the server goes on serving."""

    def __init__(self, settings: Settings) -> None:
        self._environment = {
            "HOLDFAST_DATABASE_URL": str(settings.database_url),
            "HOLDFAST_DATA": str(settings.data),
            "HOLDFAST_PUBLIC_URL": settings.public_url,
        }

    async def type(self, *words: str, stdin: str = "") -> Result:
        """Run a command to its end, wherever that leads."""
        runner = CliRunner()
        return await asyncio.to_thread(runner.invoke, app, words, input=stdin, env=self._environment)

    async def says(self, *words: str, stdin: str = "") -> str:
        """What it prints; it must succeed."""
        result = await self.type(*words, stdin=stdin)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout.strip()

    async def refuses(self, *words: str, stdin: str = "") -> str:
        """Why it fails."""
        result = await self.type(*words, stdin=stdin)
        assert isinstance(result.exception, HoldfastError), (result.output, result.exception)
        return result.exception.public


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    # Two programs on one external database keep their stamps in it.
    async with open_town(settings, freshness="database") as town:
        yield town


@pytest.fixture
def terminal(settings: Settings, town: Town) -> Terminal:
    return Terminal(settings)


async def works(town: Town, token: str) -> bool:
    answer = await town.client().get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})
    return answer.status_code == 200


async def test_an_account_is_made_with_a_link_or_with_a_password(town: Town, terminal: Terminal) -> None:
    link = await terminal.says("account", "create", "maren", "--email", "m@example.org", "--role", "admin")
    assert link.startswith(f"{town.services.base_url}/auth/password/")
    browser = town.browser()
    path = link.removeprefix(town.services.base_url)
    await browser.open(path)
    assert (await browser.send(path, password=PASSWORD, password_again=PASSWORD)).status_code == 303
    assert await browser.signed_in()

    await terminal.says(
        "account", "create", "@bo", "--email", "b@example.org", "--password-stdin", stdin=PASSWORD + "\n"
    )
    assert (await town.browser().sign_in("bo")).status_code == 303

    rows = json.loads(await terminal.says("account", "list", "--json"))
    assert [(row["name"], row["role"], row["state"]) for row in rows] == [
        ("bo", "member", "active"), ("maren", "admin", "active"),
    ]  # fmt: skip
    fact = json.loads(await terminal.says("account", "show", "maren", "--json"))
    assert (fact["email"], fact["two_factor"], fact["apps"]) == ("m@example.org", False, [])


async def test_mistakes_are_told_in_one_line(town: Town, terminal: Terminal) -> None:
    await town.member("maren")
    make = ("account", "create")
    assert "already been taken" in await terminal.refuses(*make, "Maren", "--email", "x@example.org")
    assert "e-mail" in await terminal.refuses(*make, "bo", "--email", "nowhere")
    stdin = ("--email", "b@example.org", "--password-stdin")
    assert "too short" in await terminal.refuses(*make, "bo", *stdin, stdin="short\n")
    assert "no password" in await terminal.refuses(*make, "bo", *stdin)
    assert "no account nobody" in await terminal.refuses("account", "suspend", "nobody")
    assert "does not wait" in await terminal.refuses("account", "approve", "maren")
    assert "no such scope: fly" in await terminal.refuses(
        "token", "create", "--account", "maren", "--scopes", "read fly"
    )
    assert "no account nobody" in await terminal.refuses("token", "create", "--account", "nobody")
    for words in (
        ("account", "set-role", "maren", "king"),
        (*make, "bo", "--email", "b@example.org", "--role", "king"),
    ):
        assert (await terminal.type(*words)).exit_code == 2


async def test_a_token_is_printed_alone_and_works(town: Town, terminal: Terminal) -> None:
    await town.member("maren")
    token = await terminal.says(
        "token", "create", "--account", "maren", "--scopes", "read write", "--name", "Bot"
    )
    assert "\n" not in token
    assert " " not in token
    assert await works(town, token)
    assert json.loads(await terminal.says("account", "show", "maren", "--json"))["apps"] == ["Bot"]


async def test_suspension_from_the_terminal_ends_access_in_the_running_server(
    town: Town, terminal: Terminal
) -> None:
    await town.member("maren")
    browser = await town.signed_in("maren")
    token = await terminal.says("token", "create", "--account", "maren")
    assert await works(town, token)
    assert await terminal.says("account", "suspend", "maren") == "maren suspended"
    assert not await works(town, token)
    assert not await browser.signed_in()
    assert "not active" in await terminal.refuses("token", "create", "--account", "maren")
    assert await terminal.says("account", "reinstate", "maren") == "maren reinstated"
    # What ended stays ended.
    assert not await works(town, token)
    assert not await browser.signed_in()
    assert (await town.browser().sign_in("maren")).status_code == 303


async def test_a_reset_ends_access_before_the_link_is_used(town: Town, terminal: Terminal) -> None:
    await town.member("maren")
    browser = await town.signed_in("maren")
    token = await terminal.says("token", "create", "--account", "maren")
    assert await works(town, token)
    link = await terminal.says("account", "reset-password", "maren")
    assert not await works(town, token)
    assert not await browser.signed_in()
    assert (await town.browser().sign_in("maren")).status_code == 422
    path = link.removeprefix(town.services.base_url)
    await browser.open(path)
    new = "lantern quay otter"
    assert (await browser.send(path, password=new, password_again=new)).status_code == 303
    assert await browser.signed_in()


async def test_a_role_from_the_terminal_counts_at_once(town: Town, terminal: Terminal) -> None:
    await town.member("maren", role="admin")
    token = await terminal.says("token", "create", "--account", "maren")
    found = await town.services.tokens.find(token)
    assert found is not None
    assert found.role == "admin"
    await terminal.says("account", "set-role", "maren", "member")
    found = await town.services.tokens.find(token)
    assert found is not None
    assert found.role == "member"


async def test_delete_removes_an_account_for_good(town: Town, terminal: Terminal) -> None:
    account_id = await town.member("ann")
    assert (await terminal.type("account", "delete", "ann", stdin="n\n")).exit_code == 1
    assert "ann deleted, " in await terminal.says("account", "delete", "@ann", "--yes")
    database = town.services.database
    assert await database.fetchval("select state from accounts where id = $1", account_id) == 3
    assert await database.fetchval("select count(*) from users where account_id = $1", account_id) == 0
    assert (await terminal.type("account", "reinstate", "ann")).exit_code == 1
