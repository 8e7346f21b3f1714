"""Re-screening: every stored post gets the verdict of the screening now in force, in batches that each happen once."""

from .begin import begin_rescreening
from .errors import RescreeningTaken, ScreeningChanged
from .model import Rescreening
from .queries import last_rescreening
from .record import record_page

__all__ = [
    "Rescreening", "RescreeningTaken", "ScreeningChanged", "begin_rescreening", "last_rescreening", "record_page",
]  # fmt: skip
