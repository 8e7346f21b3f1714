"""The table of commands, and the group that imports a command only when it is asked for.

To add a command or a group, write a module beside this one with an `app = typer.Typer(...)` and add
a row. An `app` with one command and no callback is a plain command, anything else a group.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import typer
import typer.main
from typer.core import TyperGroup

# Name -> module that holds its `app`. The order is the order of `holdfast --help`.
COMMANDS: Mapping[str, str] = {
    "up": "holdfast.main.cli.up",
    "web": "holdfast.main.cli.web",
    "worker": "holdfast.main.cli.worker",
    "mail": "holdfast.main.cli.mail",
    "account": "holdfast.main.cli.account",
    "token": "holdfast.main.cli.token",
    "config": "holdfast.main.cli.config",
    "import": "holdfast.main.cli.imports",
    "moderation": "holdfast.main.cli.moderation",
    "hold": "holdfast.main.cli.hold",
    "evidence": "holdfast.main.cli.evidence",
    "notice": "holdfast.main.cli.notice",
    "policy": "holdfast.main.cli.policy",
    "webhook": "holdfast.main.cli.webhook",
    "announcement": "holdfast.main.cli.announcement",
    "emoji": "holdfast.main.cli.emoji",
    "ledger": "holdfast.main.cli.ledger",
    "mirror": "holdfast.main.cli.mirror",
    "relaunch-notice": "holdfast.main.cli.relaunch_notice",
    "witness": "holdfast.main.cli.witness",
    "verify": "holdfast.main.cli.verify",
    "relaunch": "holdfast.main.cli.relaunch",
    "standby": "holdfast.main.cli.standby",
    "promote": "holdfast.main.cli.promote",
    "drill": "holdfast.main.cli.drill",
    "doctor": "holdfast.main.cli.doctor",
    "transparency": "holdfast.main.cli.transparency",
    "bench": "holdfast.main.cli.bench",
    "demo": "holdfast.main.cli.demo",
}


class _Commands(dict[str, Any]):
    """A dictionary of commands whose values are imported when they are read."""

    def __init__(self, table: Mapping[str, str]) -> None:
        super().__init__(dict.fromkeys(table))
        self._table = table

    def __getitem__(self, name: str) -> Any:
        command = super().__getitem__(name)
        if command is None:
            group: typer.Typer = importlib.import_module(self._table[name]).app
            # Completion is installed by the program as a whole, not by each of its parts.
            group._add_completion = False
            command = typer.main.get_command(group)
            command.name = name
            super().__setitem__(name, command)
        return command

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            return default
        return self[name]

    def values(self) -> Any:
        return [self[name] for name in self]

    def items(self) -> Any:
        return [(name, self[name]) for name in self]


def lazy_group(table: Mapping[str, str]) -> type[TyperGroup]:
    """A class for `typer.Typer(cls=...)` whose commands come from the table, in its order."""

    class LazyGroup(TyperGroup):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.commands = _Commands(table)

        def list_commands(self, ctx: Any) -> list[str]:
            return list(_ordered(table))

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return self.commands.get(cmd_name)

    return LazyGroup


def _ordered(table: Mapping[str, str]) -> Iterator[str]:
    yield from table
