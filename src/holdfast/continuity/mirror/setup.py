"""How this site is mirrored: its stores, its keys, who believes what. Kept in a file, because it is needed when the database is away.

    DATA/mirror/            0700
    DATA/mirror/setup       0600, sealed with a key of the server's keyring

Nothing in it opens what lies at the stores: of the identity it has the recipient, and the authority's seed only as an age file that
the server cannot open. What it has is what writing needs: credentials, the signer of this epoch, the key of the names of media.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag

from ...platform import stores
from ...platform.crypto import Keyring
from ...pure.errors import Invalid
from ...pure.evidence import Algorithm, EvidenceInvalid, SigningKey, VerifierKey, parse_vkey

FOLDER: Final = "mirror"
_FILE: Final = "setup"
_CONTEXT: Final = "mirror/setup"
_VERSION: Final = 1

Policy = Literal["any", "all"]


class MirrorSetupUnreadable(Invalid):
    """The file is there and cannot be opened: another master key, or damaged."""

    public = (
        "mirror/setup in the data folder cannot be opened with this master key; give the right key, or bring the setup back "
        "from the kit."
    )


@dataclass(frozen=True, slots=True)
class StoreSetup:
    """One store. address: without credentials. owner, jurisdiction: as the operator says, empty where nobody said."""

    name: str
    address: str
    credentials: stores.StoreCredentials = field(default_factory=stores.StoreCredentials, repr=False)
    owner: str = ""
    jurisdiction: str = ""
    lock_promised: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """What no two stores may share: buckets of one name at two services are two stores."""
        return self.address, self.credentials.endpoint.rstrip("/")

    @property
    def shown(self) -> str:
        """Where it is, for people who have to find it again: the service too, where it is not the scheme's own."""
        endpoint = self.credentials.endpoint
        return f"{self.address} at {endpoint}" if endpoint else self.address


@dataclass(frozen=True, slots=True)
class SignedEpoch:
    """The objects of an epoch as they lie at the stores, so that a store added later gets them too. start: None until it is known."""

    number: int
    claim: bytes
    start: bytes | None = None


@dataclass(frozen=True, slots=True)
class MirrorSetup:
    """What the shipper, the kit and media need.

    site_id: PostgreSQL's system identifier. epoch: the one that this installation holds, signed for by `signer`. holder: its name
    in the claim. authority_sealed: the authority's seed, for the identity alone (`custody.open_authority`). media_key: 32 bytes
    that make the names of media. quorum: so many stores must hold something before it counts as held; with the policy "all" every
    one of them. holders: who has a share, by name. contacts: what the kit says of people and domain, by topic.
    """

    site_id: str
    domain: str
    epoch: int
    holder: str
    recipients: tuple[str, ...]
    authority_vkey: str
    authority_sealed: bytes
    signer: SigningKey
    media_key: bytes = field(repr=False)
    epochs: tuple[SignedEpoch, ...]
    stores: tuple[StoreSetup, ...] = ()
    quorum: int = 1
    policy: Policy = "any"
    holders: tuple[str, ...] = ()
    shares_needed: int = 1
    contacts: Mapping[str, str] = field(default_factory=dict)

    @property
    def authority(self) -> VerifierKey:
        """Who may open an epoch."""
        return parse_vkey(self.authority_vkey)

    def with_stores(self, found: tuple[StoreSetup, ...]) -> MirrorSetup:
        """The same with these stores; the quorum follows the policy."""
        quorum = len(found) if self.policy == "all" else 1
        return replace(self, stores=found, quorum=max(1, quorum))


def is_configured(data_folder: Path) -> bool:
    """Whether there is a mirror, whatever its setup says."""
    return (data_folder / FOLDER / _FILE).exists()


def read_setup(data_folder: Path, keyring: Keyring) -> MirrorSetup | None:
    """The setup; None where no mirror is configured. Raises MirrorSetupUnreadable."""
    try:
        sealed = (data_folder / FOLDER / _FILE).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return _from_facts(msgspec.json.decode(keyring.open(sealed, context=_CONTEXT)))
    except (InvalidTag, ValueError, KeyError, TypeError, msgspec.DecodeError, EvidenceInvalid):
        raise MirrorSetupUnreadable from None


def write_setup(data_folder: Path, keyring: Keyring, setup: MirrorSetup) -> None:
    """Keep the setup in place of one that may be there; readers see the old one or the new one, whole."""
    folder = data_folder / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sealed = keyring.seal(msgspec.json.encode(setup_facts(setup)), context=_CONTEXT)
    staging = folder / f"{_FILE}.new"
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    staging.rename(folder / _FILE)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_stores(
    setup: MirrorSetup, *, timeout_seconds: float = stores.TIMEOUT_SECONDS
) -> dict[str, stores.Store]:
    """The stores by name; nothing is asked of them yet.

    One whose folder is not there now, as when its disk is not mounted, is away until it is: the others go on.
    """
    opened: dict[str, stores.Store] = {}
    for one in setup.stores:
        opening = partial(stores.open_store, one.address, one.credentials, timeout_seconds=timeout_seconds)
        try:
            opened[one.name] = opening()
        except stores.StoreMisnamed:
            opened[one.name] = stores.LateStore(one.address, opening)
    return opened


def setup_facts(setup: MirrorSetup) -> dict[str, Any]:
    """The setup as JSON values, secrets included: for the sealed file and the sealed kit, nowhere else."""
    return {
        "version": _VERSION,
        "site_id": setup.site_id,
        "domain": setup.domain,
        "epoch": setup.epoch,
        "holder": setup.holder,
        "recipients": list(setup.recipients),
        "authority": setup.authority_vkey,
        "authority_sealed": _text(setup.authority_sealed),
        "signer": {"name": setup.signer.name, "seed": _text(setup.signer.seed)},
        "media_key": _text(setup.media_key),
        "epochs": [
            {"number": one.number, "claim": _text(one.claim), "start": _text(one.start or b"")}
            for one in setup.epochs
        ],
        "stores": [_store_facts(one) for one in setup.stores],
        "quorum": setup.quorum,
        "policy": setup.policy,
        "holders": list(setup.holders),
        "shares_needed": setup.shares_needed,
        "contacts": dict(setup.contacts),
    }


def setup_from_facts(facts: Mapping[str, Any]) -> MirrorSetup:
    """The setup that a kit holds. Raises MirrorSetupUnreadable."""
    try:
        return _from_facts(facts)
    except (ValueError, KeyError, TypeError, EvidenceInvalid):
        raise MirrorSetupUnreadable("The kit holds no setup that is understood here.") from None


def _from_facts(facts: Mapping[str, Any]) -> MirrorSetup:
    if facts["version"] != _VERSION:
        raise ValueError("unknown version")
    parse_vkey(facts["authority"])
    return MirrorSetup(
        site_id=facts["site_id"],
        domain=facts["domain"],
        epoch=int(facts["epoch"]),
        holder=facts["holder"],
        recipients=tuple(facts["recipients"]),
        authority_vkey=facts["authority"],
        authority_sealed=_bytes(facts["authority_sealed"]),
        signer=SigningKey(facts["signer"]["name"], Algorithm.ED25519, _bytes(facts["signer"]["seed"])),
        media_key=_bytes(facts["media_key"]),
        epochs=tuple(
            SignedEpoch(int(one["number"]), _bytes(one["claim"]), _bytes(one["start"]) or None)
            for one in facts["epochs"]
        ),
        stores=tuple(_store(one) for one in facts["stores"]),
        quorum=int(facts["quorum"]),
        policy="all" if facts["policy"] == "all" else "any",
        holders=tuple(facts["holders"]),
        shares_needed=int(facts["shares_needed"]),
        contacts=dict(facts["contacts"]),
    )


def _store_facts(store: StoreSetup) -> dict[str, Any]:
    known = store.credentials
    return {
        "name": store.name,
        "address": store.address,
        "owner": store.owner,
        "jurisdiction": store.jurisdiction,
        "lock_promised": store.lock_promised,
        "credentials": {
            "user": known.user,
            "secret": known.secret,
            "private_key": known.private_key,
            "host_key": known.host_key,
            "endpoint": known.endpoint,
            "region": known.region,
        },
    }


def _store(facts: Mapping[str, Any]) -> StoreSetup:
    return StoreSetup(
        facts["name"], facts["address"], stores.StoreCredentials(**facts["credentials"]),
        facts["owner"], facts["jurisdiction"], bool(facts["lock_promised"]),
    )  # fmt: skip


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
