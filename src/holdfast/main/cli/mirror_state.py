"""`holdfast mirror status | verify | media`: how the mirror stands, and whether it is what it should be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_setup import setup_of, size_text, step_progress, stores_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import HoldfastError, NotFound

if TYPE_CHECKING:
    from holdfast.continuity.mirror import MirrorSetup, Verified
    from holdfast.main.mirroring import MediaRound
    from holdfast.platform.config import Settings

_KIT_OLD = timedelta(days=2)
_SHIPPER_FIELDS = (
    "written_at", "degraded_since", "cause", "safe_lsn", "server_lsn", "retained_bytes", "cap_bytes", "needs_base",
    "superseded_by",
)  # fmt: skip


def status(
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when something needs a person.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print how far each store is, whether commits wait for the mirror, and what needs a person."""
    settings = command_settings(data)
    setup = setup_of(settings)
    facts = _facts(settings, setup)
    if as_json:
        print_json(facts)
    else:
        from holdfast.main.cli.mirror_picture import show_status

        show_status(facts)
    if check and facts["problems"]:
        raise typer.Exit(1)


def verify(
    reads: Annotated[int, typer.Option("--reads", min=1, max=1_000_000, help="Objects to read at each store.")] = 100,
    store: Annotated[str, typer.Option("--store", metavar="NAME", help="One store alone.")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Read objects drawn at random: signature, hash, name. Exit status 1 when one is not as it was written."""
    settings = command_settings(data)
    setup = setup_of(settings)
    if store and all(one.name != store for one in setup.stores):
        raise NotFound(f"there is no store {store}; see `holdfast mirror list`")

    import asyncio

    found, away = asyncio.run(_verified(settings, setup, store, reads))
    rows = {name: _verified_row(one) for name, one in found.items()}
    if as_json:
        print_json({"stores": rows, "away": away})
    else:
        for name, row in rows.items():
            print(f"{name}: {row['objects']} objects, {size_text(row['size_bytes'])}")
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(row["read"].items()))
            print(f"  read and right: {kinds or 'nothing'}")
            for wrong in row["wrong"]:
                print(f"  WRONG {wrong['name']}: {wrong['reason']}")
        for name, why in away.items():
            print(f"{name}: {why}")
    if away or any(one.wrong for one in found.values()):
        raise typer.Exit(1)


def media(
    keep: Annotated[
        bool, typer.Option("--keep", help="Take nothing away, however old.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring every file that a store lacks, and take away what no restore can need. The worker does so every six hours."""
    settings = command_settings(data)
    setup = setup_of(settings)

    async def work(ready: Settings) -> MediaRound:
        from holdfast.main.mirroring import bring_media
        from holdfast.main.wiring import open_database

        async with open_database(ready, 2) as database, stores_of(ready, setup) as opened:
            with step_progress("media") as step:
                return await bring_media(
                    ready, database, setup, opened, now=SystemClock().now(), forgetting=not keep, progress=step
                )  # fmt: skip

    done = with_database(settings, work)
    rows = {
        name: {
            "present": one.present,
            "brought": one.brought,
            "removed": one.removed,
            "kept": one.kept,
            "failed": one.failed,
            "error": one.error.public if one.error is not None else None,
        }
        for name, one in done.reconciled.stores.items()
    }
    absent = sorted(one.hex() for one in done.reconciled.absent_here)
    if as_json:
        print_json(
            {"files": done.files, "size_bytes": done.size_bytes, "stores": rows, "absent_here": absent}
        )
    else:
        print(f"{done.files} files, {size_text(done.size_bytes)}")
        for name, row in rows.items():
            print(
                f"{name}: {row['present']} were there, {row['brought']} brought, {row['removed']} taken away"
                + (f", {row['kept']} could not be" if row["kept"] else "")
                + (f"; {row['failed']} failed" if row["failed"] else "")
                + (f"; {row['error']}" if row["error"] else "")
            )
        if absent:
            print(f"{len(absent)} files are named by the database and not on this machine")
    if any(row["failed"] or row["error"] for row in rows.values()):
        raise typer.Exit(1)


async def _verified(
    settings: Settings, setup: MirrorSetup, only: str, reads: int
) -> tuple[dict[str, Verified], dict[str, str]]:
    import random

    from holdfast.continuity.mirror import verify_store
    from holdfast.platform.stores import StoreError

    found: dict[str, Verified] = {}
    away: dict[str, str] = {}
    async with stores_of(settings, setup) as opened:
        for name, store in opened.items():
            if only and name != only:
                continue
            with step_progress(f"reading at {name}") as step:
                try:
                    found[name] = await verify_store(
                        store, setup, reads=reads, draw=random.SystemRandom().sample, progress=step
                    )
                except StoreError as error:
                    away[name] = error.public
    return found, away


def _verified_row(found: Verified) -> dict[str, Any]:
    return {
        "objects": found.objects.total(),
        "by_kind": dict(found.objects),
        "size_bytes": found.size_bytes,
        "read": dict(found.read),
        "wrong": [{"name": one.name, "reason": one.reason} for one in found.wrong],
    }


def _facts(settings: Settings, setup: MirrorSetup) -> dict[str, Any]:
    from holdfast.continuity.kits import missing_topics
    from holdfast.continuity.media import WaitingFiles
    from holdfast.main.mirroring import read_kit_state

    now = SystemClock().now()
    waiting = WaitingFiles(settings.data)
    kit = read_kit_state(settings.data)
    degraded = waiting.degraded_since()
    shipped, rows, problems = _shipping(settings, setup)
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
    settings: Settings, setup: MirrorSetup
) -> tuple[dict[str, Any] | None, list[dict[str, Any]], list[str]]:
    """What the shipper said last, a row for each store, and what is wrong with either."""
    from holdfast.continuity.shipping import read_state

    problems: list[str] = []
    shipped: dict[str, Any] | None = None
    lanes = {}
    try:
        state = read_state(settings.data)
    except HoldfastError as error:
        state = None
        problems.append(error.public)
    if state is not None:
        shipped = {
            **{name: getattr(state, name) for name in _SHIPPER_FIELDS},
            "stale": state.is_stale(SystemClock().now()),
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
    from holdfast.continuity.kits import TOPICS, missing_topics

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
