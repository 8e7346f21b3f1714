"""`holdfast evidence`: bundles of records with their proofs, for courts, authorities, hosts, and members."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid, NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database
    from holdfast.platform.ids import PublicIds
    from holdfast.trust.evidence import Disclosure, ExportQuery

app = typer.Typer(help="Evidence bundles, which others verify offline.", no_args_is_help=True)

_LISTED_MAX = 10_000


@app.command("export")
def export_bundle(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the bundle goes.")],
    *,
    recipient: Annotated[
        str, typer.Option("--for", metavar="WHO", help="Who gets it; kept with the disclosure.")
    ] = "the operator",
    purpose: Annotated[
        str, typer.Option("--purpose", help="What it is for; kept with the disclosure.")
    ] = "not stated",
    report: Annotated[str | None, typer.Option("--report", metavar="ID", help="A report, and what came of it.")] = None,
    case: Annotated[str | None, typer.Option("--case", metavar="ID", help="A case, and all about it.")] = None,
    decision: Annotated[str | None, typer.Option("--decision", metavar="ID", help="A decision.")] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="NAME", help="All about an account.")] = None,
    query: Annotated[
        str | None,
        typer.Option("--query", metavar="KINDS", help="Records of these kinds: decision,appeal.decided,backlog.sample"),
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help="With --account or --query.")] = None,
    before: Annotated[
        str | None, typer.Option("--before", "--until", metavar="TIME", help="With --account or --query.")
    ] = None,
    authority: Annotated[str, typer.Option("--authority", help="What obliges or allows it: an order, a law.")] = "",
    redact: Annotated[
        list[str] | None,
        typer.Option("--redact", metavar="FIELD", help="A commitment that stays closed, field or kind:field."),
    ] = None,
    encrypt_to: Annotated[
        str, typer.Option("--recipient", metavar="AGE_KEY", help="Encrypt to this age key (age1...).")
    ] = "",
    checkpoint: Annotated[
        int | None, typer.Option("--checkpoint", metavar="SIZE", help="Prove against the state of this size.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write a bundle about one thing, and record that it was made and for whom."""
    named = {"report": report, "case": case, "decision": decision, "account": account, "kinds": query}
    given = [(root, value) for root, value in named.items() if value is not None]
    if len(given) != 1:
        raise Invalid("say what it is about with one of --report, --case, --decision, --account, --query")
    if out.exists():
        raise Invalid(f"{out} is there already; name a new file")
    now = SystemClock().now()
    times = {"since": since, "before": before}
    bounds: dict[str, Any] = {
        name: instant_of(text, f"--{name}", now) for name, text in times.items() if text
    }
    bounds["checkpoint_size"] = checkpoint

    terms = (recipient, purpose, authority, tuple(redact or ()), encrypt_to)
    facts = with_database(command_settings(data), lambda ready: _made(ready, *given[0], bounds, terms, out))
    if as_json:
        print_json(facts)
        return
    print(
        f"{out}: {facts['records']} records, {facts['documents']} documents, {facts['closed']} texts closed"
    )
    if facts["not_covered"]:
        print(f"{facts['not_covered']} newer records are not under a signed checkpoint yet, and are left out")
    print(f"sha256 {facts['file_sha256']}")


async def _made(
    settings: Settings, root: str, value: str, bounds: dict[str, Any], words: tuple[Any, ...], out: Path
) -> dict[str, Any]:
    """Make the bundle, record it, and only then write it where it was asked for; what is printed of it."""
    from holdfast.main.wiring import open_database
    from holdfast.trust.evidence import ExportTerms, export_ports, make_bundle, record_export
    from holdfast.trust.staff_actions import OPERATOR

    now = SystemClock().now()
    async with open_database(settings) as database:
        ports = export_ports(settings, database.keyring)
        asked = await _query(database, ports.ids, root, value, bounds)
        made = await make_bundle(database, OPERATOR, asked, ExportTerms(*words), ports=ports, now=now)
        try:
            async with database.transaction() as tx:
                recorded = await record_export(tx, OPERATOR, made, now=now)
            _hand_over(made.path, out)
        finally:
            made.path.unlink(missing_ok=True)
    return {
        "file": str(out), "name": made.name, "records": made.records, "documents": made.documents,
        "closed": made.closed, "not_covered": made.not_covered, "manifest_sha256": made.manifest_sha256.hex(),
        "file_sha256": recorded.file_sha256.hex(), "record_id": recorded.record_id,
    }  # fmt: skip


def _hand_over(made: Path, out: Path) -> None:
    import shutil

    with made.open("rb") as source, out.open("xb") as target:
        shutil.copyfileobj(source, target)


async def _query(
    database: Database, ids: PublicIds, root: str, value: str, bounds: dict[str, Any]
) -> ExportQuery:
    from holdfast.social.accounts import find_by_handle
    from holdfast.trust.evidence import ExportQuery, Root

    if root == "kinds":
        kinds = tuple(dict.fromkeys(one.strip() for one in value.split(",") if one.strip()))
        return ExportQuery(Root.KINDS, kinds=kinds, **bounds)
    if root == "account":
        ident = await find_by_handle(database, value.strip().removeprefix("@"))
    else:
        ident = ids.decode(value)
    if ident is None:
        raise NotFound(f"there is no {root} {value}")
    return ExportQuery(Root(root), ident, **bounds)


@app.command("disclosures")
def list_disclosures(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print which bundles were made, for whom, and their checksums."""

    async def work(settings: Settings) -> list[Disclosure]:
        from holdfast.main.wiring import open_database
        from holdfast.pure.window import Window
        from holdfast.trust.evidence import disclosures

        async with open_database(settings) as database:
            return await disclosures(database, Window(_LISTED_MAX))

    rows = with_database(command_settings(data), work)
    if as_json:
        print_json([
            {
                "made_at": one.made_at, "about": one.query.root.value, "recipient": one.recipient, "purpose": one.purpose,
                "authority": one.authority, "records": one.items, "closed": one.redactions,
                "encrypted_to": one.encrypted_to, "manifest_sha256": one.manifest_sha256.hex(),
                "file_sha256": one.file_sha256.hex(), "record_id": one.record_id,
            }
            for one in rows
        ])  # fmt: skip
        return
    for one in rows:
        print(
            f"{one.made_at:%Y-%m-%d %H:%M}  {one.query.root.value}  {one.recipient}  {one.purpose}  {one.file_sha256.hex()}"
        )
    if not rows:
        print("no bundle was made")
