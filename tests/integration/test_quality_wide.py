"""A decision that takes many posts away is judged by a second person, whatever the draw says."""

from __future__ import annotations

from datetime import timedelta

from holdfast.platform.config import Settings
from holdfast.trust import cases, quality
from holdfast.trust.quality import Judgement, LookKind, Standards
from holdfast.trust.staff_actions import Subject
from tests.support.rulings import case_about, decided, post_id, ruling, staff, version_of
from tests.support.site import open_site

SHARES = dict.fromkeys(("P0", "P1", "P2", "P3", "P4"), 0.0)
STANDARDS = Standards(results_least=3, pass_share=0.7, window_days=30, requeue_most=5)


async def test_many_posts_taken_away_at_once_are_looked_at_again(settings: Settings) -> None:
    async with open_site(settings) as site:
        database, now = site.services.database, site.services.clock.now()
        mia, max_, eva = [await site.member(name, role="moderator") for name in ("mia", "max", "eva")]
        ann, bob = await site.members("ann", "bob")
        for author, words in ((ann, "the lawful joke"), (bob, "a nasty insult")):
            posts = [await author.say(f"{words}, told again, number {n}") for n in range(3)]
            subjects = [Subject.post(post_id(site, one), author.account_id) for one in posts]
            case = await case_about(site, *subjects)
            kind = "withdraw" if author is ann else "warn"
            await decided(site, staff(mia), case, ruling(kind))
        async with database.transaction() as tx:
            found = await quality.draw_second_looks(tx, SHARES, wide_posts=4, now=now + timedelta(minutes=2))
        assert found == 0
        await database.fetch("delete from facts where name = 'second_looks_drawn_until'")
        async with database.transaction() as tx:
            found = await quality.draw_second_looks(tx, SHARES, wide_posts=3, now=now + timedelta(minutes=2))
        assert found == 1  # a warning takes nothing away
        (case_of_look,) = await cases.CaseReader(database).queue(cases.QueueFilter(track=cases.REVIEW))
        # Two people find nothing wrong with it, so all three posts are back.
        for judge in (max_, eva):
            (waiting,) = await cases.CaseReader(database).queue(cases.QueueFilter(track=cases.REVIEW))
            version = await version_of(site, waiting.id)
            async with database.transaction() as tx:
                look = await quality.give_verdict(
                    tx, staff(judge), waiting.id, version=version, verdict=Judgement("no_violation"),
                    standards=STANDARDS, now=now + timedelta(minutes=3),
                )  # fmt: skip
            if judge is max_:
                assert (look.kind, look.case_id) == (LookKind.WIDE, case_of_look.id)
        await site.settle()
        back = [
            one for one in await bob.get(f"/api/v1/accounts/{ann.id}/statuses") if "joke" in one["content"]
        ]
        assert len(back) == 3
        report = await quality.quality_report(database, now - timedelta(days=1))
        assert all(one["n"] == 0 for one in report["errors"].values())
