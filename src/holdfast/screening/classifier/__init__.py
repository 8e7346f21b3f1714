"""The local model: two tiers in one file, read lazily, judging on this machine's CPU."""

from holdfast.screening.classifier.cascade import LocalModel, probabilities_of
from holdfast.screening.classifier.errors import ModelUnusable
from holdfast.screening.classifier.heads import HEADS, OUTPUTS, TARGETS, VIOLENCE
from holdfast.screening.classifier.modelfile import About, ModelFile, write_model_file
from holdfast.screening.classifier.points import POINTS, Measured, OperatingPoint, PointName

__all__ = [
    "HEADS",
    "OUTPUTS",
    "POINTS",
    "TARGETS",
    "VIOLENCE",
    "About",
    "LocalModel",
    "Measured",
    "ModelFile",
    "ModelUnusable",
    "OperatingPoint",
    "PointName",
    "probabilities_of",
    "write_model_file",
]
