"""Every statement about a member's second factor."""

from __future__ import annotations

from ...platform.crypto import secret_hash
from ...platform.db import Reader, Tx
from .model import plain_code


async def locked_secret(tx: Tx, account_id: int) -> tuple[bytes | None, int]:
    """The sealed secret and the last accepted step; the row is locked, so that a code is accepted once."""
    row = await tx.fetchrow(
        "select totp_secret, totp_last_step from users where account_id = $1 for update", account_id
    )
    return (row["totp_secret"], row["totp_last_step"]) if row else (None, 0)


async def has_second_factor(reader: Reader, account_id: int) -> bool:
    """Whether signing in asks for a code."""
    return bool(
        await reader.fetchval("select totp_secret is not null from users where account_id = $1", account_id)
    )


async def recovery_codes_left(reader: Reader, account_id: int) -> int:
    """How many recovery codes are unused."""
    return int(await reader.fetchval("select count(*) from recovery_codes where account_id = $1", account_id))


async def set_secret(tx: Tx, account_id: int, sealed: bytes | None, step: int) -> None:
    """Set or remove the secret."""
    await tx.execute(
        "update users set totp_secret = $2, totp_last_step = $3 where account_id = $1",
        account_id,
        sealed,
        step,
    )


async def set_last_step(tx: Tx, account_id: int, step: int) -> None:
    """No code up to this step is accepted again."""
    await tx.execute("update users set totp_last_step = $2 where account_id = $1", account_id, step)


async def replace_recovery_codes(tx: Tx, account_id: int, codes: list[str]) -> None:
    """Forget the old codes; keep the hashes of the new ones."""
    await tx.execute("delete from recovery_codes where account_id = $1", account_id)
    if codes:
        await tx.execute(
            "insert into recovery_codes (account_id, code_hash) select $1, unnest($2::bytea[])",
            account_id, [secret_hash(plain_code(code)) for code in codes],
        )  # fmt: skip


async def take_recovery_code(tx: Tx, account_id: int, typed: str) -> bool:
    """Use up a recovery code; whether it was one."""
    used = await tx.execute(
        "delete from recovery_codes where account_id = $1 and code_hash = $2",
        account_id, secret_hash(plain_code(typed)),
    )  # fmt: skip
    return used > 0
