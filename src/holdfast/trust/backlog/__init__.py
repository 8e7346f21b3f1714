"""The backlog: what waits in each lane, how long, how fast it grows, and when a lane will break its promise."""

from .model import Capacity, Forecast, LaneLoad, burn_rate, forecasts
from .queries import HeldLoad, LaneFigures, QueueFigures, held_load, lane_figures, queue_figures, samples
from .sample import record_sample

__all__ = [
    "Capacity", "Forecast", "HeldLoad", "LaneFigures", "LaneLoad", "QueueFigures", "burn_rate", "forecasts", "held_load",
    "lane_figures", "queue_figures", "record_sample", "samples",
]  # fmt: skip
