"""`holdfast moderation opinions` over a real database and a real HTTP server."""

from __future__ import annotations

import asyncio
import json

import msgspec
import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli import app
from holdfast.platform.config import Settings
from holdfast.pure.errors import HoldfastError
from tests.support.judge import SCORES, good, open_judge_server, status
from tests.support.judge_desk import desk_at

pytestmark = pytest.mark.integration


async def typed(settings: Settings, *words: str) -> Result:
    environment = {
        "HOLDFAST_DATABASE_URL": str(settings.database_url),
        "HOLDFAST_DATA": str(settings.data),
        "HOLDFAST_MASTER_KEY": "5a" * 32,
        "HOLDFAST_SECOND_OPINION_URL": settings.second_opinion_url,
        "HOLDFAST_SECOND_OPINION_MODEL": settings.second_opinion_model,
    }
    return await asyncio.to_thread(CliRunner().invoke, app, ["moderation", *words], env=environment)


async def test_the_commands_ask_list_and_tell(settings: Settings) -> None:
    async with (
        open_judge_server(status(503), good("Plain.")) as server,
        desk_at(settings, server) as desk,
    ):
        chosen = desk.site.services.settings
        nothing = await typed(chosen, "opinions", "list")
        assert nothing.exit_code == 0, (nothing.output, nothing.exception)
        assert nothing.stdout == "nothing was asked yet\n"
        public = desk.site.services.ids.encode(await desk.held(await desk.site.member("ann")))
        first = await typed(chosen, "opinions", "ask", public)
        assert (first.exit_code, first.stdout.startswith("failed: server_error")) == (1, True)
        second = await typed(chosen, "opinions", "ask", public, "--json")
        assert second.exit_code == 0, second.output
        facts = json.loads(second.stdout)
        assert (facts["post"], facts["scores"], facts["by_hand"]) == (public, SCORES, True)
        listed = await typed(chosen, "opinions", "list", "--post", public, "--json")
        assert json.loads(listed.stdout)[0] == facts
        plain = await typed(chosen, "opinions", "list")
        assert "threat_direct 0.75" in plain.stdout.splitlines()[0]
        held = await typed(chosen, "held", "list", "--json")
        assert json.loads(held.stdout)[0]["second_opinion"] == facts
        told = json.loads((await typed(chosen, "opinions", "status", "--json")).stdout)
        assert (told["on"], told["host"], told["requests_today"], told["waiting"]) == (
            True, f"127.0.0.1:{server.port}", 2, 1,
        )  # fmt: skip
        wrong = await typed(chosen, "opinions", "ask", "123")
        assert isinstance(wrong.exception, HoldfastError)
        off = await typed(msgspec.structs.replace(chosen, second_opinion_url=""), "opinions", "status")
        assert off.stdout.startswith("off ")
