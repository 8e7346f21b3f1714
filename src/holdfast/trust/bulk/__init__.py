"""Bulk: one decision about everything that a query finds: planned, looked at, run if nothing changed, undone by one handle."""

from .errors import PlanDone, PlanNotThere, QueryNotAllowed
from .jobs import close_covered
from .model import BulkLimits, BulkPlan, BulkPreview, BulkQuery, Counted
from .plan import plan_bulk
from .queries import find_posts, get_plan, plans
from .run import approve_plan, run_plan

__all__ = [
    "BulkLimits", "BulkPlan", "BulkPreview", "BulkQuery", "Counted", "PlanDone", "PlanNotThere", "QueryNotAllowed",
    "approve_plan", "close_covered", "find_posts", "get_plan", "plan_bulk", "plans", "run_plan",
]  # fmt: skip
