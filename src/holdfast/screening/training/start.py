"""The way into training. Its recipe needs torch, which a server does not have; this file does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from holdfast.screening.classifier import About
from holdfast.screening.evaluation import Fingerprints
from holdfast.screening.training.settings import TrainingSettings


def train_model(
    folders: Sequence[Path],
    base: Path,
    out: Path,
    settings: TrainingSettings,
    *,
    made_at: str,
    measured: Fingerprints | None,
    progress: Callable[[str, float], None],
) -> About:
    """As `train.train`; needs the extra `holdfast[train]`."""
    from holdfast.screening.training.train import train

    return train(folders, base, out, settings, made_at=made_at, measured=measured, progress=progress)
