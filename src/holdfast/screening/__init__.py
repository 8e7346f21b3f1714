"""Screening: every post and edit is judged here, on this machine, before it is stored.

`load_screen(path)` once at start; `screen.assess(Content(text=...)) -> Verdict` for each post, before the
transaction takes a connection. Rules and the local model judge; other judges fit the same `Judge` seam.
"""

from holdfast.screening.classifier import PointName
from holdfast.screening.model import Action, Content, Judge, Lane, Opinion, Verdict
from holdfast.screening.rules import Problem, Rule, RuleEngine, RuleSet, load_rules, read_rules
from holdfast.screening.screen import SHIPPED_MODEL, ModelChoice, Screen, load_screen

__all__ = [
    "SHIPPED_MODEL",
    "Action",
    "Content",
    "Judge",
    "Lane",
    "ModelChoice",
    "Opinion",
    "PointName",
    "Problem",
    "Rule",
    "RuleEngine",
    "RuleSet",
    "Screen",
    "Verdict",
    "load_rules",
    "read_rules",
    "load_screen",
]
