"""docs/reference/client-api.md says of every endpoint what the route tables say."""

from __future__ import annotations

import re
from pathlib import Path

from holdfast.edge import mastodon
from holdfast.main.asgi import ROUTES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "client-api.md"
_ROW = re.compile(r"^\| ([A-Z]+) \| `([^`]+)` \| ([^|]+) \|$", re.MULTILINE)


def _plain(method: str, path: str) -> str:
    """Names of placeholders do not matter."""
    return f"{method} {re.sub(r'{[^}]*}', '{}', path)}"


def _rows(part: int) -> dict[str, str]:
    text = PAGE.read_text().split("\n## ")[part]
    rows = [(_plain(method, path), state.strip()) for method, path, state in _ROW.findall(text)]
    assert len(dict(rows)) == len(rows), "a row stands twice"
    return dict(rows)


DOCUMENTED, BEYOND = _rows(1), _rows(2)
OURS = {_plain(route.method, route.path) for route in ROUTES}


def test_every_row_has_a_state_and_a_reason_where_it_is_not_yes() -> None:
    assert len(DOCUMENTED) >= 261
    odd = [row for row, state in DOCUMENTED.items() if not re.fullmatch(r"yes|(other|no): .{10,}", state)]
    assert odd == []
    assert [row for row, why in BEYOND.items() if len(why) < 8] == []


def test_what_is_there_has_a_route_and_what_is_not_has_none() -> None:
    there = {row for row, state in DOCUMENTED.items() if not state.startswith("no:")}
    assert sorted(there - OURS) == []
    assert sorted((DOCUMENTED.keys() - there) & OURS) == []
    assert sorted(BEYOND.keys() - OURS) == []


def test_every_route_of_the_client_api_stands_in_one_of_the_tables() -> None:
    ours = {_plain(route.method, route.path) for table in mastodon.TABLES for route in table.routes}
    assert sorted(ours - DOCUMENTED.keys() - BEYOND.keys()) == []
    assert DOCUMENTED.keys() & BEYOND.keys() == set()
