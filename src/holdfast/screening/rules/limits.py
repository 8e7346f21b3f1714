"""Every bound of the screening room, in one place; docs/reference/screening-rules.md lists them."""

from __future__ import annotations

from typing import Final

MAX_SCREENED_CHARACTERS: Final = 65_536
"""Longer texts are screened at their beginning and end only and get the note `note.truncated`."""
TAIL_CHARACTERS: Final = 8_192
"""How much of that is kept for the end of the text."""
WINDOW_CHARACTERS: Final = 8_192
WINDOW_OVERLAP_CHARACTERS: Final = 512
MAX_HITS_PER_BANK: Final = 64
"""Per window and view."""
MAX_LINKS: Final = 64
MAX_RULE_FILE_BYTES: Final = 4 * 1024 * 1024
MAX_BANKS: Final = 500
MAX_RULES: Final = 500
MAX_BANK_ENTRIES: Final = 50_000
MAX_PHRASE_ENTRIES: Final = 2_000
"""Entries of one phrases or regex bank."""
MAX_REGEX_CHARACTERS: Final = 1_000
MAX_PROGRAM_SIZE: Final = 200_000
"""Instructions of one compiled RE2 program."""
RE2_MEMORY_BYTES: Final = 64 * 1024 * 1024
MAX_CONDITION_CHARACTERS: Final = 4_000
MAX_CONDITION_DEPTH: Final = 16
MAX_CONDITION_NODES: Final = 128
MAX_RULE_COST: Final = 1_000
"""Of one rule's condition and its negative banks, in units of one comparison of facts; see `facts.py`."""
MAX_TOTAL_COST: Final = 50_000
"""Of all rules together."""
PDQ_DISTANCE: Final = 31
"""Bits of 256 by which two pictures may differ and still count as the same: what the authors of PDQ advise."""
BEFORE_CHARACTERS: Final = 40
"""How far before a hit a negative bank of scope `before` reaches."""
QUOTE_CHARACTERS: Final = 400
"""Longest stretch between two quotation marks that counts as a quotation."""
