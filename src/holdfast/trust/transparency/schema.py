"""The schema of the transparency database (Digital Services Act, Article 24(5)), as far as this server uses it.

Written by hand from the database's documentation: allowed values, lengths, and which fields need which others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from ..policies import Category
from ..statements import Automation, SourceType

_VISIBILITY: Final = frozenset(
    f"DECISION_VISIBILITY_CONTENT_{name}"
    for name in ("REMOVED", "DISABLED", "DEMOTED", "AGE_RESTRICTED", "INTERACTION_RESTRICTED", "LABELLED")
) | {"DECISION_VISIBILITY_OTHER"}
_PROVISION: Final = frozenset(
    f"DECISION_PROVISION_{how}_{what}"
    for how in ("PARTIAL", "TOTAL")
    for what in ("SUSPENSION", "TERMINATION")
)
_ACCOUNT: Final = frozenset({"DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"})
_GROUND: Final = frozenset({"DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"})
_CONTENT: Final = frozenset(
    f"CONTENT_TYPE_{name}"
    for name in ("APP", "AUDIO", "IMAGE", "PRODUCT", "SYNTHETIC_MEDIA", "TEXT", "VIDEO", "OTHER")
)
_TERRITORY: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO".split()
)
_YES_NO: Final = frozenset({"Yes", "No"})
_PUID: Final = re.compile(r"[A-Za-z0-9-]{1,500}")
_LANGUAGE: Final = re.compile(r"[A-Z]{2}")
_KEYWORD: Final = re.compile(r"KEYWORD_[A-Z_]{2,80}")
_ADDRESS: Final = re.compile(r"https?://\S+|[^\s@]+@[^\s@]+\.[^\s@]+|(?<!\w)@\w")

Check = Callable[[Any], bool]


def _one_of(allowed: frozenset[str]) -> Check:
    return lambda value: isinstance(value, str) and value in allowed


def _some_of(allowed: frozenset[str]) -> Check:
    return lambda value: isinstance(value, list) and set(value) <= allowed and len(set(value)) == len(value)


def _text(most: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


def _matching(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and bool(pattern.fullmatch(value))


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value).year >= 2020
    except ValueError:
        return False


def _keywords(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and _KEYWORD.fullmatch(one) for one in value)


_FIELDS: Final[Mapping[str, Check]] = {
    "decision_visibility": _some_of(_VISIBILITY),
    "decision_visibility_other": _text(500),
    "decision_provision": _one_of(_PROVISION),
    "decision_account": _one_of(_ACCOUNT),
    "end_date_visibility_restriction": _day,
    "end_date_service_restriction": _day,
    "end_date_account_restriction": _day,
    "decision_facts": _text(5000),
    "decision_ground": _one_of(_GROUND),
    "decision_ground_reference_url": lambda value: _text(500)(value) and value.startswith("http"),
    "illegal_content_legal_ground": _text(500),
    "illegal_content_explanation": _text(2000),
    "incompatible_content_ground": _text(500),
    "incompatible_content_explanation": _text(2000),
    "incompatible_content_illegal": _one_of(_YES_NO),
    "content_type": lambda value: bool(value) and _some_of(_CONTENT)(value),
    "category": _one_of(frozenset(one.value for one in Category)),
    "category_specification": _keywords,
    "territorial_scope": _some_of(_TERRITORY),
    "content_language": _matching(_LANGUAGE),
    "content_date": _day,
    "application_date": _day,
    "source_type": _one_of(frozenset(one.value for one in SourceType)),
    "automated_detection": _one_of(_YES_NO),
    "automated_decision": _one_of(frozenset(one.value for one in Automation)),
    "puid": _matching(_PUID),
}
_REQUIRED: Final = (
    "decision_facts", "decision_ground", "content_type", "category", "content_date", "application_date", "source_type",
    "automated_detection", "automated_decision", "puid",
)  # fmt: skip
_GROUNDED: Final = {
    "DECISION_GROUND_ILLEGAL_CONTENT": ("illegal_content_legal_ground", "illegal_content_explanation"),
    "DECISION_GROUND_INCOMPATIBLE_CONTENT": (
        "incompatible_content_ground",
        "incompatible_content_explanation",
    ),
}


def row_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The row as it is sent: fields without a value are left out."""
    row = {name: value for name, value in fields.items() if value is not None and value != []}
    # Restrictions elsewhere are nothing to the database: it knows the countries of the Union and of the EEA.
    scope = [one for one in row.pop("territorial_scope", ()) if one in _TERRITORY]
    return row | ({"territorial_scope": scope} if scope else {})


def problems_of(row: Mapping[str, Any]) -> list[str]:
    """What is wrong with a row; nothing when the database takes it."""
    found = [f"{name} is no field of the schema" for name in row if name not in _FIELDS]
    found += [f"{name} is not allowed to be {str(value)[:80]!r}" for name, value in row.items()
              if name in _FIELDS and not _FIELDS[name](value)]  # fmt: skip
    found += [f"{name} is missing" for name in _REQUIRED if name not in row]
    if not any(row.get(name) for name in ("decision_visibility", "decision_provision", "decision_account")):
        found.append("there is no decision: visibility, provision or account")
    if (
        "DECISION_VISIBILITY_OTHER" in row.get("decision_visibility", ())
        and "decision_visibility_other" not in row
    ):
        found.append("decision_visibility_other is missing")
    found += [
        f"{name} is missing" for name in _GROUNDED.get(str(row.get("decision_ground")), ()) if name not in row
    ]
    facts = row.get("decision_facts")
    if isinstance(facts, str) and _ADDRESS.search(facts):
        found.append("decision_facts has an address or a name in it")
    return found
