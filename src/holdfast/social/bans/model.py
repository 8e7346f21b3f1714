"""What is kept out: servers, networks, mail domains, mailboxes. Pure decisions about them."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum
from hashlib import sha256

import msgspec

from ...platform.clock import Instant
from ...pure.entities import ascii_domain
from .errors import BanNotAllowed

COMMENT_CHARACTERS = 2000
PATTERN_CHARACTERS = 200
PATTERN_LEAST = 3
LINK_CHARACTERS = 2000
_PATH_PARTS = 20
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A shorter prefix would be a slip of the finger: it shuts out a continent.
_SHORTEST_PREFIX = {4: 8, 6: 16}


class ServerSeverity(StrEnum):
    """What is done with another server: nothing but what its flags say, kept out of public view, or cut off."""

    NOOP = "noop"
    SILENCE = "silence"
    SUSPEND = "suspend"


class NetworkSeverity(StrEnum):
    """What people of a network may still do, the mildest first."""

    APPROVAL = "sign_up_requires_approval"
    NO_SIGN_UP = "sign_up_block"
    NO_ACCESS = "no_access"


_STRICTNESS = {severity: number for number, severity in enumerate(NetworkSeverity)}


class ServerPolicy(msgspec.Struct, frozen=True):
    """What is done with a server, and what of it is told to whom."""

    severity: ServerSeverity = ServerSeverity.SILENCE
    reject_media: bool = False
    reject_reports: bool = False
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool = False


class ServerBlock(msgspec.Struct, frozen=True):
    """A block of a server and of all below it."""

    id: int
    domain: str
    policy: ServerPolicy
    created_at: Instant

    @property
    def digest(self) -> str:
        """SHA-256 of the domain, so that a hidden name can be compared."""
        return sha256(self.domain.encode()).hexdigest()

    @property
    def shown_domain(self) -> str:
        """The domain as others may see it: with its middle as stars when that is asked for."""
        return obfuscated(self.domain) if self.policy.obfuscate else self.domain


class ServerAllow(msgspec.Struct, frozen=True):
    """A server that may federate where only some may."""

    id: int
    domain: str
    created_at: Instant


class MailDomainBlock(msgspec.Struct, frozen=True):
    """A mail domain that nobody signs up with, or only after a person approved."""

    id: int
    domain: str
    allow_with_approval: bool
    created_at: Instant


class MailboxBlock(msgspec.Struct, frozen=True):
    """A mailbox that may not sign up; `hash` is that of `mailbox_hash`."""

    id: int
    hash: str
    created_at: Instant


class NetworkBlock(msgspec.Struct, frozen=True):
    """A network and what it may not; `expires_at` None: until it is removed."""

    id: int
    network: str
    severity: NetworkSeverity
    comment: str
    expires_at: Instant | None
    created_at: Instant


class PatternField(StrEnum):
    """Which part of a sign-up a pattern is compared with."""

    USERNAME = "username"
    EMAIL = "email"
    REASON = "reason"


class PatternSeverity(StrEnum):
    """What becomes of a sign-up that looks like a pattern, the milder first."""

    APPROVAL = "approval"
    REFUSE = "refuse"


class SignUpPattern(msgspec.Struct, frozen=True):
    """What sign-ups are compared with: `*` stands for anything, `?` for one character; letter case does not count."""

    id: int
    field: PatternField
    pattern: str
    severity: PatternSeverity
    created_at: Instant


class MaterialKind(StrEnum):
    """What no post may carry."""

    LINK = "link"  # a host, with what is below it, or an address, with what is below it
    IMAGE = "image"  # the hash of a file


class BarredMaterial(msgspec.Struct, frozen=True):
    """A link or a file that no post may carry."""

    id: int
    kind: MaterialKind
    value: str
    created_at: Instant


class Entry(msgspec.Struct, frozen=True):
    """What the bans say of a sign-up: `refused` names the field that is at fault, `approval` asks for a person."""

    refused: str | None = None
    approval: bool = False


def read_domain(written: str) -> str:
    """A domain name in its one form: lower case, ASCII, without dots around it. Raises BanNotAllowed."""
    name = ascii_domain(written.strip().strip(".").lower())
    if name is None or "." not in name:
        raise BanNotAllowed("domain", "ERR_INVALID", "must be a domain name such as example.org")
    return name


def read_network(written: str) -> str:
    """An address or a network in its one form. Raises BanNotAllowed."""
    try:
        network = ipaddress.ip_network(written.strip(), strict=False)
    except ValueError:
        raise BanNotAllowed(
            "ip", "ERR_INVALID", "must be an address or a network such as 192.0.2.0/24"
        ) from None
    if network.prefixlen < _SHORTEST_PREFIX[network.version]:
        least = _SHORTEST_PREFIX[network.version]
        raise BanNotAllowed("ip", "ERR_TOO_WIDE", f"is too wide; the shortest prefix is /{least}")
    return str(network)


def read_hash(written: str) -> str:
    """The hash of a mailbox as others exchange it. Raises BanNotAllowed."""
    text = written.strip().lower()
    if len(text) != 64 or any(character not in "0123456789abcdef" for character in text):
        raise BanNotAllowed(
            "canonical_email_hash", "ERR_INVALID", "must be a SHA-256 in hexadecimal, 64 characters"
        )
    return text


def read_pattern(written: str) -> str:
    """A pattern in its one form. Raises BanNotAllowed: also for one that nearly everybody would look like."""
    pattern = re.sub(r"\*+", "*", written.strip().lower())
    if not pattern or len(pattern) > PATTERN_CHARACTERS:
        raise BanNotAllowed("pattern", "ERR_INVALID", f"must have 1 to {PATTERN_CHARACTERS} characters")
    if len(pattern.replace("*", "").replace("?", "")) < PATTERN_LEAST:
        raise BanNotAllowed(
            "pattern", "ERR_TOO_WIDE", f"must have {PATTERN_LEAST} characters besides * and ?"
        )
    return pattern


def looks_like(pattern: str, text: str) -> bool:
    """Whether a text looks like a pattern, as a whole. In time that grows with both and no faster."""
    text = text.strip().lower()
    at = star = mark = 0
    starred = False
    place = 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            starred, star, mark = True, at, place
            at += 1
        elif at < len(pattern) and (pattern[at] == "?" or pattern[at] == text[place]):
            at += 1
            place += 1
        elif starred:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return all(character == "*" for character in pattern[at:])


def read_link(written: str) -> str:
    """A host or an address in the form that links are compared by: no scheme, no fragment, no slash at the end.

    Raises BanNotAllowed.
    """
    rest = re.sub(r"^[a-z][a-z0-9+.-]*://", "", written.strip(), flags=re.IGNORECASE).partition("#")[0]
    host, slash, path = rest.partition("/")
    # What could stand before or behind the host names nobody else's host.
    host = host.rpartition("@")[2].partition("?")[0].partition(":")[0].lower().removeprefix("www.").strip(".")
    name = ascii_domain(host)
    if name is None or "." not in name or len(rest) > LINK_CHARACTERS:
        raise BanNotAllowed("link", "ERR_INVALID", "must be a host or an address such as example.org/page")
    return f"{name}{slash}{path}".rstrip("/")


def link_forms(url: str) -> list[str]:
    """What a barred link could be called for this one to be barred: its host, the hosts above it, and each place above."""
    try:
        known = read_link(url)
    except BanNotAllowed:
        return []
    host, _, path = known.partition("/")
    forms = parents(host)
    so_far = host
    plain = path.partition("?")[0]
    for part in plain.split("/")[:_PATH_PARTS]:
        so_far = f"{so_far}/{part}"
        forms.append(so_far)
    return list(dict.fromkeys([*forms, known]))


def read_file_hash(written: str) -> str:
    """The hash of a file as uploads are compared by. Raises BanNotAllowed."""
    text = written.strip().lower()
    if not re.fullmatch(r"(sha256|pdq):[0-9a-f]{64}", text):
        raise BanNotAllowed("image", "ERR_INVALID", "must be sha256: or pdq: and 64 hexadecimal digits")
    return text


def mailbox_hash(email: str) -> str:
    """SHA-256 of a mailbox in the form that servers of this kind share: lower case, no dots, no `+tag`."""
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0].replace(".", "")
    return sha256(f"{local}@{domain}".encode()).hexdigest()


def parents(domain: str) -> list[str]:
    """The domain and every domain above it: a block of one covers all below."""
    labels = domain.lower().strip(".").split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text is, an IPv4 one also when written as IPv6; None when it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def strictest(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    blocks: list[tuple[Network, NetworkSeverity, Instant | None]],
    now: Instant,
) -> NetworkSeverity | None:
    """The strictest block that holds for an address now."""
    found = [
        severity
        for network, severity, expires_at in blocks
        if (expires_at is None or expires_at > now)
        and address.version == network.version
        and address in network
    ]
    return max(found, key=_STRICTNESS.__getitem__) if found else None


def obfuscated(domain: str) -> str:
    """A domain whose middle is hidden: its ends, and stars for what is between."""
    kept = max(1, len(domain) // 4)
    return "".join(
        character if number < kept or number >= len(domain) - kept or character == "." else "*"
        for number, character in enumerate(domain)
    )
