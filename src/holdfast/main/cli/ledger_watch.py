"""`holdfast ledger watch`: see from outside whether a log keeps its past. Needs no server and no database."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import JsonOption
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast.main.log_watching import Look, WatchedWitness
    from holdfast.pure.evidence import VerifierKey
    from holdfast.pure.log_watch import Remembered


def watch(
    url: Annotated[str, typer.Argument(metavar="URL", help="A log's prefix, or a Holdfast server.")],
    *,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", show_default=False, help="Where to remember what was seen; keep it safe."),
    ] = None,
    vkey: Annotated[
        list[str] | None,
        typer.Option("--vkey", metavar="VKEY", show_default=False, help="The log's key; else the one first seen. Repeatable."),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", metavar='"VKEY URL"', show_default=False, help="A witness to compare with. Repeatable."),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and exit.")] = False,
    interval: Annotated[int, typer.Option("--interval", metavar="SECONDS", min=5, help="Between looks.")] = 60,
    stall: Annotated[
        int, typer.Option("--stall", metavar="MINUTES", min=1, help="Alarm after so long without a new record.")
    ] = 20,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Watch a log: alarm when it changes its past, goes back, or stands still.

    Exit status: 0 all is well; 10 no witness has cosigned; 30 a bad signature, or tiles that are not what was signed;
    40 split view: two histories, both signed; 41 less than was there before; 42 it stands still; 43 no answer.
    """
    from holdfast.main.log_watching import prefix_of

    watching = _Watching(
        prefix_of(url), state, vkey or [], [_witness(one) for one in witness or []], stall * 60
    )
    watching.as_json = as_json
    with contextlib.suppress(KeyboardInterrupt):
        raise typer.Exit(asyncio.run(watching.run(None if once else interval)))


class _Watching:
    """One run of the command."""

    as_json = False

    def __init__(
        self, url: str, state: Path | None, vkeys: list[str], witnesses: list[WatchedWitness], stall_seconds: int
    ) -> None:  # fmt: skip
        self._url = url
        self._state = state
        self._vkeys = vkeys
        self._witnesses = witnesses
        self._stall_seconds = stall_seconds

    async def run(self, interval: int | None) -> int:
        """The exit status; with an interval only after an alarm."""
        from holdfast.main.log_watching import LogWatcher, open_fetcher
        from holdfast.pure.log_watch import ALARMS

        before = self._read()
        client, fetch = open_fetcher([self._url, *(one.url for one in self._witnesses)])
        async with client:
            keys = await self._keys(before, fetch)
            watcher = LogWatcher(
                self._url, keys, fetch, witnesses=self._witnesses, stall_seconds=self._stall_seconds
            )
            while True:
                now = SystemClock().now()
                look = await watcher.look(before, now=int(now.timestamp()))
                before = look.remembered
                self._keep(look)
                self._show(look, f"{now:%Y-%m-%d %H:%M:%S} UTC")
                if interval is None or look.finding in ALARMS:
                    return int(look.finding)
                await asyncio.sleep(interval)

    async def _keys(self, before: Remembered | None, fetch: Any) -> Sequence[VerifierKey]:
        from holdfast.main.log_watching import NotServed, keys_of
        from holdfast.platform.guarded_http import OutboundFailed
        from holdfast.pure.evidence import EvidenceInvalid, parse_vkey

        given = self._vkeys or (list(before.vkeys) if before else [])
        try:
            return [parse_vkey(one) for one in given] if given else await keys_of(self._url, fetch)
        except EvidenceInvalid as error:
            raise Invalid(f"this is no key of a log: {error.public}") from None
        except (NotServed, OutboundFailed):
            raise Invalid(f"{self._url}/policy does not name the log's key; name it with --vkey") from None

    def _read(self) -> Remembered | None:
        from holdfast.pure.log_watch import read_remembered

        if self._state is None or not self._state.exists():
            return None
        found = read_remembered(self._state.read_bytes())
        if found.url != self._url:
            raise Invalid(f"{self._state} is about {found.url}; use another file for {self._url}")
        return found

    def _keep(self, look: Look) -> None:
        """Remember; and keep what contradicts each other, as it was signed, beside the state."""
        if self._state is None:
            return
        for number, note in enumerate(look.contradicting, 1):
            self._state.with_name(f"{self._state.name}.evidence-{number}").write_bytes(note)
        if look.remembered is not None:
            beside = self._state.with_name(f"{self._state.name}.new")
            beside.write_bytes(look.remembered.encode())
            beside.replace(self._state)

    def _show(self, look: Look, when: str) -> None:
        if self.as_json:
            import msgspec

            size = look.signed.checkpoint.size if look.signed else None
            said = [{"right": right, "what": text} for right, text in look.sentences]
            line = {
                "at": when,
                "status": int(look.finding),
                "finding": look.finding.name.lower(),
                "size": size,
                "checks": said,
            }
            sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
            sys.stdout.flush()
            return
        _show_richly(look, when, self._url)
        if look.contradicting and self._state is not None:
            print(f"  both are kept: {self._state}.evidence-1, -2")


def _show_richly(look: Look, when: str, url: str) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    good = look.finding == 0
    style = "bold green" if good else "bold yellow" if look.finding == 10 else "bold red"
    word = "all is well" if good else look.finding.name.replace("_", " ").lower()
    origin = look.signed.checkpoint.origin if look.signed else url
    console.print(f"[{style}]{word}[/]  [bold]{origin}[/]  [dim]{when}[/]")
    for right, text in look.sentences:
        console.print("  [green]✓[/] " if right else "  [red]✗[/] ", end="")
        console.print(text, markup=False)


def _witness(entry: str) -> WatchedWitness:
    from holdfast.main.log_watching import WatchedWitness
    from holdfast.records.witnesses import read_entry

    return WatchedWitness(*read_entry(entry))
