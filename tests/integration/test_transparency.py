"""What everybody is told of moderation: outsiders count the same, every statement is exported once, pages show it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holdfast.main.log_watching import NotServed
from holdfast.main.transparency_counting import count_folders, fetch_logs, log_folders, shown_by
from holdfast.pure.evidence import ProofRejected, encode_entry_bundle, parse_entry_bundle
from holdfast.pure.transparency import figures_of
from holdfast.records import ledger
from holdfast.trust import transparency
from holdfast.trust.transparency import advance, export_statements, keep_recount, recount
from tests.support.access_ledger import grow_ledger
from tests.support.rulings import case_about_post, decided, ruling, staff, taken_back
from tests.support.site import Site

pytestmark = pytest.mark.integration

API = "/api/holdfast/v1/transparency"


async def counted(site: Site, *, most: int = 20_000) -> int:
    """Sign what is there, and let the clock count it."""
    await grow_ledger(site)
    async with site.services.database.transaction() as tx:
        return await advance(tx, most=most, now=site.services.clock.now())


async def some_decisions(site: Site, count: int = 6) -> None:
    """Posts that are decided about; the last decision is taken back."""
    author, moderator = await site.member("author"), await site.member("moderator", role="moderator")
    decision = None
    for number in range(count):
        status = await author.say(f"An insult, number {number}.")
        case_id = await case_about_post(site, author, status)
        decision = await decided(site, staff(moderator), case_id, ruling("withdraw"))
    assert decision is not None
    await taken_back(site, staff(moderator), decision)


def fetcher(site: Site) -> Any:
    """Gets files as an outsider does, from the site of the test."""

    async def fetch(url: str) -> bytes:
        path = url.removeprefix(site.services.base_url)
        reply = await site.client.get(path)
        if reply.status_code == 404:
            raise NotServed(url)
        assert reply.status_code == 200, (path, reply.status_code)
        return bytes(reply.content)

    return fetch


async def test_an_outsider_counts_the_same_figures_from_the_public_files(site: Site, tmp_path: Path) -> None:
    await some_decisions(site)
    await counted(site)
    shown = await shown_by(site.services.base_url, fetcher(site))
    folders = await fetch_logs(site.services.base_url, fetcher(site), tmp_path)
    again = count_folders(folders, [])
    assert msgspec.to_builtins(figures_of(again.tally)) == shown.figures
    assert shown.figures["decisions"]["total"] == 6
    assert shown.figures["decisions"]["reversed"]["count"] == 1
    assert shown.figures["decisions"]["by_source"] == {"report": 6}
    assert [one["count"] for one in shown.figures["time_to_act"]] == [6]
    assert {one.origin: one.size for one in again.checkpoints} == dict(shown.counted)


async def test_an_outsider_compares_while_the_log_grows(site: Site, tmp_path: Path) -> None:
    await some_decisions(site, 2)
    await counted(site)
    shown = await shown_by(site.services.base_url, fetcher(site))
    other = await site.member("other")
    await case_about_post(site, other, await other.say("Another one."))
    await grow_ledger(site)
    folders = await fetch_logs(site.services.base_url, fetcher(site), tmp_path)
    again = count_folders(folders, [], through=shown.counted)
    assert msgspec.to_builtins(figures_of(again.tally)) == shown.figures
    assert count_folders(folders, []).tally.leaves > again.tally.leaves


async def test_changed_files_are_not_counted(site: Site, tmp_path: Path) -> None:
    await some_decisions(site, 2)
    await grow_ledger(site)
    (folder,) = await fetch_logs(site.services.base_url, fetcher(site), tmp_path)
    bundle = next(one for one in (folder / "tile" / "entries").rglob("*") if one.is_file())
    entries = parse_entry_bundle(bundle.read_bytes(), int(bundle.name))
    place = next(index for index, one in enumerate(entries) if b'"withdraw"' in one)
    entries[place] = entries[place].replace(b'"withdraw"', b'"restrict"')
    bundle.write_bytes(encode_entry_bundle(entries))
    with pytest.raises(ProofRejected):
        count_folders(log_folders(tmp_path), [])


async def test_counting_step_by_step_is_counting_at_once(site: Site) -> None:
    await some_decisions(site, 3)
    await grow_ledger(site)
    steps = 0
    while await counted(site, most=7):
        steps += 1
    kept = await site.services.transparency.counted()
    whole = await recount(site.services.database)
    assert steps > 1
    assert kept.tally == whole.tally
    assert kept.sizes == whole.sizes
    async with site.services.database.transaction() as tx:
        same, leaves = await keep_recount(tx, now=site.services.clock.now())
    assert same
    assert leaves == whole.tally.leaves


async def test_a_count_that_was_tampered_with_is_found(site: Site) -> None:
    await some_decisions(site, 2)
    await counted(site)
    kept = await site.services.transparency.counted()
    next(iter(kept.tally.months.values())).counts["decisions.outcome"] = {"violation": 1}
    async with site.services.database.transaction() as tx:
        await transparency.store.save(tx, kept.tally, kept.sizes, site.services.clock.now())
        same, _ = await keep_recount(tx, now=site.services.clock.now())
    assert not same


async def test_the_page_needs_no_script_and_names_nobody(site: Site) -> None:
    visitor = site.client
    assert "Nothing has been counted yet" in (await visitor.get("/transparency")).text
    await some_decisions(site)
    await counted(site)
    found = await visitor.get("/transparency")
    assert found.status_code == 200
    assert "<script" not in found.text
    assert "In short" in found.text
    assert "harassment@1" in found.text
    assert "author" not in found.text.replace("authority", "").replace("authorities", "")
    about = await visitor.get("/about")
    assert 'href="/transparency"' in about.text
    assert 'href="/policies"' in about.text
    wrong = await visitor.get("/transparency?since=2026-13")
    assert wrong.status_code == 422


async def test_tables_have_every_number_and_no_formula(site: Site) -> None:
    await some_decisions(site)
    await counted(site)
    table = list(csv.reader(io.StringIO((await site.client.get(f"{API}.csv")).text)))
    assert table[0] == ["table", "name", "measure", "value"]
    assert ["decisions", "", "total", "6"] in table
    report = list(csv.reader(io.StringIO((await site.client.get(f"{API}/dsa.csv")).text)))
    assert ["5 own-initiative moderation", "Decisions", "", "count", "6", ""] in report
    assert not any(cell.startswith(("=", "+", "@")) for row in [*table, *report] for cell in row)
    assert (await site.client.get(f"{API}?since=2026-05&until=2026-04")).status_code == 422


async def test_every_statement_is_exported_once(site: Site) -> None:
    await some_decisions(site, 3)
    now, files = site.services.clock.now(), dict[str, bytes]()

    async def write(name: str, content: bytes) -> None:
        files[name] = content

    async def export(**more: Any) -> list[transparency.Batch]:
        return await export_statements(
            site.services.database, now - timedelta(days=1), now + timedelta(days=1), write, now=now, **more
        )

    (batch,) = await export()
    rows = msgspec.json.decode(files[batch.name])["statements"]
    assert batch.statements == len(rows) == 3
    assert len({row["puid"] for row in rows}) == 3
    assert all(transparency.problems_of(row) == [] for row in rows)
    assert b"author" not in files[batch.name]
    assert b"insult" not in b"".join(row["decision_facts"].encode() for row in rows)
    assert await export() == []
    before = dict(files)
    assert await export(again=True) == [batch]
    assert files == before


async def test_an_export_that_was_cut_off_writes_the_same_file_again(site: Site) -> None:
    await some_decisions(site, 2)
    now, names = site.services.clock.now(), list[str]()

    async def full_disk(name: str, _content: bytes) -> None:
        names.append(name)
        if len(names) == 1:
            raise OSError("no space left")

    span = (now - timedelta(days=1), now + timedelta(days=1))
    with pytest.raises(OSError, match="no space"):
        await export_statements(site.services.database, *span, full_disk, now=now)
    (batch,) = await export_statements(site.services.database, *span, full_disk, now=now)
    assert names == [batch.name, batch.name]


async def test_the_backlog_and_the_breaker_are_shown(site: Site) -> None:
    async with site.services.database.transaction() as tx:
        for days in range(3):
            await ledger.append(
                tx,
                ledger.Entry(
                    kind=ledger.Kind.BACKLOG_SAMPLE,
                    public={
                        "open": {"P0": 1, "P3": 40 * days},
                        "oldest_seconds": {"P0": 60, "P3": 7000},
                        "held": 0,
                    },
                ),
                now=site.services.clock.now() - timedelta(days=2 - days),
            )
        step = {"state": "slow", "stage": 1, "from": 0, "cause": "forecast", "lane": "P1"}
        await ledger.append(
            tx, ledger.Entry(kind=ledger.Kind.BREAKER, public=step), now=site.services.clock.now()
        )
    await counted(site)
    text = (await site.client.get("/transparency")).text
    assert '<polyline class="chart-line lane-P3"' in text
    assert "The most were open on" in text
    assert "stage 0 to 1 (slow)" in text
