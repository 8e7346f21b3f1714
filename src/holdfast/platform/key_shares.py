"""A secret in shares of words: SLIP-39, Shamir's scheme with check words, as `shamir-mnemonic` has it (ADR 0035)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shamir_mnemonic import (  # type: ignore[import-untyped]
    MnemonicError,
    Share,
    combine_mnemonics,
    generate_mnemonics,
)

from ..pure.errors import Invalid

SECRET_BYTES: Final = 32
MAX_SHARES: Final = 16


class SharesWrong(Invalid):
    """Too few shares, a typing error, or shares of different secrets."""

    public = "These shares do not fit together; check each word, and that there are enough."


def split_secret(secret: bytes, *, shares: int, needed: int) -> tuple[str, ...]:
    """Shares of 33 words each; any `needed` of them bring the secret back, fewer tell nothing. Raises SharesWrong."""
    if len(secret) != SECRET_BYTES:
        raise SharesWrong("Secrets of 32 bytes are shared.")
    if not 2 <= needed <= shares <= MAX_SHARES:
        raise SharesWrong(f"At least 2 shares are needed to open, of at most {MAX_SHARES}.")
    return tuple(generate_mnemonics(1, [(needed, shares)], secret)[0])


def join_secret(shares: Sequence[str]) -> bytes:
    """The secret. A share may be given twice; more than needed are taken too. Raises SharesWrong, without a word of them."""
    given = list(dict.fromkeys(" ".join(one.lower().split()) for one in shares))
    try:
        needed = _needed(given)
        return bytes(combine_mnemonics(given[:needed]))
    except (MnemonicError, ValueError):
        raise SharesWrong from None


def _needed(shares: Sequence[str]) -> int:
    if not shares:
        raise SharesWrong
    return int(Share.from_mnemonic(shares[0]).member_threshold)
