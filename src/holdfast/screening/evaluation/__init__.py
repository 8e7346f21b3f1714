"""Measuring the screen: labelled rows in, shares and areas with their intervals out."""

from holdfast.screening.evaluation.labelled import Labelled, read_labelled
from holdfast.screening.evaluation.measure import Area, Judged, Report, Share, measure, share
from holdfast.screening.evaluation.targets import TARGET_ROWS, Target, TargetResult, measure_target

__all__ = [
    "TARGET_ROWS",
    "Area",
    "Judged",
    "Labelled",
    "Report",
    "Share",
    "Target",
    "TargetResult",
    "measure",
    "measure_target",
    "read_labelled",
    "share",
]
