"""The people, the app and the tokens that the suite of Mastodon.py expects to find."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import asyncpg

from holdfast.main.running_database import running_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import load_settings
from holdfast.platform.crypto import secret_hash
from holdfast.platform.ids import new_id
from tests.support.up_process import COMMAND, environment

_SCOPES = ["read", "write", "follow", "push"]
_STAFF_SCOPES = [*_SCOPES, "admin:read", "admin:write"]
# `holdfast up --dev` has made `admin`, an owner, whom the suite both speaks as and writes to.
_PEOPLE = (
    ("admin2", "zerocool@example.com", "member", "de"),
    ("mastodonpy_test", "mastodonpy_test@localhost", "member", "ja"),
    ("mastodonpy_test_2", "mastodonpy_test_2@localhost", "member", "ja"),
)
_TOKENS = (
    ("__MASTODON_PY_TEST_ACCESS_TOKEN", "mastodonpy_test", _SCOPES),
    ("__MASTODON_PY_TEST_ACCESS_TOKEN_2", "admin", _STAFF_SCOPES),
    ("__MASTODON_PY_TEST_ACCESS_TOKEN_3", "mastodonpy_test_2", _SCOPES),
)
_PASSWORD = "5fc638e0e53eafd9c4145b6bb852667d"


def seed(data: Path) -> None:
    """Make them, over the server that runs on `data`."""
    for name, email, role, _ in _PEOPLE:
        command = [*COMMAND, "account", "create", name, "--email", email, "--role", role, "--password-stdin"]
        subprocess.run(
            [*command, "--data", str(data)], env=environment(None), input=_PASSWORD, text=True, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    asyncio.run(_rows(data))


async def _rows(data: Path) -> None:
    now = SystemClock().now()
    async with running_database(load_settings({"data": str(data)}, environment={})) as ready:
        connection = await asyncpg.connect(ready.database_url)
        try:
            ids = {
                row["username"]: row["id"]
                for row in await connection.fetch("select id, username from accounts")
            }
            await connection.execute("update accounts set locked = true where username = 'mastodonpy_test'")
            await connection.execute(
                "update accounts set discoverable = true, indexable = true where username = 'mastodonpy_test_2'"
            )
            for name, _, _, locale in _PEOPLE:
                await connection.execute(
                    "update users set locale = $2 where account_id = $1", ids[name], locale
                )
            app_id = new_id(now)
            await connection.execute(
                "insert into apps (id, name, redirect_uris, scopes, client_id, client_secret_hash, created_at)"
                " values ($1, 'Mastodon.py test suite', '{urn:ietf:wg:oauth:2.0:oob}', $2,"
                " '__MASTODON_PY_TEST_CLIENT_ID', $3, $4)",
                app_id, _STAFF_SCOPES, secret_hash("__MASTODON_PY_TEST_CLIENT_SECRET"), now,
            )  # fmt: skip
            for secret, name, scopes in _TOKENS:
                await connection.execute(
                    "insert into access_tokens (id, secret_hash, app_id, account_id, scopes, created_at)"
                    " values ($1, $2, $3, $4, $5, $6)",
                    new_id(now), secret_hash(secret), app_id, ids[name], scopes, now,
                )  # fmt: skip
        finally:
            await connection.close()
