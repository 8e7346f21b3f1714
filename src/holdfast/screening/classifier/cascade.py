"""The local model as a judge: the first tier on every post, the second where the first is not sure."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from holdfast.screening.classifier.evidence import strongest
from holdfast.screening.classifier.heads import HEADS, OUTPUTS, TARGETS, VIOLENCE
from holdfast.screening.classifier.modelfile import ModelFile
from holdfast.screening.classifier.points import PointName, decide
from holdfast.screening.model import Content, Opinion
from holdfast.screening.tiers import ModelUnusable, NgramModel, Read, Reader, TransformerModel, View

PIECE_CHARACTERS: Final = 700
"""A longer text is judged in pieces of about this length: what matters must not drown in the rest."""
PIECE_OVERLAP_CHARACTERS: Final = 150
MAX_CHARACTERS: Final = 65_536
"""Of a longer text the first seven eighths of this and the last eighth are read, as the rules do."""
MAX_PIECES_READ: Final = 8
"""Pieces of one text that the second tier may be asked about: the most suspicious ones."""
TARGET_FROM: Final = 0.5
TARGET_TOLD_FROM_VIOLENCE: Final = 0.2


class Piece(NamedTuple):
    """A stretch of a text: where it starts (None: spoiler text, no evidence) and how the model reads it."""

    offset: int | None
    view: View


class Judgement(NamedTuple):
    """What the tiers say about one text: calibrated probabilities, and where the leading one comes from."""

    probabilities: dict[str, float]
    targets: dict[str, float]
    evidence: list[tuple[int, int]]
    asked_second: bool


class LocalModel:
    """The `Judge` that a model file makes. Build once; safe from any thread."""

    may_refuse = False

    def __init__(
        self,
        file: ModelFile,
        *,
        point: PointName = "balanced",
        audit_share: float = 0.01,
        thorough: bool = False,
    ) -> None:
        """`audit_share`: part of all posts that the second tier reads though the first sees nothing in them;
        `thorough`: it reads every post, for where nobody waits.

        Raises ModelUnusable when the file cannot be used.
        """
        self._file = file
        self.about = file.about
        self.version = f"{file.version}/{point}"
        self._point = self.about.points[point]
        self._thorough = thorough
        self._audit_below = int(audit_share * 2**32)
        self._reader = Reader(file.text("lexicon.txt").split())
        self._ngrams = NgramModel(file.entry("ngrams.npz"))
        if self._ngrams.outputs < len(OUTPUTS):
            raise ModelUnusable(f"ngrams.npz has {self._ngrams.outputs} outputs, not those of about.json")
        self._second: TransformerModel | None = None
        self._unusable: ModelUnusable | None = None
        self._lock = threading.Lock()
        self.quiet: frozenset[str] = frozenset()
        """Outputs that hide nothing at the moment: what they would hold is flagged (`screening/lifecycle`)."""

    def judge(self, content: Content) -> Opinion:
        """Form an opinion: a few hundred microseconds, some milliseconds where the second tier is asked."""
        judgement = self.read(content)
        action, lane = decide(judgement.probabilities, self._point)
        notes = ["note.model_audit"] if judgement.asked_second and self._is_audit(content) else []
        leading = self._leading(judgement)
        softened = action == "hold" and leading in self.quiet
        if softened:
            action = "flag"
        return Opinion(
            action=action,
            lane=lane,
            scores={name: round(value, 6) for name, value in judgement.probabilities.items()},
            rules=[f"model.{leading}", *notes] if action != "allow" else notes,
            shadow_rules=[f"model.{leading}"] if softened else (),
            evidence=judgement.evidence if action != "allow" else (),
            targets=judgement.targets,
        )

    def read(self, content: Content) -> Judgement:
        """Probabilities per output, targets, evidence."""
        pieces = list(pieces_of(content, self._reader))
        first = self._ngrams.score([piece.view.text for piece in pieces])
        outputs = len(OUTPUTS)
        alone = self._probabilities(first.max(0)[:outputs], None)
        asked = self._thorough or content.is_reported or self._is_audit(content)
        if not asked and not self._is_unsure(alone):
            return Judgement(alone, {}, [], asked_second=False)
        chosen = self._chosen(first[:, :outputs], everything=asked)
        # One by one: pieces differ in length, and padding costs more than a batch saves.
        reads = [self.second.read([pieces[at].view.text])[0] for at in chosen]
        each = [
            self._probabilities(first[at, :outputs], read.logits[:outputs])
            for at, read in zip(chosen, reads, strict=True)
        ]
        together = {name: max(one[name] for one in each) for name in OUTPUTS}
        leading = max(HEADS, key=lambda head: together[head])
        best = max(range(len(each)), key=lambda at: each[at][leading])
        return Judgement(
            together,
            _targets(reads[best], together[VIOLENCE]),
            # Words put back from one disguise all lead to the whole of it.
            list(dict.fromkeys(_evidence(pieces[chosen[best]], reads[best], OUTPUTS.index(leading)))),
            asked_second=True,
        )

    def _chosen(self, first: NDArray[np.float32], *, everything: bool) -> list[int]:
        """Which pieces the second tier reads: the most suspicious; of those, unless asked for `everything`, the
        ones that made the first tier unsure."""
        suspicious = [int(at) for at in np.argsort(-first[:, OUTPUTS.index(VIOLENCE)])]
        if everything:
            # The beginning as well: hateful openings are not what the violence score ranks by.
            return sorted({0, *suspicious[:MAX_PIECES_READ]})
        return [at for at in suspicious if self._is_unsure(self._probabilities(first[at], None))][
            :MAX_PIECES_READ
        ]

    def _is_unsure(self, alone: Mapping[str, float]) -> bool:
        return any(alone[name] >= least for name, least in self.about.ask_above.items())

    def warm(self) -> None:
        """Read the second tier now, so that no post waits for it. Raises ModelUnusable."""
        _ = self.second

    @property
    def second(self) -> TransformerModel:
        """The second tier, read from the file when it is first asked. Raises ModelUnusable."""
        if self._second is None:
            with self._lock:
                if self._unusable is not None:
                    raise self._unusable
                if self._second is None:
                    try:
                        self._second = self._open_second()
                    except ModelUnusable as error:
                        # Kept: reading a broken file again for every post would be slow, and tell nothing new.
                        self._unusable = error
                        raise
        return self._second

    def _open_second(self) -> TransformerModel:
        second = TransformerModel(
            self._file.entry("encoder.onnx"),
            self._file.text("vocabulary.txt").split("\n"),
            max_tokens=self.about.max_tokens,
        )
        if second.outputs != len(OUTPUTS) + len(TARGETS):
            raise ModelUnusable(f"encoder.onnx has {second.outputs} outputs, not those of about.json")
        return second

    def _probabilities(
        self, first: NDArray[np.float32], second: NDArray[np.float32] | None
    ) -> dict[str, float]:
        if second is None:
            curves = self.about.calibration.first
            return {name: curves[name].probability([first[at]]) for at, name in enumerate(OUTPUTS)}
        curves = self.about.calibration.both
        return {name: curves[name].probability([first[at], second[at]]) for at, name in enumerate(OUTPUTS)}

    def _is_audit(self, content: Content) -> bool:
        """By the text alone, so that a repeated text is judged alike and a test can foresee it."""
        return zlib.crc32(content.text.encode("utf-8", "surrogatepass"), 7) < self._audit_below

    def _leading(self, judgement: Judgement) -> str:
        return max(HEADS, key=lambda head: judgement.probabilities[head])


def pieces_of(content: Content, reader: Reader) -> Iterator[Piece]:
    """The stretches of a content that are judged one by one, its spoiler text last."""
    text = content.text
    stretches = [(0, len(text))]
    if len(text) > MAX_CHARACTERS:
        head = MAX_CHARACTERS * 7 // 8
        stretches = [(0, head), (len(text) - (MAX_CHARACTERS - head), len(text))]
    for first, last in stretches:
        start = first
        while True:
            end = _break_before(text, min(start + PIECE_CHARACTERS, last), last, start)
            yield Piece(start, reader.read(text[start:end]))
            if end >= last:
                break
            start = end - PIECE_OVERLAP_CHARACTERS
    if content.spoiler_text:
        yield Piece(None, reader.read(content.spoiler_text[:PIECE_CHARACTERS]))


def _break_before(text: str, end: int, last: int, start: int) -> int:
    """The end of a piece: at a blank where there is one near."""
    if end >= last:
        return last
    blank = text.rfind(" ", max(start + PIECE_OVERLAP_CHARACTERS + 1, end - 60), end)
    return blank if blank > 0 else end


def _targets(read: Read, violence: float) -> dict[str, float]:
    """Whom it is about, where there is something to be about."""
    if violence < TARGET_TOLD_FROM_VIOLENCE:
        return {}
    logits = read.logits[len(OUTPUTS) : len(OUTPUTS) + len(TARGETS)].astype(np.float64)
    shares = 1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))
    return {
        name: round(float(share), 3)
        for name, share in zip(TARGETS, shares, strict=True)
        if share >= TARGET_FROM
    }


def _evidence(piece: Piece, read: Read, output: int) -> Iterator[tuple[int, int]]:
    if piece.offset is None:
        return
    for start, end in strongest(read.spans, read.shares[:, output]):
        first, last = piece.view.span(start, end)
        yield piece.offset + first, piece.offset + last


def probabilities_of(
    model: LocalModel, contents: Sequence[Content], *, thorough: bool
) -> NDArray[np.float64]:
    """(contents, outputs): what evaluation measures, by the same way that posts take."""
    rows = [model.read(content).probabilities for content in contents]
    return np.array([[row[name] for name in OUTPUTS] for row in rows]).reshape(len(rows), len(OUTPUTS))
