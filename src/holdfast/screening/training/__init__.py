"""How the model is made and measured. What needs torch is imported by `train` alone, never by this door."""

from holdfast.screening.training.fairness import (
    Comparison,
    Gap,
    Treatment,
    compare,
    read_cases,
)
from holdfast.screening.training.overlap import (
    Dropped,
    Fingerprints,
    Overlap,
    overlaps,
    read_fingerprints,
    read_measured,
    without_overlap,
    write_fingerprints,
)
from holdfast.screening.training.sources import read_sources

__all__ = [
    "Comparison",
    "Gap",
    "Treatment",
    "compare",
    "read_cases",
    "Dropped",
    "Fingerprints",
    "Overlap",
    "overlaps",
    "read_fingerprints",
    "read_measured",
    "read_sources",
    "without_overlap",
    "write_fingerprints",
]
