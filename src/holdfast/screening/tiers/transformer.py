"""The second tier at work: an int8 transformer on onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.screening.tiers.errors import ModelUnusable
from holdfast.screening.tiers.wordpiece import SPECIALS, Span, WordPiece

MAX_WINDOWS: Final = 4
"""Enough for a piece of text in which every character is a token."""


class Read(NamedTuple):
    """Logits of one text, and per token its span in the text and its share in each logit."""

    logits: NDArray[np.float32]
    spans: list[Span]
    shares: NDArray[np.float32]


class TransformerModel:
    """Build once; safe from any thread. One thread per call: many posts are judged side by side."""

    def __init__(self, network: bytes, vocabulary: Sequence[str], *, max_tokens: int) -> None:
        """`network`: `encoder.onnx`. Raises ModelUnusable."""
        # Here, because the library alone takes 30 MiB that a server may never need.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Memory grows with the longest text ever seen otherwise, and is never given back.
        options.enable_cpu_mem_arena = False
        try:
            self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library raises classes of its own
            raise ModelUnusable(f"encoder.onnx cannot be used: {error}") from None
        if tuple(vocabulary[: len(SPECIALS)]) != SPECIALS:
            raise ModelUnusable(f"vocabulary.txt does not begin with {', '.join(SPECIALS)}")
        self._pieces = WordPiece(vocabulary)
        self._max_tokens = max_tokens
        self.outputs = self._try(len(vocabulary) - 1, max_tokens)

    def _try(self, last: int, max_tokens: int) -> int:
        """What does not fit shows here, not at the first post: the last entry, as long as a text can be.

        Returns the number of outputs.
        """
        try:
            logits, shares = self._session.run(
                ["logits", "shares"], {"ids": np.full((1, max_tokens), last, np.int64)}
            )
        except Exception as error:  # the library raises classes of its own
            raise ModelUnusable(f"encoder.onnx does not fit vocabulary.txt or max_tokens: {error}") from None
        outputs = int(logits.shape[-1])
        if logits.shape != (1, outputs) or shares.shape != (1, max_tokens, outputs):
            raise ModelUnusable(
                "encoder.onnx does not give logits (batch, outputs) and shares (batch, tokens, outputs)"
            )
        return outputs

    def read(self, views: Sequence[str]) -> list[Read]:
        """Judge texts together; texts of about one length make the least work.

        A text of more tokens than the network takes is read in windows: the highest logit of each output counts.
        """
        encoded = [self._pieces.windows(view, self._max_tokens, MAX_WINDOWS) for view in views]
        flat = [window for windows in encoded for window in windows]
        ids = np.zeros((len(flat), max(len(one.ids) for one in flat)), np.int64)
        for at, one in enumerate(flat):
            ids[at, : len(one.ids)] = one.ids
        logits, shares = self._session.run(["logits", "shares"], {"ids": ids})
        reads = []
        first = 0
        for windows in encoded:
            last = first + len(windows)
            reads.append(
                Read(
                    logits[first:last].max(0),
                    [span for window in windows for span in window.spans],
                    np.concatenate([shares[first + n, : len(one.ids)] for n, one in enumerate(windows)]),
                )
            )
            first = last
        return reads
