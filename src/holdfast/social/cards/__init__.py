"""Cards: what a page that a post links to says of itself, shown below the post."""

from .begin import Begun, begin_card, drop_card
from .events import CardShown
from .model import (
    CardImage,
    CardKind,
    CardLimits,
    CardState,
    CardView,
    Preview,
    first_link,
)
from .preview import preview_of, with_oembed
from .queries import StoredImage, image_named, shown_cards
from .record import record_card, record_failure
from .store import forget_unlinked_cards

__all__ = [
    "Begun", "CardImage", "CardKind", "CardLimits", "CardShown", "CardState", "CardView", "Preview", "begin_card",
    "StoredImage", "drop_card", "first_link", "forget_unlinked_cards", "image_named", "preview_of", "record_card", "record_failure", "shown_cards", "with_oembed",
]  # fmt: skip
