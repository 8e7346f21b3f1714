"""The state as files, so that every process of the server reads it without asking anybody.

DATA/run/mirror.json          how the shipping stands, written by the shipper about every half second
DATA/mirror/superseded.json   there once a later epoch was seen; lasts
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ...pure.mirror import Durability, MirrorInvalid, format_lsn, parse_lsn
from .errors import StateUnreadable
from .model import LaneMode, ShipperState, StoreState

_FOLDER: Final = "mirror"
_STATE: Final = "mirror.json"
_METRICS: Final = "mirror.prom"
_SUPERSEDED: Final = "superseded.json"


def read_state(data_folder: Path) -> ShipperState | None:
    """The last state that the shipper wrote, however old; None where it never ran. Raises StateUnreadable."""
    try:
        facts = json.loads((data_folder / "run" / _STATE).read_bytes())
        return _from_facts(facts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, MirrorInvalid) as error:
        raise StateUnreadable(private=repr(error)) from error


def write_state(data_folder: Path, state: ShipperState) -> None:
    """Put the state in place of the last one; readers see one of the two, whole."""
    _replace(data_folder / "run" / _STATE, json.dumps(_facts(state)).encode(), lasting=False)
    _replace(data_folder / "run" / _METRICS, metrics_text(state).encode(), lasting=False)


def forget_state(data_folder: Path) -> None:
    """There is no mirror any more."""
    for name in (_STATE, _METRICS):
        (data_folder / "run" / name).unlink(missing_ok=True)


def metrics_text(state: ShipperState) -> str:
    """The figures in Prometheus's text format."""
    lines: list[str] = []

    def tell(name: str, told: str, rows: list[tuple[str, float]]) -> None:
        lines.append(f"# HELP holdfast_mirror_{name} {told}")
        lines.append(f"# TYPE holdfast_mirror_{name} gauge")
        lines.extend(f"holdfast_mirror_{name}{labels} {value:g}" for labels, value in rows)

    def each(value: str) -> list[tuple[str, float]]:
        return [(f'{{store="{one.name}"}}', float(getattr(one, value))) for one in state.stores]

    tell("seconds_behind", "Age of the oldest log that a store does not hold yet.", each("seconds_behind"))
    tell("bytes_behind", "Log that a store does not hold yet.", each("bytes_behind"))
    tell("waiting_bytes", "What waits in memory for a store.", each("waiting_bytes"))
    up = [
        (f'{{store="{one.name}"}}', float(one.mode is LaneMode.LIVE and not one.last_error))
        for one in state.stores
    ]
    tell("store_up", "Whether a store takes what comes.", up)
    tell("degraded", "Whether commits go on without the mirror.", [("", float(state.is_degraded))])
    tell("needs_base", "Whether a new base backup is needed.", [("", float(state.needs_base))])
    tell(
        "superseded",
        "Whether another server holds this site.",
        [("", float(state.superseded_by is not None))],
    )
    tell("retained_bytes", "Log that the database keeps for the shipper.", [("", state.retained_bytes)])
    tell("retained_cap_bytes", "How much it keeps at most.", [("", state.cap_bytes)])
    return "\n".join(lines) + "\n"


def is_superseded(data_folder: Path) -> bool:
    """Whether another server holds this site: nothing may be written here, nobody served as if nothing had happened."""
    return (data_folder / _FOLDER / _SUPERSEDED).exists()


def superseded_by(data_folder: Path) -> int | None:
    """The epoch that took over; None while this server is the site."""
    try:
        return int(json.loads((data_folder / _FOLDER / _SUPERSEDED).read_bytes())["epoch"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateUnreadable(private=repr(error)) from error


def mark_superseded(data_folder: Path, epoch: int, holder: str, at: datetime) -> None:
    """Remember it on the disk, before anything else is done about it."""
    facts = {"epoch": epoch, "holder": holder, "seen_at": at.astimezone(UTC).isoformat()}
    _replace(data_folder / _FOLDER / _SUPERSEDED, json.dumps(facts).encode(), lasting=True)


def _replace(path: Path, data: bytes, *, lasting: bool) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = path.with_suffix(f".{os.getpid()}.new")
    with staging.open("wb") as file:
        file.write(data)
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    staging.rename(path)
    if lasting:
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _facts(state: ShipperState) -> dict[str, Any]:
    return {
        "written_at": state.written_at.isoformat(),
        "epoch": state.epoch,
        "run": state.run,
        "durability": state.durability.value,
        "degraded_since": state.degraded_since.isoformat() if state.degraded_since else None,
        "cause": state.cause,
        "needed": state.needed,
        "safe_lsn": format_lsn(state.safe_lsn),
        "server_lsn": format_lsn(state.server_lsn),
        "retained_bytes": state.retained_bytes,
        "cap_bytes": state.cap_bytes,
        "needs_base": state.needs_base,
        "superseded_by": state.superseded_by,
        "stores": [
            {
                "name": one.name,
                "mode": one.mode.value,
                "held_lsn": format_lsn(one.held_lsn),
                "bytes_behind": one.bytes_behind,
                "seconds_behind": round(one.seconds_behind, 3),
                "waiting_bytes": one.waiting_bytes,
                "last_error": one.last_error,
            }
            for one in state.stores
        ],
    }


def _from_facts(facts: dict[str, Any]) -> ShipperState:
    since = facts["degraded_since"]
    return ShipperState(
        written_at=datetime.fromisoformat(facts["written_at"]),
        epoch=int(facts["epoch"]),
        run=str(facts["run"]),
        durability=Durability(facts["durability"]),
        degraded_since=datetime.fromisoformat(since) if since else None,
        cause=str(facts["cause"]),
        needed=int(facts["needed"]),
        safe_lsn=parse_lsn(facts["safe_lsn"]),
        server_lsn=parse_lsn(facts["server_lsn"]),
        retained_bytes=int(facts["retained_bytes"]),
        cap_bytes=int(facts["cap_bytes"]),
        needs_base=bool(facts["needs_base"]),
        superseded_by=facts["superseded_by"],
        stores=tuple(
            StoreState(
                str(one["name"]), LaneMode(one["mode"]), parse_lsn(one["held_lsn"]), int(one["bytes_behind"]),
                float(one["seconds_behind"]), int(one["waiting_bytes"]), str(one["last_error"]),
            )
            for one in facts["stores"]
        ),
    )  # fmt: skip
