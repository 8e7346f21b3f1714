"""The first tier at work: numpy only, a few vector operations a post."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from holdfast.screening.tiers.errors import ModelUnusable
from holdfast.screening.tiers.features import hashed, normalised

Arrays = Mapping[str, NDArray[np.generic]]


class NgramModel:
    """int8 vectors of hashed n-grams, averaged, through one hidden layer. Safe from any thread."""

    def __init__(self, data: bytes) -> None:
        """`data`: `ngrams.npz`. Raises ModelUnusable."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                self._vectors = arrays["vectors"]
                self._scale = arrays["scale"].astype(np.float32)
                self._hidden = arrays["hidden"].astype(np.float32)
                self._hidden_bias = arrays["hidden_bias"].astype(np.float32)
                self._out = arrays["out"].astype(np.float32)
                self._out_bias = arrays["out_bias"].astype(np.float32)
        except (KeyError, ValueError, OSError, EOFError) as error:
            raise ModelUnusable(f"ngrams.npz: {error}") from None
        if self._vectors.dtype != np.int8 or self._vectors.ndim != 2:
            raise ModelUnusable("ngrams.npz: vectors are not an int8 table")
        rows, width = self._vectors.shape
        inner, outputs = self._out.shape if self._out.ndim == 2 else (0, 0)
        shapes = (self._scale.shape, self._hidden.shape, self._hidden_bias.shape, self._out_bias.shape)
        if (
            rows < 2
            or rows & (rows - 1)
            or not outputs
            or shapes != ((width,), (width, inner), (inner,), (outputs,))
        ):
            raise ModelUnusable("ngrams.npz: the arrays do not fit each other")

    @property
    def outputs(self) -> int:
        """How many logits a text gets."""
        return len(self._out_bias)

    @property
    def memory_bytes(self) -> int:
        """What the table holds."""
        return int(self._vectors.nbytes)

    def score(self, views: Sequence[str]) -> NDArray[np.float32]:
        """Logits (views, outputs)."""
        prepared = [normalised(view) for view in views]
        bucket, _, owner = hashed(prepared, len(self._vectors))
        if len(prepared) == 1:
            sums = self._vectors[bucket].sum(0, dtype=np.int32)[None]
            counts = np.array([max(1, len(bucket))])
        else:
            counts = np.bincount(owner, minlength=len(prepared))
            sums = np.zeros((len(prepared), self._vectors.shape[1]), np.int32)
            filled = counts > 0
            firsts = (np.cumsum(counts) - counts)[filled]
            if len(bucket):
                sums[filled] = np.add.reduceat(self._vectors[bucket], firsts, axis=0, dtype=np.int32)
            counts = np.maximum(counts, 1)
        mixed = sums * self._scale / np.sqrt(counts)[:, None].astype(np.float32)
        hidden = _gelu(mixed @ self._hidden + self._hidden_bias)
        return np.asarray(hidden @ self._out + self._out_bias, np.float32)


def _gelu(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The tanh form (Hendrycks and Gimpel 2016), which training uses as well."""
    return np.asarray(
        0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values**3))), np.float32
    )


def pack(arrays: Arrays) -> bytes:
    """`ngrams.npz` from float weights: `vectors` is quantised per column."""
    vectors = np.asarray(arrays["vectors"], np.float32)
    scale = np.maximum(np.abs(vectors).max(0), 1e-8) / 127
    out = io.BytesIO()
    np.savez(
        out,
        allow_pickle=False,
        vectors=np.clip(np.rint(vectors / scale), -127, 127).astype(np.int8),
        scale=scale,
        hidden=np.asarray(arrays["hidden"], np.float32),
        hidden_bias=np.asarray(arrays["hidden_bias"], np.float32),
        out=np.asarray(arrays["out"], np.float32),
        out_bias=np.asarray(arrays["out_bias"], np.float32),
    )
    return out.getvalue()
