"""How the model is made. What needs torch is imported by `train` alone, never by this door."""

from holdfast.screening.training.calibrate import measured
from holdfast.screening.training.corpus import Slots, read_corpus, read_slots, write_out
from holdfast.screening.training.rows import LAWFUL, Row, labels_from_columns
from holdfast.screening.training.sources import SLOTS, read_json_lines, read_sources

__all__ = [
    "LAWFUL",
    "SLOTS",
    "Row",
    "Slots",
    "labels_from_columns",
    "measured",
    "read_corpus",
    "read_json_lines",
    "read_slots",
    "read_sources",
    "write_out",
]
