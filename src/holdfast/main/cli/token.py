"""`holdfast token`: access tokens for scripts and bots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import DataOption, command_settings, with_database
from holdfast.pure.errors import Invalid, NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings

app = typer.Typer(help="Access tokens for scripts and bots.", no_args_is_help=True)


@app.callback()
def _token() -> None:
    """Access tokens for scripts and bots."""


@app.command()
def create(
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", help="Account that the token acts for.")
    ],
    scopes: Annotated[str, typer.Option("--scopes", help="Scopes, apart by spaces.")] = "read",
    name: Annotated[
        str, typer.Option("--name", help="What it is called in the list of apps.")
    ] = "Command line",
    data: DataOption = None,
) -> None:
    """Print one access token and nothing else. Its owner can take it back under Sign-in and access."""

    async def work(ready: Settings) -> str:
        from holdfast.main.wiring import open_database
        from holdfast.platform.clock import SystemClock
        from holdfast.social.accounts import AccountReader, AccountState, find_by_handle, preferences
        from holdfast.social.tokens import OUT_OF_BAND, SCOPES, issue_token, parse_scopes, register_app

        wanted = parse_scopes(scopes)
        if wanted is None:
            unknown = ", ".join(scope for scope in scopes.split() if scope not in SCOPES)
            raise Invalid(f"no such scope: {unknown}; the scopes are {' '.join(SCOPES)}")
        async with open_database(ready) as database:
            account_id = await find_by_handle(database, account.strip().removeprefix("@"))
            if account_id is None or await preferences(database, account_id) is None:
                raise NotFound(
                    f"there is no account {account} that can sign in; `holdfast account list` names them"
                )
            view = await AccountReader(database).get(account_id)
            if view is None or view.state is not AccountState.ACTIVE:
                raise Invalid(f"{account} is not active, so a token for it would open nothing")
            now = SystemClock().now()
            async with database.transaction() as tx:
                # An app of its own for each token, so that each can be taken back alone.
                new = await register_app(tx, name, redirect_uris=[OUT_OF_BAND], scopes=scopes, now=now)
                return (await issue_token(tx, new.app.app_id, account_id, wanted, now=now)).secret

    print(with_database(command_settings(data), work))
