"""Use case: the second half of signing in: from a proof to a session."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Tx
from ..sessions import Device, SessionLimits, start_session
from .admit import admit
from .model import Proof


async def sign_in(
    tx: Tx,
    proof: Proof,
    *,
    code: str | None,
    device: Device,
    keyring: Keyring,
    limits: SessionLimits,
    closed_too: bool = False,
    now: Instant,
) -> str:
    """Open a session and return its secret. Raises as `admit` does.

    closed_too: also for an account that is suspended or disabled: `SessionReader.find_closed` alone knows that session.
    """
    await admit(tx, proof, code=code, keyring=keyring, closed_too=closed_too, now=now)
    return await start_session(tx, proof.account_id, device, limits=limits, now=now)
