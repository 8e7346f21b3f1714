"""Trials of rules from the desk: what one rule would have done, had it been live, beside the rules in force."""

from .begin import begin_trial
from .errors import TrialNotAllowed, TrialNotThere
from .model import SOURCE_CHARACTERS, TRY_RULE, Trial, TrialOrder, TrialState
from .queries import RuleHit, get_trial, rule_hits, trials
from .settle import settle_trial, take_trial

__all__ = [
    "SOURCE_CHARACTERS", "TRY_RULE", "RuleHit", "Trial", "TrialNotAllowed", "TrialNotThere", "TrialOrder", "TrialState",
    "begin_trial", "get_trial", "rule_hits", "settle_trial", "take_trial", "trials",
]  # fmt: skip
