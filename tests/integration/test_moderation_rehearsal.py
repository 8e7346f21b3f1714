"""A small flood of reports: what is urgent is decided first, once for all copies, and nothing is deleted."""

from __future__ import annotations

from statistics import median

import pytest

from holdfast.main.bench.moderation import ModerationOptions, print_moderation_report, rehearse
from holdfast.main.bench.moderation.mix import Texts
from holdfast.main.bench.report import report_console
from holdfast.platform.config import Settings
from holdfast.screening import load_screen

pytestmark = pytest.mark.integration

WORDS = "bread garden river window music paper winter summer bridge letter market stone cloud island".split()


async def test_a_flood_is_worked_off_by_harm_and_not_by_arrival(settings: Settings) -> None:
    assert settings.database_url is not None
    plain = [f"the {a} and the {b} are by the {c} today" for a in WORDS for b in WORDS for c in WORDS[:5]]
    texts: Texts = {
        "threat": [f"I will kill you tomorrow, you and your {one}" for one in WORDS],
        "abuse": [f"you are a worthless {one} {two} and everybody laughs" for one in WORDS for two in WORDS],
        "lawful": plain,
    }
    options = ModerationOptions(reports=400, threats=6, reviewers=2)
    report = await rehearse(
        settings.database_url, texts, load_screen(model=None), options, lambda what, done, total: None
    )
    assert report.reports == 400
    assert report.posts_deleted == 0
    assert report.ours.decisions <= report.cases + 1
    assert report.cases < report.posts
    assert report.arrival.decisions == 400
    urgent = report.ours.urgent_seconds
    assert urgent
    assert median(urgent) < median(report.arrival.urgent_seconds)
    assert report.ours.team_seconds < report.arrival.team_seconds
    with (console := report_console()).capture() as shown:
        print_moderation_report(report, console)
    assert "times sooner" in shown.get()
