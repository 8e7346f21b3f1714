"""Somebody at the terminal of a site, who mirrors it to folders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from holdfast.continuity import mirror
from holdfast.continuity.mirror import MirrorSetup
from holdfast.main.cli.mirror import app
from holdfast.platform.stores import Store
from tests.support.pictures import picture, png
from tests.support.site import Member, Site


class Operator:
    """Somebody at the terminal of a site."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.data = site.services.settings.data

    async def types(self, *words: str, into: Any = app, stdin: str = "", **environment: str) -> Result:
        settings = self.site.services.settings
        given = {
            "HOLDFAST_DATABASE_URL": str(settings.database_url),
            "HOLDFAST_DATA": str(settings.data),
            **environment,
        }
        return await asyncio.to_thread(
            lambda: CliRunner().invoke(into, list(words), env=given, input=stdin or None)
        )

    async def does(self, *words: str, **options: Any) -> str:
        done = await self.types(*words, **options)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    async def begins(self) -> Path:
        """A mirror over two folders; the file of its identity."""
        key = self.folder / "identity.txt"
        await self.does("init", "--key-out", str(key))
        for name in ("one", "two"):
            (self.folder / name).mkdir()
            await self.does("add", name, f"file://{self.folder / name}", "--owner", name.upper())
        return key

    @property
    def setup(self) -> MirrorSetup:
        found = mirror.read_setup(self.data, self.site.services.keyring)
        assert found is not None
        return found

    def objects(self, store: str) -> dict[str, bytes]:
        root = self.folder / store
        return {
            str(one.relative_to(root)): one.read_bytes()
            for one in root.rglob("*")
            if one.is_file() and "probe" not in one.parts
        }


def identity_of(key: Path) -> str:
    """The identity in a file that `--key-out` wrote."""
    return key.read_text().splitlines()[1]


async def uploaded(member: Member, seed: int = 1) -> str:
    """A picture of a member's; its id."""
    response = await member.request(
        "POST", "/api/v2/media", files={"file": ("a.png", png(picture(seed=seed)), "image/png")}
    )
    assert response.status_code == 200, response.text
    identifier: str = response.json()["id"]
    return identifier


@asynccontextmanager
async def opened_stores(setup: MirrorSetup) -> AsyncIterator[dict[str, Store]]:
    """The stores, closed again at the end."""
    opened = mirror.open_stores(setup)
    try:
        yield opened
    finally:
        for one in opened.values():
            await one.close()
