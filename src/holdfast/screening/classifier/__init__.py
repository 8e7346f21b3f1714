"""The local model: two tiers in one file, read lazily, judging on this machine's CPU."""

from holdfast.screening.classifier.absent import AbsentModel
from holdfast.screening.classifier.calibration import Calibration, Curve
from holdfast.screening.classifier.cascade import LocalModel, pieces_of, probabilities_of
from holdfast.screening.classifier.errors import ModelUnusable
from holdfast.screening.classifier.features import hashed, normalised
from holdfast.screening.classifier.heads import HEADS, OUTPUTS, TARGETS, VIOLENCE, VIOLENT_HEADS
from holdfast.screening.classifier.modelfile import FORMAT, About, ModelFile, write_model_file
from holdfast.screening.classifier.ngrams import NgramModel, pack
from holdfast.screening.classifier.points import POINTS, Measured, OperatingPoint, PointName, decide
from holdfast.screening.classifier.text import Reader
from holdfast.screening.classifier.transformer import TransformerModel
from holdfast.screening.classifier.wordpiece import MAX_WORD_CHARACTERS, SPECIALS, WordPiece, words_of

__all__ = [
    "FORMAT",
    "HEADS",
    "MAX_WORD_CHARACTERS",
    "OUTPUTS",
    "POINTS",
    "SPECIALS",
    "TARGETS",
    "VIOLENCE",
    "VIOLENT_HEADS",
    "About",
    "AbsentModel",
    "Calibration",
    "Curve",
    "LocalModel",
    "Measured",
    "ModelFile",
    "ModelUnusable",
    "NgramModel",
    "OperatingPoint",
    "PointName",
    "Reader",
    "TransformerModel",
    "WordPiece",
    "decide",
    "hashed",
    "normalised",
    "pack",
    "pieces_of",
    "probabilities_of",
    "words_of",
    "write_model_file",
]
