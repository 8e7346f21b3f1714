"""What notices cite: found in every form of address, kept as it was, linked where it is cited again."""

from .model import ITEMS_MOST, CitedItem, Found, NoticeItem

__all__ = ["ITEMS_MOST", "CitedItem", "Found", "NoticeItem"]
