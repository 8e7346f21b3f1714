"""`holdfast standby`: a second site that follows the stores, ready to take over."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from holdfast.main.cli.context import DataOption, command_settings
from holdfast.main.cli.relaunch import (
    CredentialsOption,
    FromOption,
    KeyOption,
    SharesOption,
    identity_from,
    phases_shown,
    sources_of,
    tell_relaunched,
)
from holdfast.platform.clock import SystemClock

if TYPE_CHECKING:
    from holdfast.continuity.relaunch import Relaunched
    from holdfast.continuity.standby import StandbyState
    from holdfast.main.relaunching import Wishes
    from holdfast.platform.config import Settings

app = typer.Typer()
STATE: Final = "standby.json"
_SAY_EVERY_SECONDS: Final = 30.0


@app.command()
def standby(
    *,
    source: FromOption,
    key: KeyOption = None,
    shares: SharesOption = False,
    data: DataOption = None,
    gone: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", show_default=False, help="A store that is lost for good: it has no voice any more."),
    ] = None,
    credentials: CredentialsOption = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve once it was promoted, as `holdfast up` does.")] = True,
    host: Annotated[str | None, typer.Option(metavar="H", help="Address to listen on then.", show_default=False)] = None,
    port: Annotated[str | None, typer.Option(metavar="N", help="Port to listen on then.", show_default=False)] = None,
) -> None:  # fmt: skip
    """Restore the site here and replay its log as it reaches the stores, a few seconds behind. Ctrl-C stops it; it goes on later.

    `holdfast promote` with the same data folder lets it take over. The identity stays in this process's memory.
    """
    from holdfast.main.relaunching import Wishes

    settings = command_settings(data, host=host, port=port)
    wishes = Wishes(
        sources_of(source, credentials), identity_from(key, shares=shares), gone=tuple(gone or ())
    )
    done = asyncio.run(_follow(settings, wishes))
    if done is None:
        return
    tell_relaunched(done, as_json=False)
    if not serve:
        return
    from holdfast.main.up import up

    raise typer.Exit(up(command_settings(settings.data, host=host, port=port)))


async def _follow(settings: Settings, wishes: Wishes) -> Relaunched | None:
    from holdfast.main.relaunching import stand_by
    from holdfast.pure.errors import HoldfastError

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    state = settings.data / "run" / STATE
    said_at = 0.0

    def told(now: StandbyState) -> None:
        nonlocal said_at
        behind = max(0, now.fetched_lsn - now.replayed_lsn)
        _write(state, {"following": True, "behind_bytes": behind, "away": list(now.away)})
        if time.monotonic() - said_at >= _SAY_EVERY_SECONDS:
            said_at = time.monotonic()
            away = f"; no answer from {', '.join(now.away)}" if now.away else ""
            sys.stderr.write(f"following, {behind} bytes to replay{away}\n")

    with phases_shown() as progress:
        try:
            done = await stand_by(
                settings, wishes, clock=SystemClock(), progress=progress, told=told, stop=stop
            )
        except HoldfastError as error:
            _write(state, {"following": False, "error": error.public})
            raise
    facts: dict[str, object] = {"following": False}
    if done is not None:
        facts |= {"epoch": done.epoch, "standing": done.standing.value}
    _write(state, facts)
    return done


def _write(path: Path, facts: dict[str, object]) -> None:
    if not path.parent.is_dir():
        return
    staging = path.with_suffix(".new")
    staging.write_text(json.dumps(facts))
    staging.rename(path)
