"""What a relaunch writes down, so that it can be repeated after anything: DATA/relaunch/state.json, and its working files."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Final

from .errors import NotThisMirror
from .model import Phase, RelaunchState

FOLDER: Final = "relaunch"
_FILE: Final = "state.json"


class RelaunchFolder:
    """DATA/relaunch: `state.json`, `chunks/` (fetched log, still sealed), `parts/` and `log/` while they are needed."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.path = data / FOLDER

    @property
    def chunks(self) -> Path:
        """Chunks as they lie at the stores."""
        return self.path / "chunks"

    def begin(self, site: str, until: str) -> RelaunchState:
        """The state of an earlier try, or a new one. Raises NotThisMirror."""
        try:
            facts = json.loads((self.path / _FILE).read_text())
            state = RelaunchState(**facts)
        except FileNotFoundError:
            if (self.data / "postgres").exists():
                raise NotThisMirror from None
            self.chunks.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o711)
            return RelaunchState(site=site, until=until)
        except (ValueError, TypeError) as error:
            raise NotThisMirror(private=repr(error)) from None
        if (state.site, state.until) != (site, until):
            raise NotThisMirror
        self.chunks.mkdir(mode=0o700, parents=True, exist_ok=True)
        return state

    def keep(self, state: RelaunchState, done: Phase | None = None) -> None:
        """Write the state down, on the disk when this returns. `done`: a phase that is complete now."""
        if done is not None and not state.has(done):
            state.done.append(done.value)
        staging = self.path / f"{_FILE}.new"
        handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        staging.rename(self.path / _FILE)

    def start_over(self, state: RelaunchState, since: Phase) -> None:
        """Forget that `since` and what follows it was done."""
        order = [one.value for one in Phase]
        state.done = [one for one in state.done if order.index(one) < order.index(since.value)]
        self.keep(state)

    def tidy(self) -> None:
        """All is done: the working files go."""
        shutil.rmtree(self.path, ignore_errors=True)
