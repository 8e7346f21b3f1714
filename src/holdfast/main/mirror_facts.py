"""How the mirror stands, as data: for `holdfast mirror status` and for the desk's page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from ..continuity.kits import TOPICS, missing_topics
from ..continuity.media import WaitingFiles
from ..continuity.mirror import MirrorSetup
from ..continuity.shipping import read_state
from ..platform.clock import Instant
from ..pure.errors import HoldfastError
from .mirroring import read_kit_state

_KIT_OLD: Final = timedelta(days=2)
_SHIPPER_FIELDS: Final = (
    "written_at", "degraded_since", "cause", "safe_lsn", "server_lsn", "retained_bytes", "cap_bytes", "needs_base",
    "superseded_by",
)  # fmt: skip


def mirror_facts(data: Path, setup: MirrorSetup, *, now: Instant) -> dict[str, Any]:
    """The mirror of this data folder; instants are instants. What needs a person is in `problems`, a line each."""
    waiting = WaitingFiles(data)
    kit = read_kit_state(data)
    degraded = waiting.degraded_since()
    shipped, rows, problems = _shipping(data, setup, now)
    for row in rows:
        row["has_newest_kit"] = kit is not None and row["name"] in kit.held
    problems.extend(_own_problems(setup, kit is not None and now - kit.made_at < _KIT_OLD))
    if degraded is not None:
        problems.append(f"media are accepted without the mirror since {degraded:%Y-%m-%d %H:%M:%S}")
    return {
        "domain": setup.domain,
        "epoch": setup.epoch,
        "quorum": setup.quorum,
        "policy": setup.policy,
        "shipper": shipped,
        "stores": rows,
        "media": {"waiting": waiting.count(), "degraded_since": degraded},
        "kit": {
            "name": kit.name if kit else None,
            "made_at": kit.made_at if kit else None,
            "missing_notes": missing_topics(setup),
        },
        "holders": setup.holders,
        "shares_needed": setup.shares_needed,
        "problems": problems,
    }


def _shipping(
    data: Path, setup: MirrorSetup, now: Instant
) -> tuple[dict[str, Any] | None, list[dict[str, Any]], list[str]]:
    """What the shipper said last, a row for each store, and what is wrong with either."""
    problems: list[str] = []
    shipped: dict[str, Any] | None = None
    lanes = {}
    try:
        state = read_state(data)
    except HoldfastError as error:
        state = None
        problems.append(error.public)
    if state is not None:
        shipped = {
            **{name: getattr(state, name) for name in _SHIPPER_FIELDS},
            "stale": state.is_stale(now),
            "durability": state.durability.value,
        }
        problems.extend(_shipper_problems(shipped))
        lanes = {one.name: one for one in state.stores}
    elif not problems:
        problems.append("the shipper has not run yet; it runs with `holdfast up`")
    rows = []
    for store in setup.stores:
        lane = lanes.get(store.name)
        row = {name: getattr(store, name) for name in ("name", "address", "owner", "jurisdiction")}
        row |= {name: getattr(lane, name, None) for name in ("held_lsn", "bytes_behind", "seconds_behind")}
        row |= {"mode": lane.mode.value if lane else None, "last_error": lane.last_error if lane else ""}
        rows.append(row)
        if row["last_error"]:
            problems.append(f"{store.name}: {row['last_error']}")
    return shipped, rows, problems


def _shipper_problems(shipped: dict[str, Any]) -> list[str]:
    found = []
    if shipped["superseded_by"] is not None:
        found.append(f"another server holds this site since epoch {shipped['superseded_by']}")
    if shipped["stale"]:
        found.append(f"the shipper is silent since {shipped['written_at']:%Y-%m-%d %H:%M:%S}")
    if shipped["degraded_since"] is not None:
        found.append(
            f"posts are accepted without the mirror since {shipped['degraded_since']:%Y-%m-%d %H:%M:%S}: {shipped['cause']}"
        )
    if shipped["needs_base"]:
        found.append("a new base backup is needed before everything can come back")
    return found


def _own_problems(setup: MirrorSetup, kit_is_fresh: bool) -> list[str]:
    found = []
    if not setup.stores:
        found.append("there is no store; add one with `holdfast mirror add`")
    elif len(setup.stores) == 1:
        found.append("there is one store alone; add another one of another owner")
    owners = [one.owner.casefold() for one in setup.stores if one.owner]
    if len(set(owners)) < len(owners):
        found.append("two stores have one owner, who could take both")
    if setup.stores and not kit_is_fresh:
        found.append(
            "the kit in the stores is missing or old; the worker renews it, or `holdfast mirror kit`"
        )
    if missing := missing_topics(setup):
        named = ", ".join(TOPICS[one] for one in missing)
        found.append(f"the kit does not say yet: {named}; see `holdfast mirror note`")
    return found
