"""The identity at the terminal: shown once, in shares or as a file; typed in again."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from holdfast.pure.errors import Conflict, Invalid

if TYPE_CHECKING:
    from holdfast.continuity.mirror import NewIdentity

HolderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--holder", metavar="NAME", show_default=False,
        help="Who gets a share; once for each person. [dim]Default: five people without names[/dim]",
    ),
]  # fmt: skip
NeededOption = Annotated[
    int, typer.Option("--needed", min=2, max=16, help="How many shares bring the identity back.")
]
KeyOutOption = Annotated[
    Path | None,
    typer.Option(
        "--key-out", metavar="FILE", show_default=False,
        help="Write the identity to a file, whole. Without --holder there are no shares then.",
    ),
]  # fmt: skip
_PEOPLE: Final = 5
_WORDS_A_LINE: Final = 6
# The screen, what was scrolled off it, and the cursor home.
_CLEAR: Final = "\x1b[2J\x1b[3J\x1b[H"


def holders_of(named: list[str] | None, needed: int, key_out: Path | None) -> tuple[tuple[str, ...], int]:
    """Who gets a share, and how many are needed. Raises Conflict where the file of --key-out is there, Invalid."""
    if key_out is not None and key_out.exists():
        raise Conflict(f"{key_out} is there already; name another file")
    if named:
        holders = tuple(" ".join(one.split()) for one in named)
        if len(set(holders)) != len(holders):
            raise Invalid("each --holder needs a name of its own")
        return holders, needed
    if key_out is not None:
        return (), 0
    return tuple(f"Person {number}" for number in range(1, _PEOPLE + 1)), needed


def write_key(identity: NewIdentity, key_out: Path | None) -> None:
    """Write the identity as age reads it, for its owner alone."""
    if key_out is None:
        return
    handle = os.open(key_out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"# public key: {identity.recipient}\n{identity.identity}\n")
        file.flush()
        os.fsync(file.fileno())


def show_shares(identity: NewIdentity, holders: tuple[str, ...], needed: int) -> None:
    """Print each share. On a terminal one at a time, each gone from the screen before the next."""
    alone = sys.stdin.isatty() and sys.stdout.isatty()
    if holders:
        print(
            f"The identity is split into {len(holders)} shares; any {needed} of them bring it back, fewer tell nothing.\n"
            "They are shown once, now, and kept nowhere. Write each on paper, by hand, and give it to its holder."
        )
    for number, (holder, share) in enumerate(zip(holders, identity.shares, strict=True), 1):
        if alone:
            input(f"\nPress Enter for the share of {holder} ({number} of {len(holders)}). ")
        print(f"\nShare {number} of {len(holders)}, for {holder}")
        words = share.split()
        for start in range(0, len(words), _WORDS_A_LINE):
            line = words[start : start + _WORDS_A_LINE]
            print("  " + "".join(f"{start + place + 1:>3} {word:<12}" for place, word in enumerate(line)))
        if alone:
            input("\nPress Enter when it is written down; it goes from the screen. ")
            sys.stdout.write(_CLEAR)
            sys.stdout.flush()


def read_identity(key: Path | None, recipient: str) -> str:
    """The identity of `recipient`, from a file, or from shares that are typed or come on standard input, one a line.

    Raises Invalid.
    """
    from holdfast.continuity.mirror import join_identity
    from holdfast.platform.sealing import recipient_of

    if key is not None:
        identity = identity_in(key)
        if recipient_of(identity) != recipient:
            raise Invalid(f"{key} holds another identity than the one that this mirror is encrypted to")
        return identity
    if not sys.stdin.isatty():
        return join_identity(
            [line for line in sys.stdin.read().splitlines() if line.strip()], recipient=recipient
        )
    shares: list[str] = []
    while True:
        share = typer.prompt(f"Share {len(shares) + 1} (all its words; empty when there is no more)", default="", hide_input=True, show_default=False)  # fmt: skip
        if not share.strip():
            return join_identity(shares, recipient=recipient)
        shares.append(share)


def identity_in(path: Path) -> str:
    """The identity in a file as age writes it. Raises Invalid, without the text."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Invalid(f"{path} cannot be read as the file of an identity") from None
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1 or not found[0].startswith("AGE-SECRET-KEY-1"):
        raise Invalid(f"{path} does not hold one identity, AGE-SECRET-KEY-1…")
    return found[0]
