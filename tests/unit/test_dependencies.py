"""On whom the site depends: one owner of two stores is bad, what is noted is good, nothing is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from holdfast.continuity.drills import (
    FRESH,
    Check,
    CheckName,
    DrillReport,
    OutsideFacts,
    Standing,
    dependencies,
    is_stale,
    read_report,
    worst,
)
from holdfast.continuity.mirror import LogPlace, MirrorSetup, StoreSetup, begin_mirror

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FACTS = OutsideFacts("smtp.example", {"push.example": 3}, "https://tsa.example/stamp", 2, True)
NOTES = {
    "host": "Harbour",
    "registrar": "Names Ltd",
    "dns-provider": "Zones Ltd",
    "dns-second": "Other",
    "certificates": "CA",
}


def setup_with(*stores: StoreSetup) -> MirrorSetup:
    place = LogPlace("7711805516341259279", 1, 0x3000000)
    begun = begin_mirror(
        place, domain="a.example", holders=(), needed=1, policy="any", contacts=NOTES, now=NOW
    )
    return begun.setup.with_stores(stores)


def store(name: str, owner: str, place: str) -> StoreSetup:
    return StoreSetup(name, f"s3://{name}/x", owner=owner, jurisdiction=place)


def test_a_site_without_a_mirror_is_told_so() -> None:
    found = {one.what: one for one in dependencies(None, FACTS)}
    assert found["mirror"].standing is Standing.BAD
    assert found["compute"].standing is Standing.BAD
    assert found["push vendor"].owner == "push.example"
    assert worst(list(found.values())) is Standing.BAD


def test_two_stores_of_one_owner_are_one_store() -> None:
    same = setup_with(store("one", "Acme", "CH"), store("two", "ACME", "IS"))
    assert {one.standing for one in dependencies(same, FACTS) if one.what.startswith("store")} == {
        Standing.BAD
    }
    apart = setup_with(store("one", "Acme", "CH"), store("two", "Other", "IS"))
    assert worst(dependencies(apart, FACTS)) is Standing.GOOD
    near = setup_with(store("one", "Acme", "CH"), store("two", "Other", "ch"))
    assert worst(dependencies(near, FACTS)) is Standing.NOTE
    alone = setup_with(store("one", "Acme", "CH"))
    assert worst(dependencies(alone, FACTS)) is Standing.BAD


def report(*checks: Check) -> DrillReport:
    return DrillReport(
        domain="a.example", store="one", started_at=NOW, epoch=1, rto_seconds=12.5, rpo_seconds=0.5, phases={"look": 0.1}, size_bytes=10,
        missing_bytes=0, rows={"posts": 3}, ledger_size=2, ledger_root="00", checks=checks,
    )  # fmt: skip


def test_a_drill_passes_when_everything_was_right_and_something_was_looked_at() -> None:
    assert not report().passed
    assert report(Check(CheckName.TABLES, True)).passed
    assert not report(Check(CheckName.TABLES, True), Check(CheckName.LEDGER, False)).passed


def test_a_report_reads_as_it_was_written() -> None:
    made = report(Check(CheckName.TABLES, True, "3 rows"))
    again = read_report(made.encode())
    assert again == made
    assert again.digest == made.digest


def test_a_drill_of_last_week_proves_nothing_about_today() -> None:
    assert is_stale(None, NOW)
    assert not is_stale(NOW - FRESH, NOW)
    assert is_stale(NOW - FRESH - timedelta(seconds=1), NOW)
