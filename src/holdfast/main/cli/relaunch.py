"""`holdfast relaunch`: the site on an empty machine, from a mirror and the identity alone."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json
from holdfast.main.cli.mirror_stores import store_credentials
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.continuity.relaunch import Progress, Relaunched
    from holdfast.main.relaunching import Source
    from holdfast.platform.config import Settings

app = typer.Typer()
_SERVES_WITHIN_SECONDS: Final = 300.0

FromOption = Annotated[
    list[str],
    typer.Option(
        "--from", metavar="[NAME=]URL",
        help="A store of the mirror; once for each that there is. NAME= where a store of the kit has another address now.",
    ),
]  # fmt: skip
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", show_default=False, help="The identity, as `mirror init --key-out` wrote it."),
]  # fmt: skip
CredentialsOption = Annotated[
    Path | None,
    typer.Option(
        "--credentials", metavar="FILE", show_default=False,
        help="How the named stores are reached: TOML as for `mirror add`, else HOLDFAST_STORE_USER and so on. The others are in the kit.",
    ),
]  # fmt: skip
SharesOption = Annotated[
    bool,
    typer.Option(
        "--shares", show_default=False, help="Type the shares of the identity, or pipe them in, one a line."
    ),
]


@app.command()
def relaunch(
    *,
    source: FromOption,
    key: KeyOption = None,
    shares: SharesOption = False,
    data: DataOption = None,
    domain: Annotated[
        str | None, typer.Option(metavar="NAME", help="Another name than before.", show_default=False)
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", show_default=False,
            help="Go back to then: 2026-01-31T12:00:00Z. What was taken down, banned, erased, revoked since stays so.",
        ),
    ] = None,
    media: Annotated[str, typer.Option(metavar="now|later", help="Bring media before serving, or beside it.")] = "now",
    gone: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", show_default=False, help="A store that is lost for good: it has no voice any more."),
    ] = None,
    credentials: CredentialsOption = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve when it is done, as `holdfast up` does.")] = True,
    host: Annotated[str | None, typer.Option(metavar="H", help="Address to listen on.", show_default=False)] = None,
    port: Annotated[str | None, typer.Option(metavar="N", help="Port to listen on.", show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Take over the site: fence the old server, restore everything, serve. Safe to repeat after any failure."""
    from holdfast.main.relaunching import Wishes
    from holdfast.main.relaunching import relaunch as take_over

    if media not in ("now", "later"):
        raise Invalid("--media is now or later")
    identity = identity_from(key, shares=shares)
    settings = command_settings(data, host=host, port=port)
    wishes = Wishes(
        sources_of(source, credentials),
        identity,
        _instant(until),
        tuple(gone or ()),
        domain,
        media == "later",
    )
    with phases_shown() as progress:
        done = asyncio.run(take_over(settings, wishes, clock=SystemClock(), progress=progress))
    tell_relaunched(done, as_json=as_json)
    if not serve:
        return
    from holdfast.main.up import up

    if wishes.media_later:
        # The identity is in this process alone, so the files are fetched here, beside the server.
        beside = threading.Thread(target=_fetch_beside, args=(settings, identity), daemon=True)
        beside.start()
    raise typer.Exit(up(command_settings(settings.data, host=host, port=port, domain=domain)))


def _fetch_beside(settings: Settings, identity: str) -> None:
    from holdfast.continuity.relaunch import Silent
    from holdfast.main.relaunching import bring_back_beside
    from holdfast.pure.errors import HoldfastError

    try:
        done = asyncio.run(
            bring_back_beside(settings, identity, Silent(), patience_seconds=_SERVES_WITHIN_SECONDS)
        )
    except HoldfastError as error:
        sys.stderr.write(f"media: {error.public}; run `holdfast mirror restore-media`\n")
        return
    sys.stderr.write(f"media: {done.fetched} files fetched, {len(done.missing)} are at no store\n")


def identity_from(key: Path | None, *, shares: bool) -> str:
    """The identity's text, from a file or from shares. Raises Invalid, SharesWrong."""
    from holdfast.main.cli.mirror_identity import identity_in
    from holdfast.platform.key_shares import SharesWrong, join_secret
    from holdfast.pure.mirror import identity_text

    if (key is None) == (not shares):
        raise Invalid("give the identity: --key FILE, or --shares")
    if key is not None:
        return identity_in(key)
    if not sys.stdin.isatty():
        return identity_text(join_secret([line for line in sys.stdin.read().splitlines() if line.strip()]))
    typed: list[str] = []
    while True:
        share = typer.prompt(f"Share {len(typed) + 1}, all its words", default="", hide_input=True, show_default=False)  # fmt: skip
        if not share.strip():
            raise SharesWrong
        typed.append(share)
        try:
            return identity_text(join_secret(typed))
        except SharesWrong:
            sys.stderr.write(
                "more shares are needed, or a word is wrong; the next one, or Enter to give up\n"
            )


def sources_of(given: list[str], credentials: Path | None) -> tuple[Source, ...]:
    """The stores on the command line. Raises Invalid."""
    from holdfast.main.relaunching import Source
    from holdfast.platform.stores import StoreCredentials

    found: list[Source] = []
    for one in given:
        name, mark, url = one.partition("=")
        if not mark or urlsplit(name).scheme:
            name, url = "", one
        # What the operator says opens the first store, and with it the kit; the kit has what opens the others.
        known = (
            StoreCredentials()
            if found or url.startswith("file:")
            else store_credentials(url, credentials, {})
        )
        found.append(Source(url, name, known))
    return tuple(found)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("--until is a time like 2026-01-31T12:00:00Z") from None
    if at.tzinfo is None:
        raise Invalid("--until needs its time zone: 2026-01-31T12:00:00Z is in UTC")
    return at


def tell_relaunched(done: Relaunched, *, as_json: bool) -> None:
    """What came of it, in words or as JSON."""
    facts: dict[str, Any] = {
        "epoch": done.epoch,
        "standing": done.standing.value,
        "timeline": done.timeline,
        "missing_bytes": done.missing_bytes,
        "refused": list(done.refused),
        "media_missing": done.media_missing,
        "carried": dict(done.carried),
        "seconds": dict(done.seconds),
    }
    if as_json:
        print_json(facts)
        return
    total = sum(done.seconds.values())
    print(f"The site is here: epoch {done.epoch}, {total:.1f} seconds.")
    if done.missing_bytes:
        print(
            f"{done.missing_bytes} bytes of log are known of and were at no store: their last posts are lost."
        )
    for one in done.refused:
        print(f"not believed: {one}")
    if done.media_missing:
        print(f"{done.media_missing} files are at no store.")
    if done.standing.value != "held":
        print(
            "It is read-only until enough stores answer: repeat the command, or name lost stores with --gone."
        )
    print("Now revoke the credentials of the old server at every store, and point the name here.")


@contextmanager
def phases_shown() -> Iterator[Progress]:
    """A bar for each phase on a terminal; else one line for each phase on standard error."""
    from holdfast.continuity.relaunch import PHASE_TEXTS, Phase

    class Lines:
        def __init__(self) -> None:
            self._phase: Phase | None = None

        def begin(self, phase: Phase, total: int = 0) -> None:
            if phase is not self._phase:
                sys.stderr.write(f"{PHASE_TEXTS[phase]}\n")
            self._phase = phase

        def advance(self, by: int) -> None:
            """Lines do not move."""

        def say(self, text: str) -> None:
            sys.stderr.write(f"{text}\n")

    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<26}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[Phase, TaskID] = {}

        class Shown:
            def __init__(self) -> None:
                self._phase = Phase.LOOK

            def begin(self, phase: Phase, total: int = 0) -> None:
                if phase not in tasks:
                    tasks[phase] = bars.add_task(PHASE_TEXTS[phase], total=None)
                self._finish(phase)
                bars.reset(tasks[phase], total=total or None)
                self._phase = phase

            def advance(self, by: int) -> None:
                bars.advance(tasks[self._phase], by)

            def say(self, text: str) -> None:
                bars.console.print(text, highlight=False)

            def _finish(self, new: Phase) -> None:
                order = list(Phase)
                for phase, task in tasks.items():
                    if order.index(phase) < order.index(new):
                        bars.update(task, total=1, completed=1)

        yield Shown()
