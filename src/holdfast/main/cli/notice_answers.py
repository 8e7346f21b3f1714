"""`holdfast notice answer`, `export`, `scorecard`: what is told to senders, and what is handed to others about them."""

from __future__ import annotations

from datetime import datetime
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
    from holdfast.trust.answers import Draft

_BUNDLE = "bundle"


def answer(
    notice: Annotated[str, typer.Argument(metavar="NOTICE", help="Its reference or id.")],
    *,
    kind: Annotated[str, typer.Option("--kind", help="decision, refusal, host-reply, needs-info, extension, letter ...; default: what fits the outcomes.")] = "",
    language: Annotated[str, typer.Option("--language", help="en or fr; default: the sender's.")] = "",
    note: Annotated[list[str] | None, typer.Option("--note", metavar="GAP=TEXT", help="What a person writes into a gap; may be given more than once.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it, as it is printed. Else it is only printed.")] = False,
    again: Annotated[bool, typer.Option("--again", help="The same once more, because it did not arrive.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Print what would be sent to the sender of a notice, made from the outcomes; with --send, send it."""
    notes = dict(_pair(one) for one in note or ())

    async def work(settings: Settings) -> dict[str, Any]:
        return await _answered(settings, notice, kind, language, notes or None, send=send, again=again)

    facts = with_database(command_settings(data), work)
    if as_json:
        print_json(facts)
        return
    print(f"To: {facts['recipient'] or '(status page alone: ' + facts['not_mailed'] + ')'}")
    print(f"Subject: {facts['subject']}\n\n{facts['text']}")
    if facts["missing"]:
        print(f"Still to be written: {', '.join(facts['missing'])}, each with --note GAP=TEXT")
    if send:
        print(f"{facts['status']}: record {facts['record_id']}")


async def _answered(
    settings: Settings, notice: str, kind: str, language: str, notes: dict[str, str] | None, *, send: bool, again: bool
) -> dict[str, Any]:  # fmt: skip
    from holdfast.main.wiring import open_database
    from holdfast.pure.notice_answers import AnswerKind
    from holdfast.trust.answers import approve_and_send, place_of, prepare
    from holdfast.trust.staff_actions import OPERATOR

    try:
        chosen = AnswerKind(kind) if kind else None
    except ValueError:
        raise Invalid(f"--kind is one of {', '.join(AnswerKind)}") from None
    now = SystemClock().now()
    async with open_database(settings) as database:
        ident = await _named(database, _ids(database), notice)
        place = place_of(settings)
        ready = await prepare(
            database, OPERATOR, ident, place=place, kind=chosen, language=language, notes=notes
        )
        facts = _facts(ready.draft)
        if send:
            async with database.transaction() as tx:
                made = await approve_and_send(
                    tx, OPERATOR, ready, digest=ready.draft.digest, place=place, again=again, now=now
                )
            facts |= {"status": made.status.value, "record_id": made.record_id, "message_id": made.mail_id}
    return facts


def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it goes.")],
    *,
    notice: Annotated[str, typer.Option("--notice", help="One notice, by its reference or id.")] = "",
    sender: Annotated[str, typer.Option("--sender", help="All notices of a sender, by mail address or key.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="Notices that came from then on.")] = "",
    before: Annotated[str, typer.Option("--before", metavar="TIME", help="Notices that came before.")] = "",
    form: Annotated[str, typer.Option("--form", help="bundle, summary.html, summary.txt, items.csv, notices.csv, messages.csv, clocks.csv, lumen.json, dsa.json.")] = _BUNDLE,
    recipient: Annotated[str, typer.Option("--for", metavar="WHO", help="Who gets it; kept with the disclosure.")] = "the operator",
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for; kept with the disclosure.")] = "not stated",
    authority: Annotated[str, typer.Option("--authority", help="What obliges or allows it.")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write one notice, a sender's, or those of a time: as an evidence bundle, a page, a table, JSON. It is recorded for whom."""
    if notice and sender:
        raise Invalid("name a notice, or a sender, or neither for all of a time")
    if out.exists():
        raise Invalid(f"{out} is there already; name a new file")
    now = SystemClock().now()
    bounds = tuple(
        instant_of(text, name, now) if text else None
        for text, name in ((since, "--since"), (before, "--before"))
    )

    async def work(settings: Settings) -> dict[str, Any]:
        return await _exported(settings, (notice, sender), bounds, form, (recipient, purpose, authority), out)

    facts = with_database(command_settings(data), work)
    if as_json:
        print_json(facts)
        return
    print(
        f"{out}: {facts['items']} {'records' if form == _BUNDLE else 'notices'}, sha256 {facts['file_sha256']}"
    )


async def _exported(
    settings: Settings, named: tuple[str, str], bounds: tuple[datetime | None, ...], form: str, words: tuple[str, str, str],
    out: Path,
) -> dict[str, Any]:  # fmt: skip
    import shutil

    from holdfast.main.wiring import open_database
    from holdfast.trust.evidence import (
        ExportQuery,
        ExportTerms,
        Form,
        Root,
        export_ports,
        make_bundle,
        make_form,
        record_export,
        record_form,
    )
    from holdfast.trust.staff_actions import OPERATOR

    notice, sender = named
    root = Root.NOTICE if notice else Root.SENDER if sender else Root.PERIOD
    now = SystemClock().now()
    async with open_database(settings) as database:
        ident = await _named(database, _ids(database), notice) if notice else 0
        query, terms = ExportQuery(root, ident, bounds[0], bounds[1], sender=sender), ExportTerms(*words)
        if form == _BUNDLE:
            ports = export_ports(settings, database.keyring)
            made = await make_bundle(database, OPERATOR, query, terms, ports=ports, now=now)
            try:
                async with database.transaction() as tx:
                    recorded = await record_export(tx, OPERATOR, made, now=now)
                with made.path.open("rb") as source, out.open("xb") as target:
                    shutil.copyfileobj(source, target)
            finally:
                made.path.unlink(missing_ok=True)
        else:
            if form not in list(Form):
                raise Invalid(f"--form is bundle, or one of {', '.join(Form)}")
            file = await make_form(database, OPERATOR, query, terms, Form(form), ids=_ids(database))
            async with database.transaction() as tx:
                recorded = await record_form(tx, OPERATOR, file, now=now)
            with out.open("xb") as target:
                target.write(file.content)
    return {
        "file": str(out), "form": form, "items": recorded.items, "file_sha256": recorded.file_sha256.hex(),
        "record_id": recorded.record_id,
    }  # fmt: skip


def scorecard(
    sender: Annotated[str, typer.Argument(metavar="SENDER", help="By mail address or key.")],
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Notices that came from then on.")
    ] = "",
    before: Annotated[str, typer.Option("--before", metavar="TIME", help="Notices that came before.")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print how often a sender was right, and how long we took: first look, acting, answering."""
    now = SystemClock().now()
    bounds = {
        name: instant_of(text, f"--{name}", now)
        for name, text in (("since", since), ("before", before))
        if text
    }

    async def work(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database
        from holdfast.trust.notice_exports import key_of
        from holdfast.trust.notice_exports import scorecard as card_of

        async with open_database(settings) as database:
            return await card_of(database, _ids(database), key_of(sender), **bounds)

    card = with_database(command_settings(data), work)
    if not card.notices:
        raise NotFound(f"no notice of {sender} is on record in that time")
    from holdfast.edge.desk.answers import score_entity
    from holdfast.pure.notice_exports import span_text

    if as_json:
        print_json(score_entity(card))
        return
    low, high = card.upheld.interval
    print(
        f"{card.notices} notices, {card.items} items, {card.open_items} open; upheld {card.upheld.k} of {card.upheld.n} (95 %: {low:.0%} to {high:.0%})"
    )
    for name, took in (("first look", card.first_look), ("acted", card.act), ("answered", card.answer)):
        print(
            f"{name}: median {span_text(took.median)}, slowest {span_text(took.slowest)}, {took.of} done, {took.open} not"
        )
    print(f"deadlines: {card.clocks} clocks, {card.late} missed")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Invalid("--note is GAP=TEXT, such as prevention='A rule holds such posts.'")
    return name.strip(), value


def _ids(database: Database) -> PublicIds:
    from holdfast.platform.ids import PublicIds

    return PublicIds(database.keyring.derive("public ids"))


async def _named(database: Database, ids: PublicIds, name: str) -> int:
    from holdfast.trust.notices import NoticeReader
    from holdfast.trust.staff_actions import OPERATOR

    reader = NoticeReader(database)
    found = await reader.by_reference(OPERATOR, name)
    ident = ids.decode(name) if found is None else found.id
    if ident is None:
        raise NotFound(f"there is no notice {name}")
    return (await reader.notice(OPERATOR, ident)).id


def _facts(one: Draft) -> dict[str, Any]:
    return {
        "kind": one.kind.value, "language": one.language, "template": one.template, "subject": one.subject, "text": one.text,
        "missing": list(one.missing), "recipient": one.recipient, "not_mailed": one.not_mailed,
    }  # fmt: skip
