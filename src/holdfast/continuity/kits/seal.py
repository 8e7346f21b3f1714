"""The sealed part of the kit: made, put at every store, found again with nothing but an identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from ...platform import sealing, stores
from ...platform.clock import Instant
from ...pure.errors import NotFound
from ...pure.mirror import MirrorInvalid, Sheet, encode_sealed, open_sealed
from ...pure.mirror_objects import KitHead, encode_kit, open_kit_head, parse_kit_name, peek_kit
from ..mirror import (
    AuthorityWrong,
    MirrorSetup,
    MirrorSetupUnreadable,
    open_authority,
    setup_facts,
    setup_from_facts,
    signers_of,
    spread,
)

log = structlog.get_logger(__name__)

_FOLDER: Final = "kit"
_SETUP: Final = "setup"
_KEPT: Final = 8


class NoKit(NotFound):
    """No store has a kit that this identity opens and that this site made."""

    public = (
        "No store holds a kit that this identity opens; check the identity, or give the sealed kit as a file."
    )


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit that was opened and is believed. facts: everything else that was sealed, by topic. name: of its object, None for a file
    whose head is not there."""

    setup: MirrorSetup
    facts: Mapping[str, Any] = field(repr=False)
    name: str | None = None
    stores: tuple[str, ...] = ()

    @property
    def master_key(self) -> bytes:
        """What the server's keyring is made from."""
        return bytes.fromhex(str(self.facts["master_key"]))


def sheet_of(setup: MirrorSetup, now: Instant) -> Sheet:
    """What may be read of a setup."""
    return Sheet(
        domain=setup.domain,
        site=setup.site_id,
        epoch=setup.epoch,
        authority=setup.authority,
        recipients=setup.recipients,
        stores=tuple(one.shown for one in setup.stores),
        holders=setup.holders,
        shares_needed=setup.shares_needed,
        made_at=now,
    )


def seal_kit(
    setup: MirrorSetup, facts: Mapping[str, Any], sequence: int, *, now: Instant
) -> tuple[str, bytes]:
    """Name and object of a kit. Raises MalformedObject where it is too large."""
    plain = encode_sealed(sheet_of(setup, now), {**facts, _SETUP: setup_facts(setup)})
    head = KitHead(setup.site_id, setup.epoch, sequence, now)
    return head.name, encode_kit(head, sealing.seal(plain, setup.recipients), setup.signer)


async def put_kit(
    setup: MirrorSetup, opened: Mapping[str, stores.Store], facts: Mapping[str, Any], *, now: Instant
) -> tuple[str, bytes, dict[str, stores.StoreError | None]]:
    """A new kit at every store: its name, its bytes, and what each store said. Raises mirror.TooFewHold."""
    held = [place for names in (await _listed(opened)).values() for place in names]
    sequence = max((number for epoch, number in held if epoch == setup.epoch), default=-1) + 1
    name, data = seal_kit(setup, facts, sequence, now=now)
    answers = await spread(opened, name, data, needed=min(1, len(opened)))
    await _forget_old(opened)
    return name, data, answers


async def fetch_kit(opened: Mapping[str, stores.Store], identity: str) -> Kit:
    """The newest kit of all stores that this identity opens and whose maker is believed. Raises NoKit."""
    listed = await _listed(opened)
    for place in sorted({one for names in listed.values() for one in names}, reverse=True):
        name = f"{_FOLDER}/{place[0]:010d}/{place[1]:010d}"
        for label in (label for label, names in listed.items() if place in names):
            try:
                kit = open_kit(await opened[label].get(name), identity, name=name)
            except (stores.StoreError, MirrorInvalid, NoKit) as error:
                log.warning("mirror.kit_refused", store=label, name=name, error=type(error).__name__)
                continue
            return kit
    raise NoKit


def open_kit(data: bytes, identity: str, *, name: str | None = None) -> Kit:
    """The kit in an object, or in the file that `mirror kit` wrote. Raises NoKit, MirrorInvalid.

    Whoever knows the recipient can encrypt to it. So what is inside counts only when the authority that it hands on bears the mark
    of this identity, and the epoch's signer, vouched for by that authority, signed the whole.
    """
    said, body = peek_kit(data)
    try:
        facts = open_sealed(sealing.unseal(body, identity))[1]
        setup = setup_from_facts(facts["secrets"][_SETUP])
        authority = open_authority(setup.authority_sealed, identity, setup.site_id)
    except (sealing.SealingWrong, MirrorSetupUnreadable, AuthorityWrong, KeyError) as error:
        raise NoKit(private=type(error).__name__) from None
    if authority.verifier != setup.authority:
        raise NoKit(private="another authority")
    place = name or said
    head = open_kit_head(data, place, signers_of(setup))
    if (head.site, head.epoch) != (setup.site_id, setup.epoch):
        raise NoKit(private="of another site or epoch")
    return Kit(setup, facts["secrets"], place, tuple(facts["stores"]))


async def _listed(opened: Mapping[str, stores.Store]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for label, store in opened.items():
        try:
            names = [parse_kit_name(one.name) for one in await store.list(_FOLDER)]
        except stores.StoreError as error:
            log.info("mirror.store_away", store=label, error=type(error).__name__)
            continue
        found[label] = [one for one in names if one is not None]
    return found


async def _forget_old(opened: Mapping[str, stores.Store]) -> None:
    """A few kits are kept, in case that the newest was made by mistake; where nothing may be deleted, all are."""
    for label, names in (await _listed(opened)).items():
        for epoch, number in sorted(names)[:-_KEPT]:
            try:
                await opened[label].delete(f"{_FOLDER}/{epoch:010d}/{number:010d}")
            except stores.StoreError:
                break
