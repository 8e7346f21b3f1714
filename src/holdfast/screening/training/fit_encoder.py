"""Fits the second tier: a small transformer, from a base checkpoint, on labelled rows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from holdfast.screening.tiers import WordPiece
from holdfast.screening.training.encoder import Encoder
from holdfast.screening.training.examples import Examples, disturbed
from holdfast.screening.training.settings import EncoderSettings

_READ_TOKENS = 1024

Progress = Callable[[str, float], None]


def fit_encoder(
    encoder: Encoder, pieces: WordPiece, examples: Examples, settings: EncoderSettings, progress: Progress
) -> None:
    """Train in place. `progress(what, share)` is called about every ten seconds, share 0..1."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    random = np.random.default_rng(settings.seed)
    optimiser = torch.optim.AdamW(_groups(encoder, settings), lr=settings.learning_rate, fused=True)
    encoder.train()
    done, last, running = 0.0, time.monotonic(), 0.0
    for epoch in range(settings.epochs):
        batches = _batches(pieces, examples, settings, random)
        for at, (ids, chosen, texts_labels) in enumerate(batches):
            done = (epoch + at / len(batches)) / settings.epochs
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * _schedule(done, settings.warm_up_share)
            with torch.autocast("cpu", torch.bfloat16):
                logits, _ = encoder(torch.from_numpy(_hidden(ids, settings.hidden_share, random)))
            loss = _loss(logits.float(), texts_labels, chosen, examples, settings)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
            optimiser.step()
            running = 0.99 * running + 0.01 * loss.item() if running else loss.item()
            if time.monotonic() - last > 10:
                last = time.monotonic()
                progress(f"epoch {epoch + 1} of {settings.epochs}, loss {running:.4f}", done)
    encoder.eval()


def score_encoder(
    encoder: Encoder, pieces: WordPiece, texts: Sequence[str], *, max_tokens: int
) -> NDArray[np.float32]:
    """Logits (rows, outputs) of texts; longer ones are cut."""
    encoder.eval()
    encoded = [pieces.encode(text, max_tokens).ids for text in texts]
    order = sorted(range(len(texts)), key=lambda at: len(encoded[at]))
    out: NDArray[np.float32] | None = None
    with torch.no_grad():
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            with torch.autocast("cpu", torch.bfloat16):
                logits, _ = encoder(torch.from_numpy(_padded([encoded[at] for at in part])))
            if out is None:
                out = np.zeros((len(texts), logits.shape[1]), np.float32)
            out[part] = logits.float().numpy()
    return out if out is not None else np.zeros((0, 0), np.float32)


def _groups(encoder: Encoder, settings: EncoderSettings) -> list[dict[str, Any]]:
    """The new outputs learn faster than what the base brings; vectors of one dimension do not decay."""
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in encoder.named_parameters():
        is_new = name.startswith(("look", "make", "bias"))
        peak = settings.head_learning_rate if is_new else settings.learning_rate
        decay = settings.weight_decay if parameter.dim() > 1 else 0.0
        groups.setdefault((peak, decay), []).append(parameter)
    return [
        {"params": parameters, "lr": peak, "peak": peak, "weight_decay": decay}
        for (peak, decay), parameters in groups.items()
    ]


def _schedule(done: float, warm_up: float) -> float:
    if done < warm_up:
        return done / warm_up
    return max(0.02, 0.5 * (1 + math.cos(math.pi * (done - warm_up) / (1 - warm_up))))


def _hidden(ids: NDArray[np.int64], share: float, random: np.random.Generator) -> NDArray[np.int64]:
    """Some tokens made unknown: the cheapest way here to keep the model from leaning on single words."""
    return np.where((ids > 3) & (random.random(ids.shape) < share), 1, ids)


def _padded(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    out = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for at, row in enumerate(rows):
        out[at, : len(row)] = row
    return out


_Batch = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]


def _batches(
    pieces: WordPiece, examples: Examples, settings: EncoderSettings, random: np.random.Generator
) -> list[_Batch]:
    """One epoch: texts disturbed anew, near in length, batches in random order."""
    texts, labels = disturbed(
        examples, random, noise_share=settings.noise_share, joined_share=settings.joined_share
    )
    taking_part = np.flatnonzero(random.random(len(examples)) < examples.shares)
    encoded: dict[int, list[int]] = {}
    for row in taking_part:
        ids = pieces.encode(texts[row], _READ_TOKENS).ids
        if len(ids) > settings.max_tokens:
            # A random stretch: what matters may stand anywhere in a long post.
            first = int(random.integers(1, len(ids) - settings.max_tokens + 2))
            ids = [ids[0], *ids[first : first + settings.max_tokens - 2], ids[-1]]
        encoded[int(row)] = ids
    order = sorted(encoded, key=lambda at: len(encoded[at]) + random.uniform(0, 4))
    batches: list[_Batch] = []
    part: list[int] = []
    for at in order:
        if part and (len(part) + 1) * len(encoded[at]) > settings.batch_tokens:
            batches.append(_batch(part, encoded, labels))
            part = []
        part.append(at)
    if part:
        batches.append(_batch(part, encoded, labels))
    return [batches[at] for at in random.permutation(len(batches))]


def _batch(part: list[int], encoded: dict[int, list[int]], labels: NDArray[np.float32]) -> _Batch:
    return _padded([encoded[at] for at in part]), np.array(part), labels[part]


def _loss(
    logits: torch.Tensor,
    labels: NDArray[np.float32],
    chosen: NDArray[np.int64],
    examples: Examples,
    settings: EncoderSettings,
) -> torch.Tensor:
    """Weighted cross-entropy over what is known; targets count less."""
    outputs = labels.shape[1]
    wanted = torch.from_numpy(np.concatenate([labels, examples.targets[chosen]], 1))
    known = ~torch.isnan(wanted)
    wanted = torch.nan_to_num(wanted).clamp(settings.smoothing, 1 - settings.smoothing)
    weight = torch.from_numpy(examples.weights[chosen])[:, None] * known
    weight[:, outputs:] *= settings.target_weight
    each = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return (each * weight).sum() / max(1, len(chosen))
