"""Notices by form and by API: kinds and their fields as data, words in English and French, checking, filing.

The pages are in `edge/public`; the API for senders is here.
"""

from .api import routes as api
from .fields import FieldLimits, Filled, read_fields
from .filing import addresses_of, check_open, field_limits, file_notice, kind_named
from .kinds import KINDS, Field, Kind
from .status import ClockLine, ItemLine, StatusFacts, add_to_notice, status_facts
from .words import LANGUAGES, Words, other_languages, words_for, words_in

TABLES = (api,)

__all__ = [
    "KINDS", "LANGUAGES", "TABLES", "ClockLine", "Field", "FieldLimits", "Filled", "ItemLine", "Kind", "StatusFacts",
    "Words", "add_to_notice", "addresses_of", "check_open", "field_limits", "file_notice", "kind_named",
    "other_languages", "read_fields", "status_facts", "words_for", "words_in",
]  # fmt: skip
