"""From logits to probabilities: one logistic curve per output and way of asking (Platt 1999)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec


class Curve(msgspec.Struct, frozen=True):
    """probability = 1 / (1 + exp(-(bias + sum of weight x logit)))."""

    weights: list[float]
    bias: float

    def probability(self, logits: Sequence[float]) -> float:
        """`logits`: one per weight."""
        value = self.bias + sum(weight * logit for weight, logit in zip(self.weights, logits, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


class Calibration(msgspec.Struct, frozen=True):
    """Curves by output: of the first tier alone, and of both tiers together."""

    first: dict[str, Curve]
    both: dict[str, Curve]
