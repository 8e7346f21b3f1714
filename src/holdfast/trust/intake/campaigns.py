"""Report-to-kill is made one case with a note for the staff, and gets no precedence by its noise."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ...screening import Lane
from .. import cases
from ..reporters import CAMPAIGN, keep_campaign, note_fresh
from ..staff_actions import CLOCK, Subject, SubjectKind, Why, record_action

CAMPAIGN_LANE: Final[Lane] = "P3"
"""What reports of a campaign ask for, whatever they say: screening alone can raise it, for what is in the posts."""
_HERE: Final = "this-server"
_NOTE: Final = (
    "Many reports of new posts by new accounts came at once. Posts may have been planted to be reported: look at who"
    " wrote them and who reported before you judge the place by them. Screening has looked at each post by itself."
)


async def campaign_case(tx: Tx, report_id: int, now: Instant) -> int | None:
    """The case of the campaign that a report is part of; None for the usual ones."""
    campaign = await note_fresh(tx, report_id, now)
    if campaign is None:
        return None
    case_id = campaign.case_id
    if case_id is None:
        case_id = await _begin(tx, now)
        for folded in campaign.folds:
            await cases.fold(tx, folded, case_id, now=now)
    await keep_campaign(tx, case_id, now)
    return case_id


async def _begin(tx: Tx, now: Instant) -> int:
    subject = Subject(SubjectKind.SERVER, None, _HERE)
    signal = cases.Signal(
        source=cases.Source.RULE, subject=subject, category=CAMPAIGN, lane=CAMPAIGN_LANE,
        rules=("campaign.report_to_kill",),
    )  # fmt: skip
    case_id = await cases.open_or_join(tx, signal, now=now)
    await record_action(
        tx, CLOCK, "case.note", Subject(SubjectKind.CASE, case_id), why=Why(_NOTE), now=now, case_id=case_id
    )
    return case_id
