"""Issue the next relaunch notice."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.evidence import SigningKey
from ...pure.relaunch_notices import RelaunchNotice, encode_notice, take_notice
from ...records import ledger
from . import store
from .queries import newest_notice


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What is to be said. addresses: origins where the site is found, the first first; none takes the notice before back.

    notices: addresses of the files to look for later ones.
    """

    addresses: tuple[str, ...]
    notices: tuple[str, ...]
    effective_at: Instant


class Issued(NamedTuple):
    """A notice and its file."""

    notice: RelaunchNotice
    document: bytes


async def issue_notice(
    tx: Tx, new: NewNotice, keys: Sequence[SigningKey], *, seen: RelaunchNotice | None, now: Instant
) -> Issued:
    """Sign the next notice with every key that the ledger ever signed with, and record that.

    seen: the newest notice that any store has, which a restored database may not know. Raises NoticeInvalid, NoticeRolledBack.
    """
    await store.lock(tx)
    origin = keys[0].name
    held = await newest_notice(tx, [key.verifier for key in keys])
    known = [one for one in (held and held.notice, seen) if one is not None and one.origin == origin]
    sequence = max((one.sequence for one in known), default=0) + 1
    whole = now.replace(microsecond=0)
    notice = RelaunchNotice(
        origin, sequence, whole, new.effective_at.replace(microsecond=0), new.addresses, new.notices
    )
    for one in known:
        take_notice(one, notice)
    document = encode_notice(notice, keys)
    await store.insert_notice(tx, notice, document)
    digest = base64.b64encode(hashlib.sha256(document).digest()).decode()
    entry = ledger.Entry(
        kind=ledger.Kind.RELAUNCH_NOTICE,
        public={"sequence": sequence, "addresses": len(notice.addresses), "digest": digest},
    )
    await ledger.append(tx, entry, now=now)
    return Issued(notice, document)
