"""age identities as their 32 secret bytes, and back (Bech32, BIP 173): shares are made of bytes, age reads text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .errors import MalformedObject

IDENTITY_BYTES: Final = 32
_PREFIX: Final = "age-secret-key-"
_ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECK_CHARACTERS: Final = 6


def identity_text(secret: bytes) -> str:
    """AGE-SECRET-KEY-1… of an X25519 secret. Raises MalformedObject."""
    if len(secret) != IDENTITY_BYTES:
        raise MalformedObject("An identity has 32 bytes.")
    words = _regroup(secret, 8, 5, padded=True)
    check = _polymod([*_expanded(), *words, *[0] * _CHECK_CHARACTERS]) ^ 1
    words += [check >> 5 * (5 - index) & 31 for index in range(_CHECK_CHARACTERS)]
    return (_PREFIX + "1" + "".join(_ALPHABET[word] for word in words)).upper()


def identity_secret(text: str) -> bytes:
    """The 32 bytes of such a text. Raises MalformedObject, without the text."""
    lower = text.strip().lower()
    body = lower.removeprefix(_PREFIX + "1")
    if text.strip() != lower.upper() or body == lower or any(one not in _ALPHABET for one in body):
        raise MalformedObject("An identity is written AGE-SECRET-KEY-1…, in capital letters.")
    words = [_ALPHABET.index(one) for one in body]
    if _polymod([*_expanded(), *words]) != 1:
        raise MalformedObject("This identity has a typing error: its check characters do not fit.")
    secret = bytes(_regroup(words[:-_CHECK_CHARACTERS], 5, 8, padded=False))
    if identity_text(secret) != lower.upper():
        raise MalformedObject("An identity has 32 bytes.")
    return secret


def _expanded() -> list[int]:
    return [ord(one) >> 5 for one in _PREFIX] + [0] + [ord(one) & 31 for one in _PREFIX]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for index, generator in enumerate(_GENERATOR):
            check ^= generator if top >> index & 1 else 0
    return check


def _regroup(values: Iterable[int], from_bits: int, to_bits: int, *, padded: bool) -> list[int]:
    held, bits, out = 0, 0, []
    for value in values:
        held = held << from_bits | value
        bits += from_bits
        while bits >= to_bits:
            bits -= to_bits
            out.append(held >> bits & (1 << to_bits) - 1)
        held &= (1 << bits) - 1
    if padded and bits:
        out.append(held << to_bits - bits & (1 << to_bits) - 1)
    return out
