"""`holdfast promote`: the standby of this folder takes over."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Final

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json
from holdfast.pure.errors import NotFound, Unavailable

app = typer.Typer()
_PATIENCE_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 0.1


@app.command()
def promote(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Fence the primary, replay what it still acknowledged, and let the standby that runs with this data folder be the site."""
    from holdfast.continuity.standby import ask_promotion
    from holdfast.main.cli.standby import STATE

    folder = command_settings(data).data
    state = folder / "run" / STATE
    if not _read(state).get("following") or not ask_promotion(folder):
        raise NotFound(
            f"no standby follows with {folder}; start `holdfast standby`, or use `holdfast relaunch`"
        )
    began = time.monotonic()
    while (facts := _read(state)).get("following"):
        if time.monotonic() - began > _PATIENCE_SECONDS:
            raise Unavailable("the standby does not answer; see what it says on its own terminal")
        time.sleep(_LOOK_SECONDS)
    if "error" in facts:
        raise Unavailable(str(facts["error"]))
    facts = {
        "epoch": facts["epoch"],
        "standing": facts["standing"],
        "seconds": round(time.monotonic() - began, 1),
    }
    if as_json:
        print_json(facts)
        return
    print(f"This is the site now: epoch {facts['epoch']}, after {facts['seconds']} seconds.")
    if facts["standing"] != "held":
        print("It is read-only until enough stores answer: run `holdfast relaunch` with this folder then.")


def _read(path: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return facts
