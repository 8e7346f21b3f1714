"""What the posts say: written here, so that everybody can replay it, or brought by whoever has real ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

from holdfast.pure.errors import Invalid

from .model import Texts

_PLACES = (
    "the town hall",
    "the station",
    "the old mill",
    "the market",
    "the harbour",
    "the school",
    "the bridge",
    "the library",
)
_WHO = (
    "those people",
    "that family",
    "the council",
    "the drivers",
    "the neighbours",
    "the teachers",
    "the editors",
    "the judges",
)
_DAYS = (
    "on Monday",
    "on Tuesday",
    "this week",
    "tomorrow",
    "on the 19th",
    "at dawn",
    "after dark",
    "before the vote",
)
_THINGS = (
    "a meeting",
    "a vote",
    "a concert",
    "a long queue",
    "a new timetable",
    "a flood warning",
    "a fire drill",
    "a strike",
)
_MANY = 400
_SHORTEST = 10


def written_texts() -> Texts:
    """Harmless inventions: threats that name nobody, insults of nobody, and news of a town that is not there."""
    threats = [
        f"we will burn down {place} {day} with {who} inside, bring what you have"
        for place, day, who in product(_PLACES, _DAYS, _WHO)
    ]
    abuse = [
        f"{who} from {place} are vermin and should be ashamed to be seen {day}"
        for who, place, day in product(_WHO, _PLACES, _DAYS)
    ]
    lawful = [
        f"there was {thing} at {place}, and {who} say they will be back {day}"
        for thing, place, who, day in product(_THINGS, _PLACES, _WHO, _DAYS)
    ]
    return {"threat": threats[:_MANY], "abuse": abuse[:_MANY], "lawful": lawful[:4000]}


def texts_of_file(path: Path, *, most: int = 5000) -> Texts:
    """Real posts from JSON lines, also packed: `text`, and `harm` 1 for those that break the rules, `violence` 1 for threats.

    Raises Invalid where a kind is missing.
    """
    found: dict[str, list[str]] = {"threat": [], "abuse": [], "lawful": []}
    for line in islice(_lines(path), most):
        row = json.loads(line)
        text = str(row.get("text") or "").strip()[:450]
        if len(text) < _SHORTEST:
            continue
        labels = row.get("labels", row)
        kind = "threat" if labels.get("violence") == 1 else "abuse" if labels.get("harm") == 1 else "lawful"
        found[kind].append(text)
    if not found["threat"]:
        found["threat"] = found["abuse"][::7]
    for kind, texts in found.items():
        if not texts:
            raise Invalid(f"{path} holds no posts of the kind {kind}: rows need `text` and `harm` 0 or 1")
    return found


def _lines(path: Path) -> Iterator[str]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as packed:
            yield from packed
    else:
        with path.open(encoding="utf-8") as plain:
            yield from plain
