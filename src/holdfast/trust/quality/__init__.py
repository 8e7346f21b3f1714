"""Quality: second looks that do not know the first, gold that people chose, samples of what nobody flagged; what follows
from them is estimated with intervals, and whatever is overturned too often steps back by itself."""

from .agreement import ALARM, TARGET, Alpha, alpha, kappa
from .demote import demote, overturned_too_often
from .draw import draw_sample, draw_second_looks, requeue
from .errors import AlreadySettled, LookNotThere, VerdictNotAllowed
from .gold import make_gold, retire_gold, serve_gold
from .judge import REVIEWED, give_verdict
from .model import (
    ACTIONED,
    BLIND,
    NO_VIOLATION,
    ErrorClass,
    Judgement,
    Look,
    LookKind,
    Results,
    Standards,
    agree,
    error_of,
    fails,
    judged,
    judgement_of,
    surely_above,
)
from .queries import (
    Overturned,
    counts,
    draws,
    failures,
    gold_items,
    judged_pairs,
    look_of_case,
    looks_about,
    open_objections,
    overturns,
    results_of,
    tested_looks,
)
from .report import quality_report
from .standing import answer_objection, check_standing, object_to

__all__ = [
    "ACTIONED", "ALARM", "BLIND", "NO_VIOLATION", "REVIEWED", "TARGET", "Alpha", "AlreadySettled", "ErrorClass",
    "Judgement", "Look", "LookKind", "LookNotThere", "Overturned", "Results", "Standards",
    "VerdictNotAllowed", "agree", "alpha", "answer_objection", "check_standing", "counts", "demote", "draw_sample",
    "draw_second_looks", "draws", "error_of", "failures", "fails", "give_verdict", "gold_items", "judged",
    "judged_pairs", "judgement_of", "kappa", "look_of_case", "looks_about", "make_gold", "object_to", "open_objections",
    "overturned_too_often", "overturns", "quality_report", "requeue", "results_of", "retire_gold", "serve_gold", "surely_above",
    "tested_looks",
]  # fmt: skip
