"""`holdfast account`: make, list, suspend and reinstate accounts, and let people back in."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.removal_progress import removal_progress
from holdfast.pure.errors import Invalid, NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database, Tx

Result = TypeVar("Result")

app = typer.Typer(help="Accounts of this server.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account, with or without @.")]
RoleOption = Annotated[str, typer.Option("--role", help="member, moderator, admin or owner.")]
PasswordOption = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the password from standard input instead of making a one-time link."),
]  # fmt: skip


@app.command()
def create(
    name: Name,
    email: Annotated[str, typer.Option("--email", help="E-mail address to sign in with.")],
    role: RoleOption = "member",
    password_stdin: PasswordOption = False,
    data: DataOption = None,
) -> None:
    """Make an account. Without --password-stdin, prints a one-time link that sets the password."""
    _check_role(role)
    settings = command_settings(data)
    password = _read_password() if password_stdin else None

    async def work(ready: Settings, database: Database) -> str | None:
        from holdfast.platform.clock import SystemClock
        from holdfast.platform.passwords import hash_password
        from holdfast.social.accounts import NewAccount, create_account
        from holdfast.social.credentials import Purpose

        plain = name.strip().removeprefix("@")
        _check_password(ready, password, plain, email)
        password_hash = await hash_password(password) if password is not None else None
        new = NewAccount(plain, email, password_hash, role=role, by_operator=True)
        async with database.transaction() as tx:
            account_id = await create_account(
                tx, new, registrations=ready.registrations, now=SystemClock().now()
            )
            return None if password is not None else await _link(tx, ready, account_id, Purpose.FIRST_SIGN_IN)

    link = with_database(settings, _on_database(work))
    print(f"account {name} created" if link is None else link)


@app.command("list")
def list_accounts(
    pending: Annotated[
        bool, typer.Option("--pending", help="Only sign-ups that wait for approval.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the accounts that can sign in here, the newest first."""

    async def work(_settings: Settings, database: Database) -> list[dict[str, Any]]:
        from holdfast.social.accounts import list_members

        return [_fact(row) for row in await list_members(database, pending=pending)]

    rows = with_database(command_settings(data), _on_database(work))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['name']:<31}{row['role']:<11}{row['state']:<11}{row['email']}")


@app.command()
def show(name: Name, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print what is known of an account."""

    async def work(_settings: Settings, database: Database) -> dict[str, Any]:
        from holdfast.social.accounts import list_members
        from holdfast.social.second_factors import has_second_factor
        from holdfast.social.tokens import authorised_apps

        account_id = await _find(database, name)
        found = await list_members(database, account_id=account_id)
        if not found:
            raise NotFound(f"{name} is an imported account that nobody can sign in to")
        return {
            **_fact(found[0]),
            "sign_up_reason": found[0]["sign_up_reason"],
            "two_factor": await has_second_factor(database, account_id),
            "apps": [one.name for one in await authorised_apps(database, account_id)],
        }

    fact = with_database(command_settings(data), _on_database(work))
    if as_json:
        print_json(fact)
        return
    for key, value in fact.items():
        print(f"{key.replace('_', ' '):<16}{', '.join(value) if isinstance(value, list) else value}")


@app.command()
def suspend(name: Name, data: DataOption = None) -> None:
    """End every access of an account and hide it, at once."""

    async def work(database: Database, tx: Tx, account_id: int) -> bool:
        from holdfast.platform.clock import SystemClock
        from holdfast.trust.sanctions import Sanction, SanctionKind, members_by_id, sanction_account
        from holdfast.trust.staff_actions import OPERATOR

        found = await members_by_id(tx, [account_id])
        if found[account_id].state.name == "SUSPENDED":
            return False
        await sanction_account(
            tx, OPERATOR, Sanction(account_id, SanctionKind.SUSPEND), now=SystemClock().now()
        )
        return True

    print(f"{name} suspended" if _change(name, data, work) else f"{name} was suspended already")


@app.command()
def reinstate(name: Name, data: DataOption = None) -> None:
    """Give a suspended account its place back. Its people sign in anew."""
    print(f"{name} reinstated" if _change(name, data, _reinstate) else f"{name} is active already")


@app.command()
def delete(
    name: Name,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask whether it is meant.", show_default=False)
    ] = False,
    data: DataOption = None,
) -> None:
    """Delete an account and everything of it, for good. Its name stays taken."""
    if not yes and not typer.confirm(f"Delete {name} and everything of it, for good?"):
        raise typer.Exit(1)

    async def work(_settings: Settings, database: Database) -> tuple[int, int, bool]:
        from holdfast.platform.clock import SystemClock
        from holdfast.social.removals import RequestedBy, begin_removal, removal_of, remove_some

        account_id, clock = await _find(database, name), SystemClock()
        async with database.transaction() as tx:
            await begin_removal(tx, account_id, by=RequestedBy.OPERATOR, now=clock.now())
        with removal_progress() as advance:
            view, more = None, True
            while more:
                async with database.transaction() as tx:
                    more = await remove_some(tx, account_id, now=clock.now())
                view = await removal_of(database, account_id)
                advance(view.rows if view else 0)
        return (view.rows, view.kept, view.waits and view.finished_at is None) if view else (0, 0, False)

    rows, kept, waits = with_database(command_settings(data), _on_database(work))
    if waits:
        print(f"{name} is hidden and cannot sign in; a legal hold keeps the rest until it is released")
        return
    held = f"; legal holds keep {kept:,} posts, hidden" if kept else ""
    print(f"{name} deleted, {rows:,} rows removed{held}")


@app.command()
def approve(name: Name, data: DataOption = None) -> None:
    """Let a sign-up in that waits for approval."""

    async def work(database: Database, tx: Tx, account_id: int) -> bool:
        from holdfast.platform.clock import SystemClock
        from holdfast.social.accounts import AccountState, list_members
        from holdfast.trust.sanctions import decide_sign_up
        from holdfast.trust.staff_actions import OPERATOR

        found = await list_members(database, account_id=account_id)
        if not found or found[0]["state"] != AccountState.PENDING:
            raise Invalid(
                f"{name} does not wait for approval; `holdfast account list --pending` names who does"
            )
        await decide_sign_up(tx, OPERATOR, account_id, approved=True, now=SystemClock().now())
        return True

    _change(name, data, work)
    print(f"{name} approved")


@app.command("reset-password")
def reset_password(
    name: Name,
    password_stdin: PasswordOption = False,
    disable_two_factor: Annotated[
        bool,
        typer.Option(
            "--disable-two-factor",
            help="Also turn off two-factor sign-in, for a lost phone.",
            show_default=False,
        ),
    ] = False,
    data: DataOption = None,
) -> None:
    """End every session and token, and print a one-time link that sets a new password."""
    settings = command_settings(data)
    password = _read_password() if password_stdin else None

    async def work(ready: Settings, database: Database) -> str | None:
        from holdfast.platform.crypto import new_secret
        from holdfast.platform.passwords import hash_password
        from holdfast.social.credentials import Purpose, change_password
        from holdfast.social.second_factors import disable_totp

        account_id = await _find(database, name)
        _check_password(ready, password, name, "")
        # Whoever knew the old password must not get in while the link waits to be used.
        password_hash = await hash_password(password if password is not None else new_secret())
        async with database.transaction() as tx:
            await change_password(tx, account_id, password_hash)
            if disable_two_factor:
                await disable_totp(tx, account_id)
            return None if password is not None else await _link(tx, ready, account_id, Purpose.RESET)

    link = with_database(settings, _on_database(work))
    print(f"password of {name} changed" if link is None else link)


@app.command("set-role")
def set_role(
    name: Name, role: Annotated[str, typer.Argument(metavar="ROLE")], data: DataOption = None
) -> None:
    """Make an account a member, moderator, admin or owner."""
    _check_role(role)

    async def work(_database: Database, tx: Tx, account_id: int) -> bool:
        from holdfast.social.accounts import set_role as give

        if not await give(tx, account_id, role):
            raise NotFound(f"{name} is an imported account that nobody can sign in to")
        return True

    _change(name, data, work)
    print(f"{name} is now {role}")


async def _reinstate(_database: Database, tx: Tx, account_id: int) -> bool:
    from holdfast.platform.clock import SystemClock
    from holdfast.trust.sanctions import SanctionKind, lift_sanction
    from holdfast.trust.staff_actions import OPERATOR

    return await lift_sanction(tx, OPERATOR, account_id, SanctionKind.SUSPEND, now=SystemClock().now())


def _on_database(
    work: Callable[[Settings, Database], Awaitable[Result]],
) -> Callable[[Settings], Awaitable[Result]]:
    async def inside(ready: Settings) -> Result:
        from holdfast.main.wiring import open_database

        async with open_database(ready) as database:
            return await work(ready, database)

    return inside


def _change(name: str, data: Any, work: Callable[[Database, Tx, int], Awaitable[bool]]) -> bool:
    """One command on one account, in one transaction."""

    async def inside(_settings: Settings, database: Database) -> bool:
        account_id = await _find(database, name)
        async with database.transaction() as tx:
            return await work(database, tx, account_id)

    return with_database(command_settings(data), _on_database(inside))


async def _find(database: Database, name: str) -> int:
    from holdfast.social.accounts import find_by_handle

    found = await find_by_handle(database, name.strip().removeprefix("@"))
    if found is None:
        raise NotFound(f"there is no account {name}; `holdfast account list` names them")
    return found


async def _link(tx: Tx, settings: Settings, account_id: int, purpose: Any) -> str:
    from holdfast.platform.clock import SystemClock
    from holdfast.social.credentials import make_one_time_link

    secret = await make_one_time_link(
        tx, account_id, purpose, lifetime_hours=settings.one_time_link_hours, now=SystemClock().now()
    )
    return f"{settings.public_url}/auth/password/{secret}"


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid("no password came on standard input")
    return password


def _check_password(settings: Settings, password: str | None, username: str, email: str) -> None:
    from holdfast.social.credentials import PasswordLimits, password_problem

    if password is None:
        return
    limits = PasswordLimits(settings.password_min_characters, settings.password_max_characters)
    problem = password_problem(password, limits, username=username, email=email)
    if problem is not None:
        raise Invalid(f"this password {problem[1]}")


def _check_role(role: str) -> None:
    from holdfast.social.accounts import ROLES

    if role not in ROLES:
        raise typer.BadParameter(f"'{role}' is none of {', '.join(ROLES)}")


def _fact(row: Any) -> dict[str, Any]:
    from holdfast.social.accounts import AccountState

    return {
        "name": row["username"], "email": row["email"], "role": row["role"],
        "state": AccountState(row["state"]).name.lower(), "created_at": row["created_at"],
    }  # fmt: skip
