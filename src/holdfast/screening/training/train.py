"""From a folder of labelled posts to one model file: the whole recipe, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from holdfast.screening.classifier import (
    FORMAT,
    OUTPUTS,
    TARGETS,
    VIOLENCE,
    About,
    Calibration,
    write_model_file,
)
from holdfast.screening.corpus import Reading, Row, is_held_back, read_sources
from holdfast.screening.evaluation import Fingerprints, calibration_error, reliability, without_overlap
from holdfast.screening.tiers import NgramModel, Reader, TransformerModel, WordPiece
from holdfast.screening.training.calibrate import (
    apply_curve,
    ask_thresholds,
    choose_points,
    fit_calibration,
)
from holdfast.screening.training.encoder import load_base
from holdfast.screening.training.examples import Examples, as_examples
from holdfast.screening.training.export import encoder_bytes, ngram_bytes
from holdfast.screening.training.fit_encoder import fit_encoder, score_encoder
from holdfast.screening.training.fit_ngrams import fit_ngrams
from holdfast.screening.training.settings import TrainingSettings
from holdfast.screening.training.vocabulary import build_vocabulary, lexicon_of

Progress = Callable[[str, float], None]


def train(
    folders: Sequence[Path],
    base: Path,
    out: Path,
    settings: TrainingSettings,
    *,
    made_at: str,
    measured: Fingerprints | None,
    progress: Progress,
) -> About:
    """Train both tiers, calibrate them on rows kept back, choose operating points, write `out`.

    `measured`: what the model will be measured on; rows that are the same or near take no part. `progress(what, share)`: share 0..1 of the whole. Raises Invalid for data that cannot be read.
    """
    progress("reading", 0.0)
    reading = read_sources(folders, use="train", seed=settings.seed)
    dropped: dict[str, int] = {}
    if measured is not None:
        for name, of_source in reading.rows.items():
            reading.rows[name], _ = without_overlap(of_source, measured)
            dropped[name] = len(of_source) - len(reading.rows[name])
    rows = [row for of_source in reading.rows.values() for row in of_source]
    kept = [row for row in rows if not is_held_back(row)]
    held = [row for row in rows if is_held_back(row)]

    plain = Reader([])
    lexicon = lexicon_of(
        [plain.read(row.text).text for row in kept], least_count=settings.lexicon_least_count
    )
    reader = Reader(lexicon)
    examples = as_examples(kept, reading.sources, reader)
    vocabulary, starts = build_vocabulary(
        examples.texts, base, size=settings.vocabulary_size, least_count=settings.new_word_least_count
    )
    encoder = load_base(
        base, starts, outputs=len(OUTPUTS) + len(TARGETS), layers=list(settings.encoder.layers)
    )
    pieces = WordPiece(vocabulary)
    fit_encoder(encoder, pieces, examples, settings.encoder, _part(progress, "second tier", 0.02, 0.80))
    teacher = _teacher(score_encoder(encoder, pieces, examples.texts, max_tokens=settings.serve_tokens))
    progress("first tier", 0.84)
    net = fit_ngrams(examples, teacher, settings.ngrams, _part(progress, "first tier", 0.84, 0.95))

    progress("exporting", 0.95)
    entries = {
        "lexicon.txt": "\n".join(lexicon).encode(),
        "ngrams.npz": ngram_bytes(net),
        "encoder.onnx": encoder_bytes(encoder),
        "vocabulary.txt": "\n".join(vocabulary).encode(),
    }
    progress("calibrating", 0.97)
    held_examples = as_examples(held, reading.sources, reader)
    logits = _served_logits(entries, held_examples, settings.serve_tokens)
    about = _about(settings, reading, held, held_examples, logits, made_at=made_at, dropped=dropped)
    write_model_file(out, about, entries)
    progress("done", 1.0)
    return about


def _part(progress: Progress, what: str, first: float, last: float) -> Progress:
    return lambda detail, share: progress(f"{what}: {detail}", first + (last - first) * share)


def _teacher(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-logits[:, : len(OUTPUTS)])), np.float32)


def _served_logits(
    entries: dict[str, bytes], examples: Examples, max_tokens: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits of the quantised networks, as posts will get them."""
    outputs = len(OUTPUTS)
    ngrams = NgramModel(entries["ngrams.npz"])
    transformer = TransformerModel(
        entries["encoder.onnx"], entries["vocabulary.txt"].decode().split("\n"), max_tokens=max_tokens
    )
    order = sorted(range(len(examples)), key=lambda at: len(examples.texts[at]))
    second = np.zeros((len(examples), outputs), np.float32)
    for start in range(0, len(order), 16):
        part = order[start : start + 16]
        reads = transformer.read([examples.texts[at] for at in part])
        second[part] = [read.logits[:outputs] for read in reads]
    return ngrams.score(examples.texts)[:, :outputs], second


def _about(
    settings: TrainingSettings,
    reading: Reading,
    held: Sequence[Row],
    examples: Examples,
    logits: tuple[NDArray[np.float32], NDArray[np.float32]],
    *,
    made_at: str,
    dropped: dict[str, int],
) -> About:
    first, second = logits
    calibration = fit_calibration(first, second, examples.labels)
    both = _probabilities(calibration, first, second)
    alone = {
        name: apply_curve(calibration.first[name], first[:, at : at + 1]) for at, name in enumerate(OUTPUTS)
    }
    own = np.array([reading.sources[row.source].format == "corpus" for row in held])
    lawful = np.array([row.is_lawful for row in held])
    violent = np.array([row.labels.get(VIOLENCE) == 1.0 for row in held])
    return About(
        format=FORMAT,
        name=settings.name,
        made_at=made_at,
        outputs=list(OUTPUTS),
        targets=list(TARGETS),
        max_tokens=settings.serve_tokens,
        calibration=calibration,
        ask_above=ask_thresholds(alone, lawful),
        points=choose_points(both, own & violent, own & lawful),
        training={**_record(settings, reading, held, examples, both), "rows_near_measured_ones": dropped},
        digests={},
    )


def _probabilities(
    calibration: Calibration, first: NDArray[np.float32], second: NDArray[np.float32]
) -> dict[str, NDArray[np.float64]]:
    return {
        name: apply_curve(calibration.both[name], np.column_stack([first[:, at], second[:, at]]))
        for at, name in enumerate(OUTPUTS)
    }


def _record(
    settings: TrainingSettings,
    reading: Reading,
    held: Sequence[Row],
    examples: Examples,
    both: dict[str, NDArray[np.float64]],
) -> dict[str, Any]:
    """What the model card tells: sources, settings, counts, and how well the probabilities are calibrated."""
    curves: dict[str, Any] = {}
    for at, name in enumerate(OUTPUTS):
        known = ~np.isnan(examples.labels[:, at])
        labels, chances = examples.labels[known, at], both[name][known]
        curves[name] = {
            "error": round(calibration_error(labels, chances), 4),
            "bins": [
                [round(mean, 3), round(share, 3), count]
                for mean, share, count in reliability(labels, chances)
            ],
        }
    return {
        "files": msgspec.to_builtins(reading.files),
        "settings": msgspec.to_builtins(settings),
        "torch": str(torch.__version__),
        "rows": sum(len(rows) for rows in reading.rows.values()),
        "rows_used": {name: len(rows) for name, rows in reading.rows.items()},
        "rows_kept_back": len(held),
        "reliability": curves,
    }
