"""Trust policies (C2SP tlog-policy): which logs are believed, and whose cosignatures make a checkpoint good enough.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member>...
    quorum <name>|none

Lines refer only to names above them; a name is a member at most once, so that a witness counts in one way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from .checkpoints import SignedCheckpoint, open_checkpoint, parse_decimal
from .errors import MalformedKey, MalformedPolicy
from .signatures import VerifierKey, parse_vkey

MAX_POLICY_BYTES = 1_000_000
MAX_LINES = 1000
NO_QUORUM = "none"

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Peer:
    """A log or a witness: its key, where it is reached, and the name that the policy gives a witness."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Counts as a witness when `threshold` of its members do."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses and the quorum; `quorum` None asks for no witness."""

    logs: tuple[Peer, ...]
    witnesses: tuple[Peer, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str | None = None

    @property
    def log_keys(self) -> tuple[VerifierKey, ...]:
        """The keys of the logs."""
        return tuple(one.key for one in self.logs)

    @property
    def witness_keys(self) -> tuple[VerifierKey, ...]:
        """The keys of the witnesses."""
        return tuple(one.key for one in self.witnesses)

    def encode(self) -> bytes:
        """The policy as a file."""
        lines = [_line("log", log.key.vkey, log.url) for log in self.logs]
        lines += [_line("witness", one.name, one.key.vkey, one.url) for one in self.witnesses]
        lines += [_line("group", one.name, str(one.threshold), *one.members) for one in self.groups]
        lines.append(_line("quorum", self.quorum or NO_QUORUM))
        return "".join(lines).encode("utf-8", "surrogateescape")

    def reached(self, witnessed: Set[str]) -> bool:
        """Whether these witnesses, by the policy's names, are a quorum."""
        if self.quorum is None:
            return True
        counted = set(witnessed)
        for group in self.groups:
            if sum(member in counted for member in group.members) >= group.threshold:
                counted.add(group.name)
        return self.quorum in counted


@dataclass(frozen=True, slots=True)
class Standing:
    """How a checkpoint stands under a policy: who has seen it, when (seconds since 1970), and if that is enough."""

    signed: SignedCheckpoint
    witnessed: Mapping[str, int]
    quorum_reached: bool


def assess_checkpoint(data: bytes, policy: Policy) -> Standing:
    """Verify a checkpoint under a policy. A quorum that is missed is told, not raised.

    Raises what `open_checkpoint` raises: for a log that is not in the policy, and for wrong signatures.
    """
    signed = open_checkpoint(data, policy.log_keys, policy.witness_keys)
    times = {one.key: one.time_unix for one in signed.signatures}
    witnessed = {one.name: times[one.key] or 0 for one in policy.witnesses if one.key in times}
    return Standing(signed, witnessed, policy.reached(witnessed.keys()))


@dataclass(slots=True)
class _Reading:
    logs: list[Peer] = field(default_factory=list)
    witnesses: list[Peer] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    def log(self, vkey: str, url: str | None = None) -> None:
        key = _key(vkey)
        self._refuse_twice(key, self.logs)
        self.logs.append(Peer(key.name, key, url))

    def witness(self, name: str, vkey: str, url: str | None = None) -> None:
        key = _key(vkey)
        if not key.is_cosigner:
            raise MalformedPolicy(f"The key of the witness {name} is no cosigner's.")
        self._refuse_twice(key, self.witnesses)
        self._name(name)
        self.witnesses.append(Peer(name, key, url))

    def group(self, name: str, threshold: str, *members: str) -> None:
        if not members:
            raise MalformedPolicy(f"The group {name} has no members.")
        for member in members:
            if member not in self.names:
                raise MalformedPolicy(f"{_shown(member)} is not defined above the group {name}.")
            if member in self.members:
                raise MalformedPolicy(f"{_shown(member)} is a member twice.")
            self.members.add(member)
        words = {"all": len(members), "any": 1}
        count = words.get(threshold) or parse_decimal(threshold)
        if not count or count > len(members):
            raise MalformedPolicy(f"The group {name} asks for {_shown(threshold)} of {len(members)}.")
        self._name(name)
        self.groups.append(Group(name, count, members))

    def set_quorum(self, name: str) -> None:
        if self.quorum:
            raise MalformedPolicy("A policy has one quorum line.")
        if name != NO_QUORUM and name not in self.names:
            raise MalformedPolicy(f"{_shown(name)} is not defined above the quorum.")
        self.quorum.append(name)

    def _name(self, name: str) -> None:
        if name == NO_QUORUM or name in self.names:
            raise MalformedPolicy(f"The name {_shown(name)} is taken.")
        self.names.add(name)

    def _refuse_twice(self, key: VerifierKey, others: list[Peer]) -> None:
        if any(one.key.public_key == key.public_key for one in others):
            raise MalformedPolicy(f"The key of {key.name} stands in the policy twice.")


# Word -> the fewest and the most items after it.
_ITEMS = {"log": (1, 2), "witness": (2, 3), "group": (3, MAX_LINES), "quorum": (1, 1)}


def parse_policy(data: bytes) -> Policy:
    """Read a policy file strictly. Raises MalformedPolicy, with the number of the line."""
    if len(data) > MAX_POLICY_BYTES or _FORBIDDEN.search(data):
        raise MalformedPolicy("A policy is lines of text without control characters.")
    # Names are octets to the format: what is no UTF-8 is kept as it is.
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    if lines.pop() or len(lines) > MAX_LINES:
        raise MalformedPolicy(f"A policy ends in a newline and has at most {MAX_LINES} lines.")
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        items = _SPACE.split(line.strip(" \t"))
        if items == [""] or items[0].startswith("#"):
            continue
        try:
            _take(reading, items)
        except MalformedPolicy as error:
            raise MalformedPolicy(f"Line {number} of the policy: {error.public}") from None
    if not reading.quorum:
        raise MalformedPolicy("A policy has one quorum line.")
    quorum = None if reading.quorum[0] == NO_QUORUM else reading.quorum[0]
    return Policy(tuple(reading.logs), tuple(reading.witnesses), tuple(reading.groups), quorum)


def _take(reading: _Reading, items: list[str]) -> None:
    word, values = items[0], items[1:]
    fewest, most = _ITEMS.get(word, (0, -1))
    if not fewest <= len(values) <= most:
        raise MalformedPolicy(f"{_shown(word)} is not written like this.")
    if word == "log":
        reading.log(*values)
    elif word == "witness":
        reading.witness(*values)
    elif word == "group":
        reading.group(*values)
    else:
        reading.set_quorum(values[0])


def _key(vkey: str) -> VerifierKey:
    try:
        return parse_vkey(vkey)
    except MalformedKey as error:
        raise MalformedPolicy(error.public) from None


def _line(*items: str | None) -> str:
    return " ".join(item for item in items if item is not None) + "\n"


def _shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
