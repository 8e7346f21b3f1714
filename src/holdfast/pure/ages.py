"""Ages of people in whole years."""

from __future__ import annotations

from datetime import date


def age_on(today: date, born: date) -> int:
    """How many birthdays somebody has had. Who was born on 29 February has one on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
