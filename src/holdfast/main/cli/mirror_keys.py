"""`holdfast mirror keys`: who holds the identity that opens the mirror."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_identity import (
    HolderOption,
    KeyOutOption,
    NeededOption,
    holders_of,
    read_identity,
    show_shares,
    write_key,
)
from holdfast.main.cli.mirror_setup import keyring_of, setup_of, step_progress, stores_of
from holdfast.platform.clock import SystemClock

if TYPE_CHECKING:
    from holdfast.main.mirroring import MediaRound
    from holdfast.platform.config import Settings

app = typer.Typer(help="Who holds the keys of the mirror.", no_args_is_help=True)


@app.command("show")
def show(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the public keys, who holds shares, and how many are needed. The server has no more than that."""
    setup = setup_of(command_settings(data))
    if as_json:
        print_json(
            {
                "recipients": setup.recipients,
                "authority": setup.authority_vkey,
                "signer": setup.signer.verifier.vkey,
                "epoch": setup.epoch,
                "holders": setup.holders,
                "needed": setup.shares_needed,
            }
        )
        return
    for recipient in setup.recipients:
        print(f"recipient {recipient}")
    print(
        f"authority {setup.authority_vkey}\nsigner    {setup.signer.verifier.vkey} (of epoch {setup.epoch})"
    )
    if setup.holders:
        print(f"{setup.shares_needed} of {len(setup.holders)} shares: {', '.join(setup.holders)}")
    else:
        print("no shares: the identity is kept whole, as a file")


@app.command("rotate")
def rotate(
    *,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", show_default=False, help="File of the identity of now. Else its shares are asked for."),
    ] = None,
    holder: HolderOption = None,
    needed: NeededOption = 3,
    key_out: KeyOutOption = None,
    data: DataOption = None,
) -> None:  # fmt: skip
    """Make another identity, for other holders: everything from now on is encrypted to it, and all media anew.

    Needs the identity of now, because it hands on the authority. Afterwards take a full backup; keep the old shares until it is
    done, and until the old backups have run out if you want to go back to before.
    """
    from holdfast.continuity.mirror import rotate_identity, write_setup

    settings = command_settings(data)
    setup = setup_of(settings)
    holders, shares_needed = holders_of(holder, needed, key_out)
    old = read_identity(key, setup.recipients[0])
    rotated = rotate_identity(setup, old, holders=holders, needed=shares_needed)
    write_key(rotated.identity, key_out)
    show_shares(rotated.identity, holders, shares_needed)
    write_setup(settings.data, keyring_of(settings), rotated.setup)

    async def work(ready: Settings) -> MediaRound:
        from holdfast.main.mirroring import bring_media, keep_kit
        from holdfast.main.wiring import open_database

        async with open_database(ready, 2) as database, stores_of(ready, rotated.setup) as opened:
            now = SystemClock().now()
            await keep_kit(ready, database, rotated.setup, opened, now=now, anew=True)
            with step_progress("media") as step:
                return await bring_media(ready, database, rotated.setup, opened, now=now, progress=step)

    done = with_database(settings, work)
    failed = [name for name, one in done.reconciled.stores.items() if one.error is not None or one.failed]
    print(f"\nrecipient {rotated.setup.recipients[0]}\nmedia: {done.files} files are encrypted to it")
    if failed:
        print(f"not all of them at {', '.join(failed)}; the worker goes on, or run `holdfast mirror media`")
    print(
        "The log is encrypted to it at the shipper's next start, within seconds where it runs. Take a full backup now: until it is "
        "there, a relaunch needs the old identity. The sealed kit was renewed: print the sheet again with `holdfast mirror kit`."
    )
