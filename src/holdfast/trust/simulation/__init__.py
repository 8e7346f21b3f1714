"""Simulation: what a rule file would have done to the stored history, beside the rules in force."""

from .labels import HeldDecisions, Labels
from .model import Decided, QueueLoad, RuleFigures, Sample, Simulation
from .replay import Replayed, Side, make_replayer, make_trier, rehearsed, with_rule
from .simulate import Options, simulate

__all__ = [
    "Decided", "HeldDecisions", "Labels", "Options", "QueueLoad", "Replayed", "RuleFigures", "Sample", "Side",
    "Simulation", "make_replayer", "make_trier", "rehearsed", "simulate", "with_rule",
]  # fmt: skip
