"""`holdfast mirror add | list | remove`: which stores there are."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.mirror_setup import keyring_of, setup_of, step_progress, stores_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import HoldfastError, Invalid, NotFound

if TYPE_CHECKING:
    from holdfast.continuity.mirror import MirrorSetup, StoreJudgement, StoreSetup
    from holdfast.platform.config import Settings
    from holdfast.platform.stores import StoreCredentials

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="What you call it: letters, digits, dashes.")
]
_FIELDS: Final = ("user", "secret", "private_key", "host_key", "endpoint", "region")
_ENVIRONMENT: Final = "HOLDFAST_STORE_"


def add(
    name: NameArgument,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="file:///folder, s3://bucket/prefix or sftp://user@host/folder.")
    ],
    *,
    owner: Annotated[str, typer.Option("--owner", metavar="TEXT", help="Whose it is: a company, a person.")] = "",
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", metavar="TEXT", help="Whose law it stands under, such as IS or CH.")
    ] = "",
    credentials: Annotated[
        Path | None,
        typer.Option(
            "--credentials", metavar="FILE", show_default=False,
            help="TOML with user, secret, private_key, host_key, endpoint, region. Else HOLDFAST_STORE_USER and so on, else asked for.",
        ),
    ] = None,
    endpoint: Annotated[str, typer.Option("--endpoint", metavar="URL", help="Of an S3-compatible service.")] = "",
    region: Annotated[str, typer.Option("--region", metavar="NAME", help="Of an S3-compatible service.")] = "",
    host_key: Annotated[
        str, typer.Option("--host-key", metavar="KEY", help="Public key of an SFTP server: 'ssh-ed25519 AAAA…'.")
    ] = "",
    locked: Annotated[
        bool, typer.Option("--locked", help="The store is said to keep objects locked; that is tried.", show_default=False)
    ] = False,
    media: Annotated[bool, typer.Option("--media/--no-media", help="Bring all media there now, or leave it to the worker.")] = True,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Try a store, say what it is like, and mirror there from now on. One that is not fit is refused, with the reason."""
    from holdfast.continuity.mirror import StoreNotFit, StoreSetup

    given = {"endpoint": endpoint, "region": region, "host_key": host_key}
    found = StoreSetup(
        name, _bare(url), store_credentials(url, credentials, given), owner, jurisdiction, locked
    )
    settings = command_settings(data)
    try:
        facts = with_database(settings, lambda ready: _join(ready, found, media=media))
    except StoreNotFit as refused:
        _tell(refused.judgement, name, as_json=as_json, fit=False)
        raise typer.Exit(1) from None
    judgement = facts.pop("judgement")
    if as_json:
        print_json(facts)
        return
    _tell(judgement, name, as_json=False, fit=True)
    print(
        f"{name} is a store of the mirror now; {facts['stores']} in all, {facts['quorum']} must hold a post"
    )
    if facts["media"] is not None:
        print(
            f"media: {facts['media']['files']} files are there, {facts['media']['brought']} of them brought now"
        )
    if facts["stores"] == 1:
        print("Add another one of another owner, in another jurisdiction: one alone can be taken away.")


def list_stores(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the stores: where they are, whose, under whose law. No credentials."""
    setup = setup_of(command_settings(data))
    rows = [_row(one) for one in setup.stores]
    if as_json:
        print_json({"quorum": setup.quorum, "policy": setup.policy, "stores": rows})
        return
    for one, row in zip(setup.stores, rows, strict=True):
        whose = ", ".join(one for one in (row["owner"], row["jurisdiction"]) if one) or "owner not noted"
        print(f"{row['name']:<16}{one.shown:<48}{whose}")
    print(f"{setup.quorum} of {len(rows)} must hold a post before it counts" if rows else "no store yet")


def remove(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False,
    data: DataOption = None,
) -> None:
    """Mirror no longer to a store. What lies there stays there, encrypted."""
    settings = command_settings(data)
    setup = setup_of(settings)
    if all(one.name != name for one in setup.stores):
        raise NotFound(f"there is no store {name}; see `holdfast mirror list`")
    if len(setup.stores) == 1 and not yes:
        typer.confirm("This is the last store: the site is mirrored nowhere then. Go on?", abort=True)

    async def work(ready: Settings) -> None:
        from holdfast.continuity.mirror import write_setup

        left = setup.with_stores(tuple(one for one in setup.stores if one.name != name))
        write_setup(ready.data, keyring_of(ready), left)
        if left.stores:
            await _new_kit(ready, left)

    with_database(settings, work)
    print(
        f"{name} is no store of the mirror any more. Revoke its credentials at the provider, and delete what lies there if you "
        "want it gone."
    )


async def _join(settings: Settings, found: StoreSetup, *, media: bool) -> dict[str, Any]:
    from holdfast.continuity.mirror import join_store, open_stores, write_setup
    from holdfast.main.mirroring import bring_media, spread_newest
    from holdfast.main.wiring import open_database
    from holdfast.platform.crypto import random_bytes
    from holdfast.platform.stores import open_store

    setup = setup_of(settings)
    timeout = settings.mirror_store_timeout_seconds
    opened = open_stores(setup, timeout_seconds=timeout)
    others = list(opened.values())
    # A folder that is not there is an error here, and not a store that is away.
    opened[found.name] = open_store(found.address, found.credentials, timeout_seconds=timeout)
    joined = await join_store(
        setup, found, opened[found.name], others, clock=SystemClock(), mark=random_bytes(8).hex()
    )
    write_setup(settings.data, keyring_of(settings), joined.setup)
    facts: dict[str, Any] = {
        "name": found.name,
        "stores": len(joined.setup.stores),
        "quorum": joined.setup.quorum,
        "judgement": joined.judgement,
        "findings": _findings(joined.judgement),
        "media": None,
    }
    async with open_database(settings, 2) as database:
        new = {found.name: opened[found.name]}
        if media:
            with step_progress("media") as step:
                done = await bring_media(
                    settings, database, joined.setup, new, now=SystemClock().now(), forgetting=False, progress=step
                )  # fmt: skip
            facts["media"] = {"files": done.files, "brought": done.reconciled.stores[found.name].brought}
        await spread_newest(database, opened)
    await _new_kit(settings, joined.setup)
    return facts


async def _new_kit(settings: Settings, setup: MirrorSetup) -> None:
    """What changed must stand in the kit of every store. A store that is away gets it from the worker."""
    from holdfast.main.mirroring import keep_kit
    from holdfast.main.wiring import open_database

    try:
        async with open_database(settings, 2) as database, stores_of(settings, setup) as opened:
            await keep_kit(settings, database, setup, opened, now=SystemClock().now(), anew=True)
    except HoldfastError as error:
        sys.stderr.write(f"the kit could not be renewed now, and will be by the worker: {error.public}\n")


def store_credentials(url: str, file: Path | None, given: dict[str, str]) -> StoreCredentials:
    """From the file, else the environment, else the terminal; what the command line may say comes before all."""
    from holdfast.platform.stores import StoreCredentials

    known = {field: os.environ.get(_ENVIRONMENT + field.upper(), "") for field in _FIELDS}
    if file is not None:
        known.update(_in_file(file))
    known.update({field: value for field, value in given.items() if value})
    if known["private_key"] and "\n" not in known["private_key"].strip():
        known["private_key"] = _text_of(Path(known["private_key"]))
    parts = urlsplit(url)
    if parts.scheme == "s3" and not known["user"]:
        known["user"], known["secret"] = _asked("access key", hidden=False), _asked("secret key", hidden=True)
    if parts.scheme == "sftp" and not (known["secret"] or known["private_key"]):
        known["secret"] = _asked("password of the SFTP server", hidden=True)
    if parts.scheme == "sftp" and not known["user"]:
        known["user"] = parts.username or ""
    return StoreCredentials(**{field: value for field, value in known.items() if value})


def _in_file(file: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(_text_of(file))
    except tomllib.TOMLDecodeError:
        raise Invalid(f"{file} is not valid TOML") from None
    for name, value in table.items():
        if name not in _FIELDS or not isinstance(value, str):
            raise Invalid(f"{file}: {name} is none of {', '.join(_FIELDS)}, or no text")
    return table


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Invalid(f"{file} cannot be read") from None


def _asked(what: str, *, hidden: bool) -> str:
    if not sys.stdin.isatty():
        raise Invalid(
            f"the {what} is missing: name a file with --credentials, or set HOLDFAST_STORE_USER and HOLDFAST_STORE_SECRET"
        )
    return str(typer.prompt(what.capitalize(), hide_input=hidden))


def _bare(url: str) -> str:
    """The address without credentials, which the command line must not hold. Raises Invalid."""
    try:
        password = urlsplit(url).password
    except ValueError:
        password = None
    if password is not None:
        raise Invalid(
            "leave the password out of the address: other users of this machine could read it there"
        )
    return url


def _row(one: StoreSetup) -> dict[str, Any]:
    return {
        "name": one.name,
        "address": one.address,
        "endpoint": one.credentials.endpoint,
        "owner": one.owner,
        "jurisdiction": one.jurisdiction,
        "locked": one.lock_promised,
    }


def _findings(judgement: StoreJudgement) -> list[dict[str, str]]:
    return [
        {"severity": one.severity.value, "code": one.code.value, "text": one.text}
        for one in judgement.findings
    ]


def _tell(judgement: StoreJudgement, name: str, *, as_json: bool, fit: bool) -> None:
    if as_json:
        print_json({"name": name, "fit": fit, "findings": _findings(judgement)})
        return
    for one in judgement.findings:
        print(f"{one.severity.value.upper():<8}{one.code.value}: {one.text}")
    if fit:
        print("creates without replacing, reads, reads parts, lists: as it should")
    else:
        print(f"{name} is not fit to be a mirror; nothing was changed")
