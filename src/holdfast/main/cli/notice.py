"""`holdfast notice`: the notice desk from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli import notice_answers
from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from enum import StrEnum

    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database
    from holdfast.platform.ids import PublicIds
    from holdfast.trust.notices import Notice

app = typer.Typer(
    help="Notices from outside: what came, what they cite, how much time is left.", no_args_is_help=True
)

app.command("answer")(notice_answers.answer)
app.command("export")(notice_answers.export)
app.command("scorecard")(notice_answers.scorecard)

NoticeName = Annotated[
    str, typer.Argument(metavar="NOTICE", help="Its reference, such as N-7K3M-9QXT, or its id.")
]
_LISTED_MAX = 1000


@app.command("list")
def list_notices(
    *,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are closed.")] = False,
    preset: Annotated[str, typer.Option("--preset", help="Only of this kind.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Also those that floods are shown as one of.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print notices by the time that is left."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> list[dict[str, Any]]:
        from holdfast.trust.notices import NoticeFilter, NoticeReader
        from holdfast.trust.staff_actions import OPERATOR

        wanted = NoticeFilter(open=not closed, preset=preset or None, grouped=not every)
        found = await NoticeReader(database).queue(OPERATOR, wanted, limit=_LISTED_MAX)
        return [_facts(ids, one) for one in found]

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        due = f"{row['due_at']:%Y-%m-%d %H:%M}" if row["due_at"] else "no clock        "
        late = "  BREACHED" if row["breached"] else ""
        print(
            f"{row['reference']}  {row['lane']}  {due}  {row['state']}  {row['preset']}"
            f"  {row['open_items']}/{row['items']} open  {row['sender']}{late}"
        )
    if not rows:
        print("no notices")


@app.command("show")
def show_notice(notice: NoticeName, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print one: its items, clocks and timeline."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> dict[str, Any]:
        from holdfast.trust.notices import NoticeReader
        from holdfast.trust.staff_actions import OPERATOR

        found, reader = await _named(database, ids, notice), NoticeReader(database)
        clocks = await reader.clocks(OPERATOR, found.id, now=SystemClock().now())
        return {
            **_facts(ids, found),
            "subject": found.subject,
            "text": found.text,
            "clocks": [
                {
                    "id": ids.encode(one.clock.id),
                    "name": one.clock.name,
                    "state": one.state and one.state.value,
                    "due_at": one.due_at,
                    "breached_at": one.clock.breached_at,
                }
                for one in clocks
            ],
            "cited": [
                {
                    "n": one.n,
                    "url": one.url or one.as_given,
                    "found": one.found.value,
                    "outcome": one.outcome and one.outcome.value,
                    "case_id": one.case_id and ids.encode(one.case_id),
                }
                for one in await reader.items(OPERATOR, found.id)
            ],
            "timeline": [
                {"at": one.at, "what": one.what, "note": one.note, "record_id": one.record_id}
                for one in await reader.timeline(OPERATOR, found.id)
            ],
        }

    facts = _run(data, work)
    if as_json:
        print_json(facts)
        return
    print(
        f"{facts['reference']}  {facts['preset']}  {facts['state']}  from {facts['sender']}  record {facts['record_id']}"
    )
    for clock in facts["clocks"]:
        late = f"  BREACHED at {clock['breached_at']:%Y-%m-%d %H:%M}" if clock["breached_at"] else ""
        due = f"due {clock['due_at']:%Y-%m-%d %H:%M} UTC" if clock["due_at"] else "no end"
        print(f"  clock {clock['id']} {clock['name']}: {clock['state'] or 'does not run'}, {due}{late}")
    for item in facts["cited"]:
        print(f"  {item['n']}. {item['found']}  {item['outcome'] or 'open'}  {item['url']}")
    for entry in facts["timeline"]:
        print(f"  {entry['at']:%Y-%m-%d %H:%M:%S}  {entry['what']}  {entry['note']}".rstrip())


@app.command("enter")
def enter_notice(
    preset: Annotated[str, typer.Option("--preset", metavar="KIND", help="As `holdfast notice presets` has it.")],
    *,
    channel: Annotated[str, typer.Option("--channel", help="letter or phone.")] = "letter",
    sender: Annotated[str, typer.Option("--from", metavar="NAME", help="Who sent it.")] = "",
    organisation: Annotated[str, typer.Option("--organisation")] = "",
    email: Annotated[str, typer.Option("--email")] = "",
    capacity: Annotated[str, typer.Option("--capacity", help="authority, court, host, store, rights_holder, press ...")] = "other",
    received: Annotated[
        str | None, typer.Option("--received", metavar="TIME", help="When it reached us. Default: now.")
    ] = None,
    deadline: Annotated[str | None, typer.Option("--deadline", metavar="TIME", help="That it names.")] = None,
    subject: Annotated[str, typer.Option("--subject")] = "",
    text: Annotated[str, typer.Option("--text")] = "",
    url: Annotated[list[str] | None, typer.Option("--url", help="What it cites; again for each.")] = None,
    reference: Annotated[str, typer.Option("--reference", help="Their number.")] = "",
    legal_basis: Annotated[str, typer.Option("--legal-basis")] = "",
    scan: Annotated[Path | None, typer.Option("--scan", metavar="FILE", help="Kept as it is, and recorded.")] = None,
    sealed: Annotated[bool, typer.Option("--sealed", help="Only for those who may see sealed notices.")] = False,
    gag: Annotated[bool, typer.Option("--gag", help="Members concerned must not be told.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Enter a letter or a call, and print its reference."""
    raw = _bytes_of(scan)

    async def work(database: Database, ids: PublicIds, settings: Settings) -> dict[str, Any]:
        from holdfast.trust.notices import (
            Addresses,
            Capacity,
            Channel,
            CitedItem,
            NewNotice,
            Sender,
            receive,
        )
        from holdfast.trust.staff_actions import OPERATOR

        now = SystemClock().now()
        new = NewNotice(
            preset=preset, channel=_choice(Channel, channel, "--channel"), capacity=_choice(Capacity, capacity, "--capacity"),
            sender=Sender(sender, organisation, email), received_at=instant_of(received, "--received", now) if received else now,
            stated_deadline=instant_of(deadline, "--deadline", now) if deadline else None, subject=subject, text=text,
            items=tuple(CitedItem(one) for one in url or ()), reference=reference, legal_basis=legal_basis, raw=raw,
            sealed=sealed, gag=gag,
        )  # fmt: skip
        async with database.transaction() as tx:
            made = await receive(tx, new, addresses=Addresses.of(settings, ids), staff=OPERATOR, now=now)
        return {"id": ids.encode(made.notice_id), "reference": made.reference, "record_id": made.record_id}

    facts = _run(data, work)
    if as_json:
        print_json(facts)
        return
    print(facts["reference"])


@app.command("step")
def take_one_step(
    notice: NoticeName,
    step: Annotated[str, typer.Argument(metavar="STEP", help="acknowledge, triage, ask, decide, answer, close ...")],
    *,
    note: Annotated[str, typer.Option("--note")] = "",
    evidence: Annotated[str, typer.Option("--evidence", help="The record or message that shows it.")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Take a step with a notice."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> dict[str, Any]:
        from holdfast.trust.notices import Step, take_step
        from holdfast.trust.staff_actions import OPERATOR

        found = await _named(database, ids, notice)
        async with database.transaction() as tx:
            after = await take_step(
                tx,
                OPERATOR,
                found.id,
                _choice(Step, step, "STEP"),
                note=note,
                evidence=evidence,
                now=SystemClock().now(),
            )
        return _facts(ids, after)

    facts = _run(data, work)
    if as_json:
        print_json(facts)
        return
    print(f"{facts['reference']}: {facts['state']}")


@app.command("settle")
def settle_one(
    notice: NoticeName,
    item: Annotated[int, typer.Argument(metavar="ITEM", help="Its number; 0 for a notice without items.")],
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="actioned, refused, invalid, duplicate, out_of_scope.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; the sender is told.")] = "",
    decision: Annotated[str | None, typer.Option("--decision", metavar="ID", help="What settles it.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Give an item its outcome."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> dict[str, Any]:
        from holdfast.trust.notices import ItemOutcome, settle_item, settle_whole
        from holdfast.trust.staff_actions import OPERATOR

        found, chosen, now = (
            await _named(database, ids, notice),
            _choice(ItemOutcome, outcome, "OUTCOME"),
            SystemClock().now(),
        )
        decision_id = None if decision is None else ids.decode(decision)
        if decision is not None and decision_id is None:
            raise NotFound(f"there is no decision {decision}")
        async with database.transaction() as tx:
            if item == 0:
                after = await settle_whole(tx, OPERATOR, found.id, chosen, reason=reason, now=now)
            else:
                after = await settle_item(
                    tx, OPERATOR, found.id, item, chosen, decision_id=decision_id, reason=reason, now=now
                )
        return _facts(ids, after)

    facts = _run(data, work)
    if as_json:
        print_json(facts)
        return
    print(f"{facts['reference']}: {facts['open_items']} of {facts['items']} items open")


@app.command("presets")
def show_presets(
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the file in force there, to edit it.")] = None,
    publish: Annotated[
        Path | None, typer.Option("--publish", metavar="FILE", help="Put a file in force, for notices from now on.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="With --publish: what changed, and who reviewed it.")] = "",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Print the kinds of notices with their clocks; write or publish the file that says them."""
    content = _bytes_of(publish)

    async def work(database: Database, _ids: PublicIds, _settings: Settings) -> dict[str, Any]:
        from holdfast.trust.notice_clocks import (
            presets_in_force,
            presets_text,
            publish_presets,
            text_to_begin_with,
        )
        from holdfast.trust.staff_actions import OPERATOR

        if content is not None:
            async with database.transaction() as tx:
                await publish_presets(
                    tx, OPERATOR, content.decode("utf-8"), note=note, now=SystemClock().now()
                )
        presets, text = await presets_in_force(database), await presets_text(database)
        return {
            "file": text or text_to_begin_with(),
            "shipped": text is None,
            "presets": [
                {"name": one.name, "title": one.title, "lane": one.lane, "mark": one.mark, "clocks": [c.name for c in one.clock]}
                for one in presets.presets.values()
            ],
        }  # fmt: skip

    facts = _run(data, work)
    if out is not None:
        if out.exists():
            raise Invalid(f"{out} is there already; name a new file")
        out.write_text(facts["file"], "utf-8")
        print(out)
    elif as_json:
        print_json(facts["presets"])
    else:
        for row in facts["presets"]:
            print(f"{row['name']}  {row['lane']}  {', '.join(row['clocks'])}  ({row['mark']})")


def _run(data: Path | None, work: Callable[[Database, PublicIds, Settings], Awaitable[Any]]) -> Any:
    async def opened(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database
        from holdfast.platform.ids import PublicIds

        async with open_database(settings) as database:
            return await work(database, PublicIds(database.keyring.derive("public ids")), settings)

    return with_database(command_settings(data), opened)


async def _named(database: Database, ids: PublicIds, name: str) -> Notice:
    from holdfast.trust.notices import NoticeReader
    from holdfast.trust.staff_actions import OPERATOR

    reader = NoticeReader(database)
    found = await reader.by_reference(OPERATOR, name)
    if found is None and (ident := ids.decode(name)) is not None:
        found = await reader.notice(OPERATOR, ident)
    if found is None:
        raise NotFound(f"there is no notice {name}")
    return found


def _facts(ids: PublicIds, one: Notice) -> dict[str, Any]:
    return {
        "id": ids.encode(one.id), "reference": one.reference, "preset": one.preset, "lane": one.lane,
        "state": one.state.value, "outcome": one.outcome and one.outcome.value, "received_at": one.received_at,
        "due_at": one.due_at, "breached": one.breached, "items": one.items, "open_items": one.open_items,
        "sealed": one.sealed, "sender": one.sender.organisation or one.sender.name or one.sender.email,
        "record_id": one.record_id,
    }  # fmt: skip


def _bytes_of(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from None


def _choice(kinds: type[StrEnum], text: str, name: str) -> Any:
    try:
        return kinds(text)
    except ValueError:
        raise Invalid(f"{name}: one of {', '.join(kinds)}") from None
