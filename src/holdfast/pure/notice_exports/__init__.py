"""Notices for outsiders: tables, Lumen's JSON, the page that sums them up, and a sender's scorecard. No I/O."""

from .model import ClockFacts, Covering, ItemFacts, MessageFacts, NoticeFacts, RecordFacts
from .scores import Scorecard, Taken, score, span_text, taken
from .summary import summary_html, summary_text
from .tables import clocks_csv, items_csv, lumen, lumen_type, messages_csv, notices_csv

__all__ = [
    "ClockFacts", "Covering", "ItemFacts", "MessageFacts", "NoticeFacts", "RecordFacts", "Scorecard", "Taken",
    "clocks_csv", "items_csv", "lumen", "lumen_type", "messages_csv", "notices_csv", "score", "span_text", "summary_html",
    "summary_text", "taken",
]  # fmt: skip
