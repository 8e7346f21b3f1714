"""Measuring the screen: labelled rows in, shares and areas with their intervals out."""

from holdfast.screening.evaluation.fairness import Comparison, Gap, Treatment, compare, read_cases
from holdfast.screening.evaluation.labelled import Labelled, read_labelled
from holdfast.screening.evaluation.measure import Area, Judged, Report, Share, measure, share
from holdfast.screening.evaluation.metrics import calibration_error, measured, reliability
from holdfast.screening.evaluation.overlap import (
    Dropped,
    Fingerprints,
    Overlap,
    overlaps,
    read_fingerprints,
    read_measured,
    without_overlap,
    write_fingerprints,
)
from holdfast.screening.evaluation.targets import TARGET_ROWS, Target, TargetResult, measure_target

__all__ = [
    "Area",
    "Comparison",
    "Dropped",
    "Fingerprints",
    "Gap",
    "Judged",
    "Labelled",
    "Overlap",
    "Report",
    "Share",
    "TARGET_ROWS",
    "Target",
    "TargetResult",
    "Treatment",
    "calibration_error",
    "compare",
    "measure",
    "measured",
    "measure_target",
    "overlaps",
    "read_cases",
    "read_fingerprints",
    "read_labelled",
    "read_measured",
    "reliability",
    "share",
    "without_overlap",
    "write_fingerprints",
]
