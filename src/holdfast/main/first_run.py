"""The first account of an empty server, so that its operator can sign in without any mail server."""

from __future__ import annotations

import secrets

from holdfast.platform.config import Settings
from holdfast.platform.db import Database

USERNAME = "admin"
# No letters or digits that are mistaken for one another when copied from a screen by hand.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_SOMEBODY_IS_HERE = "select exists (select from users)"
# The number only has to be ours.
_LOCK = 0x686F6C65
_GROUPS, _GROUP_CHARACTERS = 4, 5


async def open_first_account(database: Database, settings: Settings) -> str | None:
    """Make the owner's account when nobody can sign in yet; how to sign in, in one line, else None.

    The password is said once and kept only as a hash.
    """
    if await database.fetchval(_SOMEBODY_IS_HERE):
        return None
    # Only the first start needs these, and they are most of what this process would import.
    from holdfast.platform.clock import SystemClock
    from holdfast.platform.passwords import hash_password
    from holdfast.social.accounts import NewAccount, create_account

    password = "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARACTERS)) for _ in range(_GROUPS)
    )
    email = f"{USERNAME}@{settings.domain.partition(':')[0].strip('[]')}"
    owner = NewAccount(
        USERNAME, email, await hash_password(password), locale="en", role="owner", by_operator=True
    )
    async with database.transaction() as tx:
        # Roles that are started together do this one after the other; the later ones find it done.
        await tx.execute("select pg_advisory_xact_lock($1)", _LOCK)
        if await tx.fetchval(_SOMEBODY_IS_HERE):
            return None
        await create_account(tx, owner, registrations=settings.registrations, now=SystemClock().now())
    return f"{settings.public_url} as {email} with password {password}"
