"""The way in for the process that ships. What it needs is imported when it is called: others only read the state."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...platform.clock import Clock
from .model import ShippingLimits

if TYPE_CHECKING:
    from ...platform.stores import Store
    from ..mirror import MirrorSetup


async def ship(
    setup: MirrorSetup,
    stores: Mapping[str, Store],
    superuser_dsn: str,
    data_folder: Path,
    *,
    stop: asyncio.Event,
    clock: Clock,
    limits: ShippingLimits | None = None,
    steers: bool = True,
) -> None:
    """Ship the log of this database until `stop` is set.

    steers: whether the shipper decides what commits wait for, as it does with the database that comes with Holdfast. Raises
    NotThisSite; Overtaken once another server holds this site, when nothing here may be written any more.
    """
    from .shipper import Shipper

    await Shipper(setup, stores, superuser_dsn, data_folder, clock=clock, limits=limits, steers=steers).run(
        stop
    )
