"""Each rule catches the breach it is there for, and lets its clean twin pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.tidy import rules_docs
from tests.tidy.test_tidy import RULES
from tests.tidy.tree import Rule

POST = "src/holdfast/social/posts"
DOOR = {f"{POST}/__init__.py": '"""Door."""\n', f"{POST}/store.py": '"""Rows."""\n'}
USE_CASE = '"""Publish."""\n\nasync def publish_post():\n    """Do."""\n'
LONG = "def long():\n" + "    x = 1\n" * 60


@dataclass(frozen=True)
class Plant:
    """A tree that breaks one rule, and what replaces its files in the clean twin."""

    rule: str
    bad: dict[str, str]
    good: dict[str, str]
    around: dict[str, str] = field(default_factory=dict)


def _fetch(argument: str, before: str = "") -> dict[str, str]:
    return {
        f"{POST}/store.py": f"async def load(tx, name):\n    {before or 'pass'}\n    return await tx.fetch({argument})\n"
    }


def _inner(line: str) -> dict[str, str]:
    return {"src/holdfast/social/posts/model.py": f"{line}\n"}


PLANTS = [
    Plant(
        "file-length", {"tests/unit/test_a.py": "x = 1\n" * 401}, {"tests/unit/test_a.py": "x = 1\n" * 400}
    ),
    Plant(
        "function-length",
        {"src/holdfast/a.py": LONG},
        {"src/holdfast/a.py": LONG.removesuffix("    x = 1\n")},
    ),
    Plant(
        "positional-arguments",
        _inner("def f(a, b, c, d, e, f, g): ..."),
        _inner("def f(self, b, c, d, e, f, *, g): ..."),
    ),
    Plant("module-names", {"src/holdfast/pure/utils.py": ""}, {"src/holdfast/pure/merkle.py": ""}),
    Plant("module-names", {"src/holdfast/common/__init__.py": ""}, {"src/holdfast/records/__init__.py": ""}),
    Plant(
        "room-size",
        {f"{POST}/verb{n}.py": "" for n in range(12)},
        {f"{POST}/verb9.py": '"""Nine fewer."""'},
        DOOR,
    ),
    Plant(
        "room-size",
        {f"{POST}/drafts/verb{n}.py": "" for n in range(12)},
        {f"{POST}/drafts/verb{n}.py": "" for n in range(11)},
        DOOR | {f"{POST}/drafts/__init__.py": ""},
    ),
    Plant(
        "room-doors",
        {f"{POST}/publish.py": "from .drafts.model import Draft\n"},
        {f"{POST}/publish.py": "from .drafts import Draft\n"},
        DOOR | {f"{POST}/drafts/__init__.py": ""},
    ),
    Plant(
        "room-doors",
        {"src/holdfast/main/wiring.py": "from ..social.posts import drafts\n"},
        {"src/holdfast/main/wiring.py": "from ..social.posts import Draft\n"},
        DOOR | {f"{POST}/drafts/__init__.py": ""},
    ),
    Plant(
        "room-doors",
        {"src/holdfast/social/graph/follow.py": "from holdfast.social.posts.store import load\n"},
        {"src/holdfast/social/graph/follow.py": "from holdfast.social.posts import load\n"},
        DOOR,
    ),
    Plant(
        "room-doors",
        {"src/holdfast/main/wiring.py": "from ..social.posts import store\n"},
        {"src/holdfast/social/posts/publish.py": "from . import store\nfrom .store import load\n"},
        DOOR,
    ),
    Plant(
        "use-case-files",
        {f"{POST}/publish.py": "def publish_post(): ..."},
        {f"{POST}/publish.py": USE_CASE},
        DOOR,
    ),
    Plant(
        "use-case-files",
        {f"{POST}/publish.py": USE_CASE + "async def second(): ..."},
        {f"{POST}/publish.py": USE_CASE + "async def _second(): ...\n"},
        DOOR,
    ),
    Plant(
        "docstrings",
        {"src/holdfast/pure/a.py": '"""A."""\ndef f(): ...\n'},
        {"src/holdfast/pure/a.py": '"""A."""\n'},
    ),
    Plant(
        "docstrings",
        {"src/holdfast/pure/a.py": "x = 1\n"},
        {"src/holdfast/pure/a.py": '"""A."""\ndef _f(): ...\n'},
    ),
    Plant("built-sql", _fetch('f"select {name}"'), _fetch('"select $1", name')),
    Plant("built-sql", _fetch('"select %s" % name'), _fetch('"select " "1"')),
    Plant("built-sql", _fetch('"select " + name'), _fetch('"select " + "1"')),
    Plant("built-sql", _fetch('"select {}".format(name)'), _fetch("SELECT_POSTS")),
    Plant("built-sql", _fetch("sql", 'sql = f"select {name}"'), _fetch("sql", 'sql = "select 1"')),
    Plant(
        "clock-and-dice",
        _inner("from datetime import datetime\nx = datetime.now()"),
        _inner("def f(now): ..."),
    ),
    Plant(
        "clock-and-dice", _inner("import time\nx = time.time()"), _inner("import time\nx = time.monotonic()")
    ),
    Plant(
        "clock-and-dice", _inner("import secrets"), {"src/holdfast/platform/crypto.py": "import secrets\n"}
    ),
    Plant("clock-and-dice", _inner("from uuid import uuid4"), _inner("from uuid import UUID")),
    Plant("clock-and-dice", _inner("import random"), {"src/holdfast/main/bench.py": "import random\n"}),
    Plant("prints", _inner("print(1)"), {"src/holdfast/main/cli.py": "print(1)\n"}),
    Plant(
        "sleeps",
        {"tests/a.py": "import time\ntime.sleep(1)\n"},
        {"tests/a.py": "import asyncio\nasyncio.sleep(0)\n"},
    ),
    Plant("swallowed-errors", _inner("try: f()\nexcept: g()"), _inner("try: f()\nexcept OSError: pass")),
    Plant(
        "swallowed-errors",
        _inner("try: f()\nexcept Exception: pass"),
        _inner("try: f()\nexcept Exception: log()"),
    ),
    Plant("swallowed-errors", _inner("with suppress(Exception): f()"), _inner("with suppress(OSError): f()")),
    Plant("left-overs", {"docs/a.md": "TO" + "DO: more\n"}, {"docs/a.md": "To do: more\n"}),
    Plant(
        "index-addresses",
        {"a.lock": "--index-url https://py" + "pi.org/simple\n"},
        {"a.lock": "alembic==1.20.1\n"},
    ),
    Plant(
        "machine-paths",
        {"README.md": "see /ho" + "me/ada/x\n"},
        {"README.md": "GET /api/v1/timelines/home/x\n"},
    ),
    Plant("machine-paths", {"src/a.py": 'x = "/tm' + 'p/x"\n'}, {"tests/a.py": 'x = "/tm' + 'p/x"\n'}),
    Plant("words", {"README.md": "written by a cod" + "ing assistant\n"}, {"README.md": "end the session\n"}),
    Plant(
        "words",
        {"STYLE.md": "done in th" + "is session\n"},
        {"docs/guide/a.md": "Revoke th" + "is session\n"},
    ),
    Plant(
        "links",
        {"README.md": "[a](docs/a.md#top)\n"},
        {"README.md": "[a](CHANGELOG.md) ![p](CHANGELOG.md)\n", "CHANGELOG.md": ""},
    ),
    Plant(
        "security-history",
        {
            rules_docs.HISTORY_PAGE: "| P1 | ids | `test_there`, `test_gone` |\n",
            "tests/a.py": "def test_there(): ...\n",
        },
        {
            rules_docs.HISTORY_PAGE: "| case | what | held by |\n|---|---|---|\n| P1 | ids | `test_there` |\n",
            "tests/a.py": "async def test_there(): ...\n",
        },
    ),
    Plant(
        "security-history",
        {rules_docs.HISTORY_PAGE: "| P1 | ids | somebody looks at it |\n"},
        {rules_docs.HISTORY_PAGE: "| P1 | ids | Later: with federation |\n"},
    ),
    Plant(
        "documented-settings",
        {rules_docs.SETTINGS_PAGE: "| `port` | 8420 |\n"},
        {rules_docs.SETTINGS_PAGE: "| `host` |\n| `port` |\n"},
    ),
    Plant(
        "documented-settings",
        {rules_docs.SETTINGS_PAGE: "| `host` |\n| `port` |\n| `gone` |\n"},
        {rules_docs.SETTINGS_PAGE: "| `host` |\n| `port` |\n"},
    ),
    Plant(
        "documented-commands",
        {rules_docs.COMMANDS_PAGE: "holdfast upgrade\n"},
        {rules_docs.COMMANDS_PAGE: "`holdfast up [--data D]`\n"},
    ),
    Plant(
        "documented-routes",
        {rules_docs.ROUTES_PAGE: "GET /x/{id}/y\n"},
        {rules_docs.ROUTES_PAGE: "| `GET /x/{id}` |\n"},
    ),
]

# The lists come from the program itself; here they are given.
GIVEN: dict[str, Rule] = {
    "documented-settings": rules_docs.documented_settings(lambda: ["host", "port"]),
    "documented-commands": rules_docs.documented_commands(lambda: ["holdfast up"]),
    "documented-routes": rules_docs.documented_routes(lambda: ["GET /x/{name:str}"]),
}


def _grow(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{p.rule}-{n}" for n, p in enumerate(PLANTS)])
def test_the_rule_catches_the_breach_and_only_that(plant: Plant, tmp_path: Path) -> None:
    rule = GIVEN.get(plant.rule, RULES[plant.rule])
    caught = rule(_grow(tmp_path / "bad", {**plant.around, **plant.bad}))
    assert [v.rule for v in caught] == [plant.rule]
    assert rule(_grow(tmp_path / "good", {**plant.around, **plant.good})) == []


def test_every_rule_has_a_plant() -> None:
    assert {plant.rule for plant in PLANTS} == set(RULES)
