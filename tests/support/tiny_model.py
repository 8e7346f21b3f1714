"""A model file of a few kilobytes whose opinion is known: `kill` and `hang` are violent, `mayor` is a target.

It has everything that a trained one has. The network is written out as ONNX here (the format is
protocol buffers), so that tests need no library to build it: shares = table[ids], logits = sum of shares + bias.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from holdfast.screening.classifier import (
    HEADS,
    OUTPUTS,
    TARGETS,
    VIOLENCE,
    LocalModel,
    ModelFile,
    write_model_file,
)
from holdfast.screening.classifier.calibration import Calibration, Curve
from holdfast.screening.classifier.modelfile import FORMAT, About
from holdfast.screening.classifier.points import POINTS, Measured, OperatingPoint
from holdfast.screening.tiers.features import hashed, normalised
from holdfast.screening.tiers.ngrams import pack
from holdfast.screening.tiers.wordpiece import SPECIALS

VIOLENT_WORDS = ("kill", "hang")
HATEFUL_WORDS = ("vermin",)
WORDS = (*VIOLENT_WORDS, *HATEFUL_WORDS, "mayor", "the", "i", "will", "peace", "##s", "##ing")
MAX_TOKENS = 64
BUCKETS = 1 << 14
FLAG_FROM, HOLD_FROM, ASK_FROM = 0.5, 0.9, 0.2
_FLOAT, _INT64 = 1, 7


def tiny_entries() -> dict[str, bytes]:
    """Entry name -> bytes, without `about.json`."""
    return {
        "lexicon.txt": "\n".join(["kill", "hang", "the", "mayor", "will", "peace"]).encode(),
        "ngrams.npz": _first_tier(),
        "encoder.onnx": _second_tier(),
        "vocabulary.txt": "\n".join([*SPECIALS, *WORDS]).encode(),
    }


def tiny_about(**changes: Any) -> About:
    """What the tiny model says of itself; digests are made when it is written."""
    alone, both = Curve(weights=[1.0], bias=0.0), Curve(weights=[0.2, 1.0], bias=0.0)
    nothing = Measured(0, 0, 0.0, 1.0)
    point = OperatingPoint(
        flag={VIOLENCE: FLAG_FROM, "harassment_hate": FLAG_FROM},
        hold={VIOLENCE: HOLD_FROM},
        recall=nothing,
        false_positives=nothing,
        held_lawful=nothing,
    )
    about = About(
        format=FORMAT,
        name="tiny",
        made_at="2021-01-10T00:00:00Z",
        outputs=list(OUTPUTS),
        targets=list(TARGETS),
        max_tokens=MAX_TOKENS,
        calibration=Calibration(first=dict.fromkeys(OUTPUTS, alone), both=dict.fromkeys(OUTPUTS, both)),
        ask_above={VIOLENCE: ASK_FROM, "harassment_hate": ASK_FROM},
        points=dict.fromkeys(map(str, POINTS), point),
        training={},
        digests={},
    )
    return msgspec.structs.replace(about, **changes)


def write_tiny_model(path: Path, entries: Mapping[str, bytes] | None = None, **changes: Any) -> Path:
    """Write the tiny model; `entries` replace its own, `changes` those of `about.json`."""
    write_model_file(path, tiny_about(**changes), {**tiny_entries(), **(entries or {})})
    return path


def tiny_model(folder: Path, *, audit_share: float = 0.0) -> LocalModel:
    """The tiny model, ready to judge; no audit unless asked for, so that tests can count what is asked."""
    return LocalModel(ModelFile(write_tiny_model(folder / "tiny.zip")), audit_share=audit_share)


def _first_tier() -> bytes:
    vectors = np.zeros((BUCKETS, 2), np.float32)
    for column, words in enumerate((VIOLENT_WORDS, HATEFUL_WORDS)):
        for word in words:
            buckets, _, _ = hashed([normalised(word)], BUCKETS)
            vectors[buckets[-1], column] = 400.0  # the last n-gram is the word itself
    out = np.zeros((2, len(OUTPUTS)), np.float32)
    out[0, [HEADS.index("threat_direct"), OUTPUTS.index(VIOLENCE)]] = 1.0
    out[1, HEADS.index("harassment_hate")] = 1.0
    return pack(
        {
            "vectors": vectors,
            "hidden": np.eye(2),
            "hidden_bias": np.zeros(2),
            "out": out,
            "out_bias": np.full(len(OUTPUTS), -3.0),
        }
    )


def _second_tier() -> bytes:
    table = np.zeros((len(SPECIALS) + len(WORDS), len(OUTPUTS) + len(TARGETS)), np.float32)
    for word in VIOLENT_WORDS:
        table[len(SPECIALS) + WORDS.index(word), [HEADS.index("threat_direct"), OUTPUTS.index(VIOLENCE)]] = (
            8.0
        )
    for word in HATEFUL_WORDS:
        table[len(SPECIALS) + WORDS.index(word), HEADS.index("harassment_hate")] = 8.0
    table[len(SPECIALS) + WORDS.index("mayor"), len(OUTPUTS) + TARGETS.index("public_official")] = 8.0
    return network(table, np.full(table.shape[1], -4.0, np.float32))


def network(table: NDArray[np.float32], bias: NDArray[np.float32]) -> bytes:
    """An ONNX file: ids (batch, tokens) -> shares (batch, tokens, outputs), logits (batch, outputs)."""
    keep_no_dimension = _text(1, "keepdims") + _number(3, 0) + _number(20, 2)
    graph = b"".join(
        [
            _part(1, _node("Gather", ["table", "ids"], "shares")),
            _part(1, _node("ReduceSum", ["shares", "axes"], "sums") + _part(5, keep_no_dimension)),
            _part(1, _node("Add", ["sums", "bias"], "logits")),
            _text(2, "tiny"),
            _part(5, _tensor("table", table, _FLOAT)),
            _part(5, _tensor("bias", bias, _FLOAT)),
            _part(5, _tensor("axes", np.array([1], np.int64), _INT64)),
            _part(11, _value("ids", _INT64, ["batch", "tokens"])),
            _part(12, _value("logits", _FLOAT, ["batch", table.shape[1]])),
            _part(12, _value("shares", _FLOAT, ["batch", "tokens", table.shape[1]])),
        ]
    )
    return _number(1, 8) + _part(8, _text(1, "") + _number(2, 17)) + _part(7, graph)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _part(field, text.encode())


def _node(operation: str, inputs: list[str], output: str) -> bytes:
    return b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, operation)


def _tensor(name: str, values: NDArray[Any], kind: int) -> bytes:
    sizes = b"".join(_number(1, size) for size in values.shape)
    raw = struct.pack(f"<{values.size}{'f' if kind == _FLOAT else 'q'}", *values.ravel().tolist())
    return sizes + _number(2, kind) + _text(8, name) + _part(9, raw)


def _value(name: str, kind: int, sizes: list[Any]) -> bytes:
    dimensions = b"".join(
        _part(1, _text(2, size) if isinstance(size, str) else _number(1, size)) for size in sizes
    )
    return _text(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, dimensions)))
