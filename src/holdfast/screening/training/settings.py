"""Everything that steers a training. Free of torch, so that a command can read it without."""

from __future__ import annotations

import msgspec


class EncoderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that steers one fit; recorded in the model file."""

    epochs: int = 7
    batch_tokens: int = 2048
    learning_rate: float = 2e-4
    head_learning_rate: float = 1e-3
    warm_up_share: float = 0.08
    weight_decay: float = 0.01
    max_tokens: int = 96
    hidden_share: float = 0.05
    noise_share: float = 0.15
    joined_share: float = 0.10
    target_weight: float = 0.3
    smoothing: float = 0.02
    layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    seed: int = 20210110
    threads: int = 2


class NgramSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that steers one fit; recorded in the model file."""

    buckets: int = 1 << 17
    width: int = 16
    hidden: int = 32
    epochs: int = 5
    batch_rows: int = 256
    learning_rate: float = 4e-3
    dropped_share: float = 0.3
    noise_share: float = 0.2
    teacher_share: float = 0.7
    seed: int = 20210110


class TrainingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that steers a training; recorded in the model file."""

    name: str = "holdfast"
    seed: int = 20210110
    vocabulary_size: int = 26_000
    new_word_least_count: int = 6
    lexicon_least_count: int = 4
    serve_tokens: int = 256
    encoder: EncoderSettings = EncoderSettings()
    ngrams: NgramSettings = NgramSettings()
