"""What the database knows of screening: stages and figures of rules, what rules on trial matched, labels."""

from holdfast.screening.state.errors import LabelNotAllowed, StepNotAllowed
from holdfast.screening.state.keeper import KeeperLimits, RuleKeeper
from holdfast.screening.state.labels import AuthorFacts, LabelSubject, add_label, labels, remove_label
from holdfast.screening.state.queries import Figures, Step, figures, standings, steps
from holdfast.screening.state.store import QUALITY, HeadStage, record_trial_hits, take_head_step, take_step
from holdfast.screening.state.throttles import SharedThrottles

__all__ = [
    "QUALITY", "AuthorFacts", "Figures", "HeadStage", "KeeperLimits", "LabelNotAllowed", "LabelSubject", "RuleKeeper",
    "SharedThrottles", "Step", "StepNotAllowed", "add_label", "figures", "labels", "record_trial_hits", "remove_label",
    "standings", "steps", "take_head_step", "take_step",
]  # fmt: skip
