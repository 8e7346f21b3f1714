"""Whom the verifier believes: a policy file, keys of the command line, checkpoints that were seen before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from holdfast.pure.errors import Invalid
from holdfast.pure.evidence import Group, Peer, Policy, parse_policy, parse_vkey

# Files that a person gives are read whole; none of them is large.
MAX_FILE_BYTES = 16_000_000

_ANY_WITNESS = "any-witness"


@dataclass(frozen=True, slots=True)
class Trust:
    """The policy to verify under, None if none was given, and notes of checkpoints that the verifier saw before."""

    policy: Policy | None
    seen: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What stands apart from the file: the leaf, openings, and who hears how many leaves of how many are read."""

    leaf: Path | None = None
    openings: tuple[Path, ...] = ()
    tick: Callable[[int, int], None] | None = None


def read_trust(policy: Path | None, vkeys: Sequence[str], seen: Sequence[Path]) -> Trust:
    """The policy of a file together with keys: of logs, or of witnesses, of which one is then enough.

    Raises the family of evidence errors for a file or key that cannot be read, and Invalid for a missing file.
    """
    read = parse_policy(read_file(policy)) if policy else None
    if vkeys:
        read = _with_keys(read or Policy(()), vkeys)
    return Trust(read, tuple((str(path), read_file(path)) for path in seen))


def read_file(path: Path, maximum_bytes: int = MAX_FILE_BYTES) -> bytes:
    """A file's bytes. Raises Invalid where there is none, or a larger one."""
    try:
        with path.open("rb") as source:
            data = source.read(maximum_bytes + 1)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > maximum_bytes:
        raise Invalid(f"{path} is larger than {maximum_bytes} bytes: it is no file of this kind")
    return data


def _with_keys(policy: Policy, vkeys: Sequence[str]) -> Policy:
    logs, witnesses = list(policy.logs), list(policy.witnesses)
    added: list[str] = []
    for key in map(parse_vkey, vkeys):
        if not key.is_cosigner:
            if key not in policy.log_keys:
                logs.append(Peer(key.name, key))
        elif key not in policy.witness_keys:
            witnesses.append(Peer(key.vkey, key))
            added.append(key.vkey)
    if not added or policy.quorum is not None:
        return Policy(tuple(logs), tuple(witnesses), policy.groups, policy.quorum)
    group = Group(_ANY_WITNESS, 1, tuple(added))
    return Policy(tuple(logs), tuple(witnesses), (*policy.groups, group), _ANY_WITNESS)
