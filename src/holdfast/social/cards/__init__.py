"""Cards: what a page that a post links to says of itself, shown below the post."""

from ...pure.page_previews import CardKind, Preview
from .begin import Begun, begin_card
from .drop import drop_card
from .events import CardShown
from .fail import record_failure
from .model import CardImage, CardLimits, CardState, CardView, first_link
from .queries import StoredImage, image_named, shown_cards, shown_cards_by_id
from .record import record_card
from .store import forget_unlinked_cards

__all__ = [
    "Begun", "CardImage", "CardKind", "CardLimits", "CardShown", "CardState", "CardView", "Preview", "begin_card",
    "StoredImage", "drop_card", "first_link", "forget_unlinked_cards", "image_named", "record_card", "record_failure", "shown_cards", "shown_cards_by_id",
]  # fmt: skip
