"""Everything outside that the site depends on: who owns it, where, and what goes dark when that owner says no. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from ..mirror import MirrorSetup


class Standing(StrEnum):
    """GOOD: nothing to do. NOTE: somebody should know. BAD: one owner can put the site out, or a thing is missing."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


class Dependency(NamedTuple):
    """One thing outside. owner, where: "" is not noted. dark: what stops when that owner says no. said: what to do."""

    what: str
    owner: str
    where: str
    dark: str
    standing: Standing
    said: str = ""


class OutsideFacts(NamedTuple):
    """What the program knows of itself. push_hosts: subscriptions by the host of their vendor. confirming: witnesses that cosign."""

    mail_host: str
    push_hosts: Mapping[str, int]
    time_stamps: str
    confirming: int
    has_lock: bool


_NAMED: Final[Sequence[tuple[str, str, str]]] = (
    ("host", "compute", "Everything, until a relaunch elsewhere"),
    ("registrar", "registrar", "The name: apps, links and federation find nobody"),
    ("dns-provider", "DNS", "The name, within its TTL"),
    ("dns-second", "second DNS", "Nothing while the first answers"),
    ("certificates", "certificate authority", "HTTPS, when the certificate runs out"),
)  # fmt: skip
_OPTIONAL: Final = frozenset({"dns-second"})


def dependencies(setup: MirrorSetup | None, facts: OutsideFacts) -> list[Dependency]:
    """The list, in the order in which owners were refused service before: hosts, stores, names, certificates, mail, push, packages."""
    contacts = setup.contacts if setup is not None else {}
    found = [_noted(topic, what, dark, contacts.get(topic, "")) for topic, what, dark in _NAMED[:1]]
    found += _stores(setup)
    found += [_noted(topic, what, dark, contacts.get(topic, "")) for topic, what, dark in _NAMED[1:]]
    mail_dark = "Mail: confirmations, new passwords, answers to notices"
    if facts.mail_host:
        found.append(Dependency("mail", contacts.get("mail", ""), facts.mail_host, mail_dark, Standing.GOOD))
    else:
        found.append(
            Dependency("mail", "", "", mail_dark, Standing.NOTE, "no mail server is set; nothing is mailed")
        )
    found += [
        Dependency(
            "push vendor",
            host,
            "",
            f"Push to {count} apps; they still see everything when opened",
            Standing.GOOD,
        )
        for host, count in Counter(dict(facts.push_hosts)).most_common()
    ]
    found.append(_witnesses(facts.confirming))
    if facts.time_stamps:
        host = urlsplit(facts.time_stamps).hostname or facts.time_stamps
        found.append(
            Dependency(
                "time stamps", host, "", "Proof of time by a third party; the ledger goes on", Standing.GOOD
            )
        )
    found.append(_packages(facts.has_lock))
    return found


def _noted(topic: str, what: str, dark: str, owner: str) -> Dependency:
    if owner:
        return Dependency(what, owner, "", dark, Standing.GOOD)
    standing = Standing.NOTE if topic in _OPTIONAL else Standing.BAD
    return Dependency(what, "", "", dark, standing, f"not noted: holdfast mirror note {topic} TEXT")


def _stores(setup: MirrorSetup | None) -> list[Dependency]:
    if setup is None or not setup.stores:
        said = "no mirror: holdfast mirror init, then mirror add"
        return [Dependency("mirror", "", "", "Nothing comes back when the host says no", Standing.BAD, said)]
    owners = Counter(one.owner.casefold() for one in setup.stores if one.owner)
    places = Counter(one.jurisdiction.casefold() for one in setup.stores if one.jurisdiction)
    left = len(setup.stores) - 1
    found = []
    for one in setup.stores:
        dark = f"One copy; {left} other{'s' if left != 1 else ''} left" if left else "The only copy outside"
        said, standing = "", Standing.GOOD
        if not left:
            said, standing = "add a store of another owner", Standing.BAD
        elif not one.owner or not one.jurisdiction:
            said, standing = (
                "owner or jurisdiction is not noted: remove the store and add it with --owner and --jurisdiction",
                Standing.NOTE,
            )
        elif owners[one.owner.casefold()] > 1:
            said, standing = "another store has the same owner", Standing.BAD
        elif places[one.jurisdiction.casefold()] > 1:
            said, standing = "another store is in the same jurisdiction", Standing.NOTE
        place = one.jurisdiction or urlsplit(one.address).hostname or ""
        found.append(Dependency(f"store {one.name}", one.owner, place, dark, standing, said))
    return found


def _witnesses(confirming: int) -> Dependency:
    dark = "Outsiders cannot tell that the ledger shows everybody the same; it goes on"
    if confirming:
        return Dependency("witnesses", f"{confirming} cosign", "", dark, Standing.GOOD)
    return Dependency(
        "witnesses", "", "", dark, Standing.NOTE, "none cosigns: docs/guide/running-a-witness.md"
    )


def _packages(has_lock: bool) -> Dependency:
    dark = "Installing on a new machine"
    if has_lock:
        said = "the kit has the list with hashes; keep the wheels beside it"
        return Dependency("package sources", "PyPI, Debian", "", dark, Standing.GOOD, said)
    return Dependency(
        "package sources",
        "PyPI, Debian",
        "",
        dark,
        Standing.NOTE,
        "this installation carries no list with hashes",
    )


def worst(found: Sequence[Dependency]) -> Standing:
    """The worst of all."""
    order = (Standing.GOOD, Standing.NOTE, Standing.BAD)
    return max((one.standing for one in found), key=order.index, default=Standing.GOOD)
