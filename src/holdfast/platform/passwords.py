"""Passwords: Argon2id, off the event loop, never more than a few at once.

Hashing takes tens of MiB and tens of milliseconds on purpose. The executor bounds both: however many
people sign in at one moment, the process uses `_AT_ONCE` times that memory.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 2
_HASHER = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")


async def hash_password(password: str) -> str:
    """The Argon2id hash, with its parameters and salt, as one line of text."""
    return await asyncio.get_running_loop().run_in_executor(_executor(), _hash, password)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash. None takes as long as a wrong password, and is False."""
    return await asyncio.get_running_loop().run_in_executor(_executor(), _verify, password, password_hash)


def _hash(password: str) -> str:
    return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(b"nobody has this password")


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        matches = _HASHER.verify(
            password_hash or _hash_of_nobody(), password.encode("utf-8", "surrogatepass")
        )
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None
