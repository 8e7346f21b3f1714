"""What notices cite: found in every form of address, kept as it was, linked where it is cited again."""

from .find import find
from .model import ITEMS_MOST, Addresses, CitedItem, Found, NewItem, NoticeItem, Target
from .queries import (
    cited_before,
    items_of,
    items_of_decisions,
    items_without_case,
    open_items_about,
    open_items_of_case,
    outcomes_of,
    post_of_media,
    some_items,
)
from .snapshots import snapshots
from .store import Settled, mark_seen, set_cases, set_outcomes
from .take import Recording, resolve_item, take_items

__all__ = [
    "ITEMS_MOST", "Addresses", "CitedItem", "Found", "NewItem", "NoticeItem", "Recording", "Settled", "Target", "cited_before",
    "find", "items_of", "items_of_decisions", "items_without_case", "mark_seen", "open_items_about", "open_items_of_case",
    "outcomes_of", "post_of_media", "resolve_item", "set_cases", "set_outcomes", "snapshots", "some_items", "take_items",
]  # fmt: skip
