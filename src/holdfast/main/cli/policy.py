"""`holdfast policy`: what is not allowed here, in versions; and the texts that decisions are sent with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database

app = typer.Typer(
    help="Policies and templates: what is not allowed, and how members are told.", no_args_is_help=True
)

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="TOML, as `holdfast policy show ID` prints it.")
]


@app.command("list")
def list_policies(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the policies in effect."""

    async def work(database: Database) -> list[dict[str, Any]]:
        from holdfast.trust.policies import current_policies

        found = await current_policies(database, SystemClock().now())
        return [
            {
                "reference": one.reference, "title": one.text("en").title, "lane": one.document.lane,
                "severity": one.document.severity, "basis": one.document.basis.value,
                "effective_from": one.effective_from, "languages": sorted(one.document.texts),
            }
            for one in found.values()
        ]  # fmt: skip

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['reference']:<24}{row['lane']}  {row['severity']:>3}  {row['basis']:<6}{row['title']}")


@app.command("show")
def show(
    reference: Annotated[str, typer.Argument(metavar="ID[@VERSION]")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print one version as TOML, ready to be changed and published; the one in effect unless a version is named."""

    async def work(database: Database) -> Any:
        from holdfast.trust.policies import current_policy, policy_version, read_reference

        if "@" in reference:
            return await policy_version(database, *read_reference(reference))
        return await current_policy(database, reference, SystemClock().now())

    policy = _run(data, work)
    if as_json:
        print_json(policy)
        return
    from holdfast.main.cli.policy_text import policy_toml

    print(policy_toml(policy.document), end="")


@app.command("publish")
def publish(
    file: FileArgument,
    effective_from: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="TIME", help="When it counts, such as 2026-01-31T12:00; now unless given."
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """Publish the next version of every policy of a file; decisions made before keep the version they were made by."""

    async def work(database: Database) -> list[str]:
        from holdfast.trust.policies import publish_policy, read_documents
        from holdfast.trust.staff_actions import OPERATOR

        now = SystemClock().now()
        starts = None if effective_from is None else instant_of(effective_from, "--from", now)
        made = []
        async with database.transaction() as tx:
            for document in read_documents(_text_of(file)):
                policy = await publish_policy(tx, OPERATOR, document, effective_from=starts, now=now)
                made.append(policy.reference)
        return made

    for reference in _run(data, work):
        print(f"published {reference}")


@app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(metavar="ID@VERSION")],
    after: Annotated[str, typer.Argument(metavar="ID@VERSION")],
    language: Annotated[str, typer.Option("--language", metavar="CODE")] = "en",
    data: DataOption = None,
) -> None:
    """Print what changed between two versions."""

    async def work(database: Database) -> list[str]:
        from holdfast.trust.policies import difference, policy_version, read_reference

        one = await policy_version(database, *read_reference(before))
        other = await policy_version(database, *read_reference(after))
        return difference(one, other, language=language)

    for line in _run(data, work):
        print(line)


@app.command("templates")
def list_templates(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the texts that decisions can be sent with, and what has to be filled in."""

    async def work(database: Database) -> list[Any]:
        from holdfast.trust.templates import templates

        return await templates(database)

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        gaps = ", ".join(row.template.variables) or "nothing"
        print(f"{row.reference:<24}{row.template.title}  (fill in: {gaps})")


@app.command("publish-template")
def publish_template_file(file: FileArgument, data: DataOption = None) -> None:
    """Publish the next version of every template of a file."""

    async def work(database: Database) -> list[str]:
        from holdfast.trust.staff_actions import OPERATOR
        from holdfast.trust.templates import publish_template, read_templates

        made = []
        async with database.transaction() as tx:
            for template in read_templates(_text_of(file)):
                version = await publish_template(tx, OPERATOR, template, now=SystemClock().now())
                made.append(version.reference)
        return made

    for reference in _run(data, work):
        print(f"published {reference}")


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read: {error}") from None


def _run(data: Path | None, work: Callable[[Database], Awaitable[Any]]) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database

        async with open_database(settings) as database:
            return await work(database)

    return with_database(command_settings(data), inside)
