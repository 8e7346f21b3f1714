"""The local model: two tiers in one file, read lazily, judging on this machine's CPU."""

from holdfast.screening.classifier.absent import AbsentModel
from holdfast.screening.classifier.calibration import Calibration, Curve
from holdfast.screening.classifier.cascade import LocalModel, pieces_of, probabilities_of
from holdfast.screening.classifier.heads import (
    DEPICTED,
    HEADS,
    JUDGED,
    OUTPUTS,
    TARGETS,
    VIOLENCE,
    VIOLENT_HEADS,
)
from holdfast.screening.classifier.modelfile import FORMAT, About, ModelFile, write_model_file
from holdfast.screening.classifier.points import POINTS, Measured, OperatingPoint, PointName, decide

__all__ = [
    "FORMAT",
    "DEPICTED",
    "HEADS",
    "JUDGED",
    "OUTPUTS",
    "POINTS",
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
    "OperatingPoint",
    "PointName",
    "decide",
    "pieces_of",
    "probabilities_of",
    "write_model_file",
]
