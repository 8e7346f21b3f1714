"""Rules: banks of entries, the language of conditions over them, and the engine that asks them."""

from holdfast.screening.rules.banks import Problem, url_keys
from holdfast.screening.rules.engine import RuleEngine
from holdfast.screening.rules.limits import MAX_LINKS
from holdfast.screening.rules.rulefile import Rule, RuleSet, load_rules, read_rules
from holdfast.screening.rules.throttle import Throttle, Throttles

__all__ = [
    "MAX_LINKS",
    "Problem",
    "Rule",
    "RuleEngine",
    "RuleSet",
    "Throttle",
    "Throttles",
    "load_rules",
    "read_rules",
    "url_keys",
]
