"""The first half of signing in: does the password belong to the name?"""

from __future__ import annotations

from ...platform.db import Reader
from ...platform.passwords import verify_password
from . import store
from .errors import SignInRefused
from .model import Proof

# Hashing a text of any length would be a gift to whoever wants to keep this machine busy.
_MOST_CHARACTERS = 4096


async def check_password(reader: Reader, login: str | int, password: str) -> Proof:
    """A proof that somebody knew the password of `login`: a name, an e-mail address, or an account id.

    Takes as long for a name that does not exist. Raises SignInRefused. Call it outside of the
    transaction: the hashing would hold a connection.
    """
    if isinstance(login, int):
        row = await store.login_of(reader, login)
    else:
        row = await store.find_login(reader, login) if "\x00" not in login else None
    password_hash = row["password_hash"] if row is not None else None
    matches = await verify_password(password[:_MOST_CHARACTERS], password_hash)
    if row is None or password_hash is None or not matches or len(password) > _MOST_CHARACTERS:
        raise SignInRefused
    return Proof(row["account_id"], store.hash_mark(password_hash))
