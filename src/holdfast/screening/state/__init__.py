"""What the database knows of screening: stages and figures of rules, what rules on trial matched, labels."""

from holdfast.screening.state.errors import LabelNotAllowed, StepNotAllowed
from holdfast.screening.state.keeper import KeeperLimits, RuleKeeper
from holdfast.screening.state.labels import AuthorFacts, LabelSubject, add_label, labels, remove_label
from holdfast.screening.state.queries import Figures, Step, figures, standings, steps
from holdfast.screening.state.store import record_trial_hits, take_step
from holdfast.screening.state.throttles import SharedThrottles

__all__ = [
    "AuthorFacts", "Figures", "KeeperLimits", "LabelNotAllowed", "LabelSubject", "RuleKeeper",
    "SharedThrottles", "Step", "StepNotAllowed", "add_label", "figures", "labels", "record_trial_hits", "remove_label",
    "standings", "steps", "take_step",
]  # fmt: skip
