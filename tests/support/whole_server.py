"""A whole server as an operator starts it, with members who sign in as people do: for clients of other makers."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from holdfast.main.running_database import running_database
from holdfast.platform.config import load_settings
from tests.support.browser import form_fields
from tests.support.unlimited import UNLIMITED
from tests.support.up_process import COMMAND, PATIENCE_SECONDS, UpProcess, environment

PASSWORD = "correct horse battery staple"
# The limits are tested elsewhere; here one address asks as much as it likes.
_LIMITS = {name: str(value) for name, value in UNLIMITED.items()}


class WholeServer(UpProcess):
    """`holdfast up` with the real application."""

    def __init__(
        self, data: Path, *, port: int | None = None, within: Sequence[str] = (), **settings: str
    ) -> None:
        settings = {**_LIMITS, **settings}
        super().__init__(data, standin=None, port=port, within=within, **settings)
        self._within = tuple(within)
        self._settings = settings

    @property
    def url(self) -> str:
        """The public address, which tokens, links and ids are made with."""
        return f"http://localhost:{self.port}"

    def command(self, *arguments: str, text: str | None = None) -> str:
        """Run `holdfast ...` over the same data folder; its output."""
        done = subprocess.run(
            [*self._within, *COMMAND, *arguments, "--data", str(self.data)],
            env=environment(None, **self._settings),
            input=text, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, statement: str) -> Any:
        """One statement in the server's database; the first value that it gives."""

        async def work() -> Any:
            settings = load_settings({"data": str(self.data)}, environment={})
            async with running_database(settings) as ready:
                connection = await asyncpg.connect(ready.database_url)
                try:
                    return await connection.fetchval(statement)
                finally:
                    await connection.close()

        return asyncio.run(work())

    def add_member(self, name: str) -> None:
        """An account that signs in with PASSWORD."""
        self.command(
            "account", "create", name, "--email", f"{name}@example.org", "--password-stdin", text=PASSWORD
        )

    def token(self, name: str, scopes: str = "read write follow push") -> str:
        """An access token, as scripts get one."""
        return self.command("token", "create", "--account", name, "--scopes", scopes).strip()


def approve(authorize_url: str, login: str, *, decision: str = "allow") -> httpx2.Response:
    """What a person does in the browser that an app opens: sign in, decide. The answer to the decision."""
    with httpx2.Client(timeout=PATIENCE_SECONDS) as browser:
        first = browser.get(authorize_url)
        assert first.status_code == 303, (first.status_code, first.text)
        sign_in_page = browser.get(str(httpx2.URL(authorize_url).join(first.headers["location"])))
        fields = form_fields(sign_in_page.text, "/auth/sign_in")
        entered = browser.post(
            str(sign_in_page.url.join("/auth/sign_in")), data={**fields, "login": login, "password": PASSWORD}
        )
        assert entered.status_code == 303, entered.text
        question = browser.get(str(sign_in_page.url.join(entered.headers["location"])))
        assert question.status_code == 200, question.text
        fields = form_fields(question.text, "/oauth/authorize")
        return browser.post(
            str(sign_in_page.url.join("/oauth/authorize")), data={**fields, "decision": decision}
        )


def shown_code(answer: httpx2.Response) -> str:
    """The code that the page for apps without an address shows."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'<code id="code">([^<]+)</code>', answer.text)
    assert found is not None, answer.text
    return unescape(found[1])
