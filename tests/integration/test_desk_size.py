"""The desk with 26,000 open cases: every statement of its daily work goes by an index, and pages stay fast."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from holdfast.platform.config import Settings
from holdfast.pure.near_duplicates import print_of
from holdfast.trust import cases
from holdfast.trust.cases import CaseReader
from holdfast.trust.cases import queries as case_queries
from holdfast.trust.copies import queries as copy_queries
from holdfast.trust.staff_actions import Staff
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration

OPEN = 26_000
_FILL = (
    """
    insert into cases (id, track, lane, priority, explain, source, category, queue, subject_kind, subject_key, opened_at,
      signalled_at, ordered_at, account_id)
    select n, 'main', 'P' || (n % 5), (n * 7919) % 10000 / 100.0, '{}', 'report', 'other', 'general', 'account', n::text,
      now() - n * interval '1 second', now(), now(), case when n % 3 > 0 then 100 + n % 1000 end
    from generate_series(1, $1) n
    """,
    """
    insert into case_members (case_id, subject_kind, subject_key, track, joined_as, joined_at)
    select n, 'account', n::text, 'main', 'first', now() from generate_series(1, $1) n
    """,
    """
    insert into case_prints (subject_kind, subject_key, case_id, exact, slotted, first, words, text, at)
    select 'account', n::text, n, decode(md5(n::text), 'hex'), decode(md5('s' || n), 'hex'), true, 9, 'words', now()
    from generate_series(1, $1) n
    """,
    """
    insert into case_bands (value, case_id)
    select n * 24 + b, n from generate_series(1, $1) n, generate_series(1, 4) b
    """,
)


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings) as opened:
        async with opened.services.database.transaction() as tx:
            for statement in _FILL:
                await tx.execute(statement, OPEN)
        for table in ("cases", "case_members", "case_prints", "case_bands"):
            await opened.services.database.fetch(f"analyze {table}")
        yield opened


async def plan(site: Site, sql: str, *arguments: object) -> str:
    rows = await site.services.database.fetch(f"explain {sql}", *arguments)
    return "\n".join(row[0] for row in rows)


async def test_every_statement_of_the_daily_work_goes_by_an_index(site: Site) -> None:
    now = site.services.clock.now()
    mark = print_of("nine words of which none is found anywhere in there at all")
    nothing = [None] * 9
    plans = {
        "queue": await plan(site, case_queries._QUEUE_SQL, "", 0.0, 0, *nothing, 50),
        "next": await plan(site, case_queries._NEXT_SQL, 5, True, now, None, None, None, []),
        "one queue": await plan(site, case_queries._QUEUE_SQL, "", 0.0, 0, "general", *nothing[1:], 50),
        "oldest": await plan(
            site, "select min(opened_at) from cases where closed_at is null and lane = $1", "P1"
        ),
        "copies": await plan(
            site, copy_queries._LOOK_UP_SQL, mark.exact, mark.slotted, list(mark.bands), None, [], now - timedelta(days=1)
        ),
        "subject": await plan(
            site, "select case_id from case_members where subject_kind = $1 and subject_key = $2 and track = $3 and open",
            "post", "77", "main",
        ),
    }  # fmt: skip
    for name, found in plans.items():
        for table in ("cases", "case_prints", "case_members", "case_bands"):
            assert f"Seq Scan on {table} " not in found, f"{name}:\n{found}"
    for name in ("queue", "next"):
        assert "cases_next" in plans[name], plans[name]
        assert "Sort" not in plans[name].partition("SubPlan")[0], plans[name]
    assert "cases_oldest" in plans["oldest"]


async def test_a_page_and_the_next_case_are_a_matter_of_milliseconds(site: Site) -> None:
    reader, staff = CaseReader(site.services.database), Staff(5, "moderator")
    found, last, spent = [], None, []
    for _ in range(10):
        began = time.perf_counter()
        page = await reader.queue(limit=50, after=last)
        spent.append(time.perf_counter() - began)
        found += page
        last = page[-1]
    assert len({one.id for one in found}) == 500
    assert [(one.lane, -one.priority, one.id) for one in found] == sorted(
        (one.lane, -one.priority, one.id) for one in found
    )
    began = time.perf_counter()
    async with site.services.database.transaction() as tx:
        assert await cases.claim_next(tx, staff, now=site.services.clock.now()) == found[0].id
    spent.append(time.perf_counter() - began)
    # A tenth of a second is twenty times what it takes: this fails for a scan, not for a busy machine.
    assert sorted(spent)[len(spent) // 2] < 0.1
