"""Figures for the staff, counted from the tables when they are asked for."""

from .dimensions import dimension
from .measures import ABOUT_A_SERVER, ABOUT_A_TAG, ABOUT_ALL, IN_BYTES, measure
from .model import Cohort, Frequency, Measure, Period, Share, period
from .retention import retention

__all__ = [
    "ABOUT_ALL", "ABOUT_A_SERVER", "ABOUT_A_TAG", "Cohort", "Frequency", "IN_BYTES", "Measure", "Period", "Share",
    "dimension", "measure", "period", "retention",
]  # fmt: skip
