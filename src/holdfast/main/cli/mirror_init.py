"""`holdfast mirror init`: the keys of a new mirror. Nothing secret of them stays on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_identity import (
    HolderOption,
    KeyOutOption,
    NeededOption,
    holders_of,
    show_shares,
    write_key,
)
from holdfast.main.cli.mirror_setup import keyring_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from holdfast.continuity.mirror import Begun, Policy
    from holdfast.platform.config import Settings


def init(
    *,
    holder: HolderOption = None,
    needed: NeededOption = 3,
    key_out: KeyOutOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Every store must hold a post before it counts, not any one.", show_default=False)
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Give up the mirror that there is, and begin another one at other stores.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Make the identity that opens the mirror and the authority over it, and show the shares, once.

    The server keeps the public half. Then add stores with `holdfast mirror add`.
    """
    holders, shares_needed = holders_of(holder, needed, key_out)
    policy: Policy = "all" if strict else "any"

    async def work(settings: Settings) -> Begun:
        from holdfast.continuity.mirror import LogPlace, begin_mirror, read_setup
        from holdfast.main.wiring import open_database

        before = read_setup(settings.data, keyring_of(settings))
        if before is not None and not again:
            raise Conflict(
                "there is a mirror already; see `holdfast mirror status`, or begin another one with --again"
            )
        async with open_database(settings, 2) as database:
            row = await database.fetchrow(
                "select system_identifier::text, timeline_id, pg_current_wal_lsn() - '0/0'::pg_lsn"
                " from pg_control_system(), pg_control_checkpoint()"
            )
        if row is None:
            raise Unavailable("the database does not say where its log is; try again")
        return begin_mirror(
            LogPlace(row[0], row[1], int(row[2])),
            domain=settings.domain,
            holders=holders,
            needed=shares_needed,
            policy=policy,
            contacts=before.contacts if before is not None else {},
            now=SystemClock().now(),
        )

    settings = command_settings(data)
    begun = with_database(settings, work)
    _keep(settings, begun, key_out, lambda: _tell(begun, holders, shares_needed, as_json=as_json))
    if as_json:
        return
    print(f"\nrecipient {begun.setup.recipients[0]}\nauthority {begun.setup.authority_vkey}")
    if key_out is not None:
        print(f"identity  {key_out}: keep it away from this server, and not in one place alone")
    print("Now add stores of different owners: holdfast mirror add NAME URL")


def _keep(settings: Settings, begun: Begun, key_out: Any, tell: Any) -> None:
    """The identity first, so that nothing is ever encrypted to a key that nobody has."""
    from holdfast.continuity.mirror import write_setup

    write_key(begun.identity, key_out)
    tell()
    write_setup(settings.data, keyring_of(settings), begun.setup)


def _tell(begun: Begun, holders: tuple[str, ...], needed: int, *, as_json: bool) -> None:
    if not as_json:
        show_shares(begun.identity, holders, needed)
        return
    print_json(
        {
            "recipient": begun.setup.recipients[0],
            "authority": begun.setup.authority_vkey,
            "needed": needed,
            "shares": [
                {"holder": holder, "words": share}
                for holder, share in zip(holders, begun.identity.shares, strict=True)
            ],
        }
    )
