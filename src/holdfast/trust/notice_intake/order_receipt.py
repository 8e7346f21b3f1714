"""Use case: a receipt by mail is ordered in the transaction that records the notice."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.notices import is_address
from ..notices import Received
from . import store
from .events import ReceiptOrdered
from .model import LetterStatus
from .queries import letters_to

_DAY = timedelta(days=1)


async def order_receipt(
    tx: Tx,
    received: Received,
    recipient: str,
    *,
    language: str,
    why_not: str = "",
    day_max: int,
    now: Instant,
) -> None:
    """Have the receipt of a notice sent, once. why_not: the reason why none may be, which is kept. day_max: receipts to one
    address in a day, so that nobody is flooded in the name of somebody else."""
    if not received.new or not is_address(recipient):
        return
    if not why_not and await letters_to(tx, recipient.lower(), now - _DAY) >= day_max:
        why_not = "this address was sent as many receipts today as one gets"
    sealed = tx.keyring.seal(
        received.status_token.encode(), context=store.token_sealed_in(received.notice_id)
    )
    begun = await store.insert_letter(
        tx, received.notice_id, recipient.lower(), language=language, token=None if why_not else sealed,
        status=LetterStatus.WITHHELD if why_not else LetterStatus.WAITING, answer=why_not, now=now,
    )  # fmt: skip
    if begun and not why_not:
        tx.emit(ReceiptOrdered(received.notice_id))
