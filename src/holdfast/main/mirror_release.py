"""Lets commits go that wait for a shipper which does not answer any more; what `holdfast up` runs then: `python -m holdfast.main.mirror_release`.

A process of its own, so that the supervisor does without a driver. It says so in the shipper's state, from which everybody else
learns of it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from holdfast.continuity.shipping import StateUnreadable, read_state, write_state
from holdfast.main.mirror_shipping import superuser_dsn
from holdfast.platform.clock import Clock, SystemClock
from holdfast.platform.config import load_settings
from holdfast.platform.replication import ReplicationControl
from holdfast.pure.errors import HoldfastError
from holdfast.pure.mirror import Durability

CAUSE = "the shipper does not answer"


def release(dsn: str, data: Path, clock: Clock) -> None:
    """Commits wait for nobody from now on. Raises ReplicationAway."""
    control = ReplicationControl(dsn)
    try:
        control.set_waiting("")
    finally:
        control.close()
    try:
        state = read_state(data)
    except StateUnreadable:
        state = None
    if state is not None and not state.is_degraded:
        # written_at stays: the state is as old as it was.
        write_state(
            data, replace(state, durability=Durability.DEGRADED, degraded_since=clock.now(), cause=CAUSE)
        )


def main() -> int:
    """The supervisor's helper."""
    settings = load_settings()
    try:
        release(superuser_dsn(settings), settings.data, SystemClock())
    except HoldfastError as error:
        sys.stderr.write(f"holdfast mirror: {error.public}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
