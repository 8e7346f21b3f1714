"""Fits the first tier: an average of hashed n-gram vectors and one small hidden layer."""

from __future__ import annotations

import time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from holdfast.screening.tiers import hashed, normalised
from holdfast.screening.training.examples import Examples, mistyped
from holdfast.screening.training.fit_encoder import Progress
from holdfast.screening.training.settings import NgramSettings


class NgramNet(nn.Module):  # type: ignore[misc]
    """Buckets of n-grams -> logits."""

    def __init__(self, settings: NgramSettings, outputs: int) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(settings.buckets, settings.width, mode="sum")
        nn.init.normal_(self.vectors.weight, std=0.05)
        self.hidden = nn.Linear(settings.width, settings.hidden)
        self.out = nn.Linear(settings.hidden, outputs)

    def forward(self, buckets: Tensor, offsets: Tensor, counts: Tensor) -> Tensor:
        """`buckets` of all rows, `offsets` of each row, `counts` of n-grams per row -> (rows, outputs)."""
        mixed = self.vectors(buckets, offsets) / counts.sqrt().clamp(min=1)[:, None]
        return self.out(functional.gelu(self.hidden(mixed), approximate="tanh"))


def fit_ngrams(
    examples: Examples, teacher: NDArray[np.float32] | None, settings: NgramSettings, progress: Progress
) -> NgramNet:
    """Train on the labels and, where given, on the teacher's probabilities (rows, outputs) as well."""
    torch.manual_seed(settings.seed)
    random = np.random.default_rng(settings.seed)
    outputs = examples.labels.shape[1]
    wanted, known = _wanted(examples, teacher, settings)
    net = NgramNet(settings, outputs)
    optimiser = torch.optim.Adam(net.parameters(), settings.learning_rate)
    steps = settings.epochs * -(-len(examples) // settings.batch_rows)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.learning_rate, steps, pct_start=0.1)
    last = time.monotonic()
    for epoch in range(settings.epochs):
        texts = [
            mistyped(text, random) if random.random() < settings.noise_share else text
            for text in examples.texts
        ]
        order = random.permutation(len(examples))
        for start in range(0, len(order), settings.batch_rows):
            rows = order[start : start + settings.batch_rows]
            buckets, offsets, counts = _features([texts[row] for row in rows], settings, random)
            logits = net(buckets, offsets, counts)
            each = functional.binary_cross_entropy_with_logits(
                logits, torch.from_numpy(wanted[rows]), reduction="none"
            )
            loss = (each * torch.from_numpy(known[rows] * examples.weights[rows][:, None])).sum() / len(rows)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            if time.monotonic() - last > 10:
                last = time.monotonic()
                share = (epoch + start / len(order)) / settings.epochs
                progress(f"epoch {epoch + 1} of {settings.epochs}, loss {loss.item():.4f}", share)
    net.eval()
    return net


def score_ngrams(net: NgramNet, texts: list[str], buckets: int) -> NDArray[np.float32]:
    """Logits (rows, outputs) of views."""
    parts = []
    with torch.no_grad():
        for start in range(0, len(texts), 512):
            prepared = [normalised(text) for text in texts[start : start + 512]]
            bucket, _, owner = hashed(prepared, buckets)
            offsets = np.searchsorted(owner, np.arange(len(prepared)))
            counts = np.bincount(owner, minlength=len(prepared)).astype(np.float32)
            parts.append(
                net(torch.from_numpy(bucket), torch.from_numpy(offsets), torch.from_numpy(counts)).numpy()
            )
    return np.concatenate(parts)


def _wanted(
    examples: Examples, teacher: NDArray[np.float32] | None, settings: NgramSettings
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    known = ~np.isnan(examples.labels)
    labels = np.nan_to_num(examples.labels)
    if teacher is None:
        return labels.astype(np.float32), known.astype(np.float32)
    share = np.where(known, settings.teacher_share, 1.0)
    mixed = share * teacher[:, : labels.shape[1]] + (1 - share) * labels
    return mixed.astype(np.float32), np.ones_like(mixed, np.float32)


def _features(
    texts: list[str], settings: NgramSettings, random: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Hashed n-grams of a batch, some dropped so that no single one decides."""
    bucket, _, owner = hashed([normalised(text) for text in texts], settings.buckets)
    kept = random.random(len(bucket)) >= settings.dropped_share
    bucket, owner = bucket[kept], owner[kept]
    offsets = np.searchsorted(owner, np.arange(len(texts)))
    counts = np.bincount(owner, minlength=len(texts)).astype(np.float32)
    return torch.from_numpy(bucket), torch.from_numpy(offsets), torch.from_numpy(counts)
