"""`holdfast relaunch-notice`: say, signed, where this site is to be found."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.main.cli.mirror_setup import keyring_of, stores_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.stores import Store

app = typer.Typer(help="Where this site is to be found, signed with the ledger's keys.", no_args_is_help=True)


@app.command("publish")
def publish(
    addresses: Annotated[
        list[str], typer.Argument(metavar="ORIGIN...", help="https://new.example.org, the first first.")
    ],
    *,
    effective: Annotated[
        str, typer.Option("--effective", metavar="TIME", help="From when on, such as 2026-01-31T12:00Z. Default: now.")
    ] = "",
    notices: Annotated[
        list[str] | None,
        typer.Option("--notices", metavar="URL", show_default=False, help="Where later notices will be found. Default: relaunch_addresses."),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Sign the next notice, serve it at /relaunch.json, and put it into every store. Apps that know this site believe it."""

    async def work(settings: Settings) -> dict[str, Any]:
        return await _publish(
            settings, tuple(addresses), tuple(notices or settings.relaunch_addresses), effective
        )

    _print(with_database(command_settings(data), work), as_json=as_json)


@app.command("withdraw")
def withdraw(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Sign a notice that takes the one before back: the site stays where it is."""

    async def work(settings: Settings) -> dict[str, Any]:
        return await _publish(settings, (), settings.relaunch_addresses, "")

    _print(with_database(command_settings(data), work), as_json=as_json)


@app.command("show")
def show(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the newest notice, and what the stores have."""

    async def work(settings: Settings) -> dict[str, Any]:
        from holdfast.continuity.relaunch_notices import newest_at, newest_notice
        from holdfast.main.mirroring import ledger_keys
        from holdfast.main.wiring import open_database

        async with open_database(settings, 2) as database, AsyncExitStack() as stack:
            opened = await _opened(settings, stack)
            keys = [key.verifier for key in await ledger_keys(database)]
            held = await newest_notice(database, keys)
            at = {name: await newest_at({name: store}, keys) for name, store in opened.items()}
        if held is None:
            raise NotFound("there is no relaunch notice of this site")
        return {
            **_facts(held.notice),
            "stores": {name: one.sequence if one else None for name, one in at.items()},
        }

    _print(with_database(command_settings(data), work), as_json=as_json)


async def _publish(
    settings: Settings, addresses: tuple[str, ...], notices: tuple[str, ...], effective: str
) -> dict[str, Any]:
    from holdfast.continuity.relaunch_notices import NewNotice
    from holdfast.main.mirroring import publish_notice
    from holdfast.main.wiring import open_database

    now = SystemClock().now()
    new = NewNotice(addresses, notices, instant_of(effective, "--effective", now) if effective else now)
    async with open_database(settings, 2) as database, AsyncExitStack() as stack:
        done = await publish_notice(database, await _opened(settings, stack), new, now=now)
    failed = {name: error.public for name, error in done.answers.items() if error is not None}
    return {**_facts(done.notice), "failed": failed}


async def _opened(settings: Settings, stack: AsyncExitStack) -> Mapping[str, Store]:
    from holdfast.continuity.mirror import read_setup

    setup = read_setup(settings.data, keyring_of(settings))
    return {} if setup is None else await stack.enter_async_context(stores_of(settings, setup))


def _facts(notice: Any) -> dict[str, Any]:
    return {
        "origin": notice.origin,
        "sequence": notice.sequence,
        "issued_at": notice.issued_at,
        "effective_at": notice.effective_at,
        "addresses": notice.addresses,
        "notices": notice.notices,
    }


def _print(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    where = ", ".join(facts["addresses"]) or "where it was: the notice before is taken back"
    print(
        f"notice {facts['sequence']} of {facts['origin']}, in force from {facts['effective_at']:%Y-%m-%d %H:%M} UTC"
    )
    print(f"the site is at {where}")
    for place in facts["notices"]:
        print(f"later notices: {place}")
    for name, why in facts.get("failed", {}).items():
        print(f"{name} does not have it as its newest: {why}")
    for name, sequence in facts.get("stores", {}).items():
        print(f"{name} has {f'notice {sequence}' if sequence else 'none'}")
