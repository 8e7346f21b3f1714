"""The benchmark of screening: each tier by itself, and the whole as posting asks it, in one process on one core.

Needs no server. The process that measures is started for it, so that its memory is its own.
"""

from .model import ScreeningOptions, ScreeningReport
from .run import run_screening_bench

__all__ = ["ScreeningOptions", "ScreeningReport", "run_screening_bench"]
