"""Labelled posts: the corpus format, other people's rows, and the manifest of both."""

from holdfast.screening.corpus.lines import Slots, read_corpus, read_slots, write_out
from holdfast.screening.corpus.rows import LAWFUL, Row, labels_from_columns, labels_of, target_vector
from holdfast.screening.corpus.sources import (
    MANIFEST,
    SLOTS,
    FileRead,
    Reading,
    Source,
    is_held_back,
    read_json_lines,
    read_sources,
)

__all__ = [
    "LAWFUL",
    "MANIFEST",
    "SLOTS",
    "FileRead",
    "Reading",
    "Row",
    "Slots",
    "Source",
    "is_held_back",
    "labels_from_columns",
    "labels_of",
    "read_corpus",
    "read_json_lines",
    "read_slots",
    "read_sources",
    "target_vector",
    "write_out",
]
