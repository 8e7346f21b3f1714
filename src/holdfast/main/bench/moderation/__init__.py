"""The rehearsal: a flood of reports lands on an empty desk, and a simulated team works by its order and by arrival.

Reports, screening, cases, order and decisions are the product's own over a real database; the clock and the team are not.
"""

from .mix import texts_of_corpus, texts_of_data
from .model import ModerationOptions, ModerationReport
from .report import print_moderation_report
from .run import rehearse, run_moderation_bench

__all__ = [
    "ModerationOptions", "ModerationReport", "print_moderation_report", "rehearse", "run_moderation_bench",
    "texts_of_corpus", "texts_of_data",
]  # fmt: skip
