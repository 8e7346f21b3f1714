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
    now: Instant,
) -> str:
    """Open a session and return its secret. Raises as `admit` does."""
    await admit(tx, proof, code=code, keyring=keyring, now=now)
    return await start_session(tx, proof.account_id, device, limits=limits, now=now)
