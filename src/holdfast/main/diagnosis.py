"""What `holdfast doctor` and the desk's page say: dependencies, the last drill, the kit."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from holdfast.continuity.drills import (
    Dependency,
    OutsideFacts,
    Standing,
    dependencies,
    is_stale,
    last_passed,
    worst,
)
from holdfast.continuity.kits import missing_topics
from holdfast.continuity.mirror import read_setup
from holdfast.main.mirroring import read_kit_state
from holdfast.main.wiring import open_database
from holdfast.platform.clock import Instant, SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Reader
from holdfast.platform.master_key import load_master_key
from holdfast.records.witnesses import witnesses

_PUSH_SQL = """
select coalesce(substring(endpoint from '^https?://([^/:]+)'), '') as host, count(*) as many from push_subscriptions
group by host order by many desc limit 20
"""


class Diagnosis(NamedTuple):
    """What was found. kit_lacks: topics that nobody noted."""

    dependencies: list[Dependency]
    last_drill: Instant | None
    drill_is_stale: bool
    kit_made_at: Instant | None
    kit_lacks: tuple[str, ...]

    @property
    def is_bad(self) -> bool:
        """Whether one owner can put the site out, or nobody knows whether it comes back."""
        return worst(self.dependencies) is Standing.BAD or self.drill_is_stale or self.kit_made_at is None


async def diagnose(settings: Settings) -> Diagnosis:
    """Of the site of these settings, whose database answers."""
    async with open_database(settings, 1) as database:
        return await diagnosis(settings, database, now=SystemClock().now())


async def diagnosis(settings: Settings, reader: Reader, *, now: Instant) -> Diagnosis:
    """The same over a database that is open."""
    setup = read_setup(settings.data, Keyring(load_master_key(settings)))
    pushed = await reader.fetch(_PUSH_SQL)
    facts = OutsideFacts(
        settings.mail_host, {row["host"]: row["many"] for row in pushed}, settings.timestamp_authority_url,
        len(await witnesses(reader)), _has_lock(),
    )  # fmt: skip
    last = await last_passed(reader)
    kit = read_kit_state(settings.data)
    return Diagnosis(
        dependencies(setup, facts), last, is_stale(last, now), kit.made_at if kit else None,
        missing_topics(setup) if setup is not None else (),
    )  # fmt: skip


def facts_of(found: Diagnosis) -> dict[str, Any]:
    """What was found, as data."""
    return {
        "dependencies": [{**one._asdict(), "standing": one.standing.value} for one in found.dependencies],
        "last_drill": found.last_drill.isoformat() if found.last_drill else None,
        "drill_is_stale": found.drill_is_stale,
        "kit_made_at": found.kit_made_at.isoformat() if found.kit_made_at else None,
        "kit_lacks": list(found.kit_lacks),
        "bad": found.is_bad,
    }


def _has_lock() -> bool:
    if (resources.files("holdfast") / "requirements.lock").is_file():
        return True
    return (Path(__file__).resolve().parents[3] / "requirements.lock").is_file()
