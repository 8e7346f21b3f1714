"""Names of hosts that look like others: shown as what they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

import idna

from ..confusables import fold_character
from ..outbound_addresses import AddressNotAllowed, normalise_host


@dataclass(frozen=True, slots=True)
class HostReport:
    """A host in ASCII and as it would be read. looks_like: the host of ours that it can be taken for, never itself.

    mixed_scripts: a label has letters of more than one script, which names of one language do not.
    """

    ascii: str
    shown: str
    looks_like: str
    mixed_scripts: bool

    @property
    def suspicious(self) -> bool:
        """Whether a person should look twice."""
        return bool(self.looks_like) or self.mixed_scripts


def host_report(host: str, own_hosts: Collection[str]) -> HostReport:
    """What there is to say about a host; one that is no name is its own `ascii`."""
    try:
        ascii_name = normalise_host(host)
    except AddressNotAllowed:
        ascii_name = host.lower()
    shown = ".".join(_shown(label) for label in ascii_name.split("."))
    own = {one.lower() for one in own_hosts}
    likeness = _likeness(shown)
    like = "" if ascii_name in own else next((one for one in sorted(own) if _likeness(one) == likeness), "")
    mixed = any(len(_scripts(label)) > 1 for label in shown.split("."))
    return HostReport(ascii_name, shown, like, mixed)


def _shown(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


def _likeness(host: str) -> str:
    folded = "".join(fold_character(character) for character in host)
    # Digits and pairs of letters that pass for one, in most faces of type.
    for written, read in (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s")):
        folded = folded.replace(written, read)
    return folded


def _scripts(label: str) -> set[str]:
    found = {unicodedata.name(one, "?").split(" ")[0] for one in label if one.isalpha()}
    # Japanese and Korean are written in several at once.
    east = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}
    return (found - east) | ({"EAST"} if found & east else set()) if not found <= east | {"LATIN"} else set()
