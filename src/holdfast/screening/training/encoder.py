"""The small transformer that training fits: a BERT encoder with one attention pool per output.

Source of the encoder: "MiniLM: Deep Self-Attention Distillation" (Wang et al. 2020), whose weights
`load_base` reads. Each output owns a query that says where it looks and a weight that says what it makes of a
token; their product is summed over the text. The summands are the evidence for a hit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

MAX_POSITIONS = 256


class _Layer(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """(batch, tokens, width) -> the same; `bias` is 0 where a token may be looked at."""
        batch, tokens, width = states.shape
        parts = self.query_key_value(states).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5 + bias
        mixed = scores.softmax(-1) @ value
        mixed = mixed.transpose(1, 2).reshape(batch, tokens, width)
        states = self.attention_norm(states + self.out(mixed))
        grown = self.down(functional.gelu(self.up(states)))
        return self.norm(states + grown)


class Encoder(nn.Module):  # type: ignore[misc]
    """Token ids -> (logits per output, share of each token in them)."""

    def __init__(self, *, vocabulary: int, outputs: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width, padding_idx=0)
        self.positions = nn.Embedding(MAX_POSITIONS, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(_Layer(width, heads, 4 * width) for _ in range(layers))
        self.look = nn.Linear(width, outputs)
        self.make = nn.Linear(width, outputs)
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.normal_(self.look.weight, std=0.02)
        nn.init.normal_(self.make.weight, std=0.05)
        nn.init.zeros_(self.look.bias)
        nn.init.zeros_(self.make.bias)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """`ids` (batch, tokens), 0 is padding -> logits (batch, outputs), shares (batch, tokens, outputs)."""
        padding = (ids == 0).unsqueeze(-1)
        away = padding.to(self.norm.weight.dtype) * -1e4
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.norm(self.words(ids) + self.positions(places))
        bias = away.transpose(1, 2).unsqueeze(1)
        for layer in self.layers:
            states = layer(states, bias)
        looks = (self.look(states) + away).softmax(1)
        shares = looks * self.make(states)
        return shares.sum(1) + self.bias, shares


def load_base(folder: Path, kept: list[list[int]], *, outputs: int, layers: list[int]) -> Encoder:
    """An encoder that starts from a BERT-shaped checkpoint (`model.safetensors`).

    `kept`: for each entry of the new vocabulary, the old ids whose mean it starts from. `layers`: which of the
    old layers are kept.
    """
    weights: dict[str, Any] = load_file(folder / "model.safetensors")
    weights = {name.removeprefix("bert."): tensor for name, tensor in weights.items()}
    words = weights["embeddings.word_embeddings.weight"]
    width = words.shape[1]
    encoder = Encoder(vocabulary=len(kept), outputs=outputs, width=width, layers=len(layers), heads=12)
    with torch.no_grad():
        encoder.words.weight.copy_(torch.stack([words[old].mean(0) for old in kept]))
        type_zero = weights["embeddings.token_type_embeddings.weight"][0]
        places = weights["embeddings.position_embeddings.weight"][:MAX_POSITIONS]
        encoder.positions.weight.copy_(places + type_zero)
        _copy(encoder.norm, weights, "embeddings.LayerNorm")
        for layer, old in zip(encoder.layers, layers, strict=True):
            prefix = f"encoder.layer.{old}"
            attention = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
            layer.query_key_value.weight.copy_(torch.cat([weights[f"{name}.weight"] for name in attention]))
            layer.query_key_value.bias.copy_(torch.cat([weights[f"{name}.bias"] for name in attention]))
            _copy(layer.out, weights, f"{prefix}.attention.output.dense")
            _copy(layer.attention_norm, weights, f"{prefix}.attention.output.LayerNorm")
            _copy(layer.up, weights, f"{prefix}.intermediate.dense")
            _copy(layer.down, weights, f"{prefix}.output.dense")
            _copy(layer.norm, weights, f"{prefix}.output.LayerNorm")
    return encoder


def _copy(module: Any, weights: dict[str, Any], name: str) -> None:
    module.weight.copy_(weights[f"{name}.weight"])
    module.bias.copy_(weights[f"{name}.bias"])
