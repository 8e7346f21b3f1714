"""Counting leaves: in steps as at once, whatever leaves say; buckets, small cells, the schema of statements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.evidence import Leaf, Related, Relation
from holdfast.pure.transparency import (
    BOUNDS,
    Tally,
    add,
    bucket_of,
    csv_of,
    dsa_rows,
    figures_of,
    quantile,
    rows_of,
)
from holdfast.trust.statements import Automation
from holdfast.trust.transparency import problems_of

START = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KINDS = (
    "report.received", "case.opened", "decision", "decision.reversed", "action.taken", "sor.sent", "appeal.opened",
    "appeal.decided", "quality.look", "rule.stage", "breaker", "backlog.sample", "notice.received", "referral",
    "disclosure", "census", "of.tomorrow",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["P0", "P3", "withdraw.strike", "harassment@1", "overturned", "screening", ""]), st.integers(0, 9),
    st.booleans(), st.none(), st.dictionaries(st.sampled_from(["P0", "P4"]), st.one_of(st.integers(0, 99), st.none())),
)  # fmt: skip
FIELDS = (
    "lane",
    "source",
    "action",
    "policy",
    "outcome",
    "agreed",
    "open",
    "oldest_seconds",
    "stage",
    "error",
    "to",
)


def record_id(at: datetime, number: int) -> str:
    """A ULID of that time."""
    value, text = (int(at.timestamp() * 1000) << 80) + number, ""
    for _ in range(26):
        value, rest = divmod(value, 32)
        text = _LETTERS[rest] + text
    return text


def leaf(kind: str, number: int, after: timedelta = timedelta(), *about: Leaf, **public: Any) -> Leaf:
    at = START + after
    related = tuple(Related(Relation.ABOUT, one.record_id) for one in about)
    return Leaf(at, kind, record_id(at, number), public=public, related=related)


def tally_of(*leaves: Leaf) -> Tally:
    tally = Tally()
    for one in leaves:
        add(tally, one)
    return tally


@st.composite
def logs(draw: st.DrawFn) -> list[Leaf]:
    made: list[Leaf] = []
    for number in range(draw(st.integers(1, 25))):
        about: list[Leaf] = draw(st.lists(st.sampled_from(made), max_size=1)) if made else []
        public = draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=5))
        made.append(
            leaf(
                draw(st.sampled_from(KINDS)),
                number,
                timedelta(hours=draw(st.integers(0, 9000))),
                *about,
                **public,
            )
        )
    return made


@given(logs(), st.integers(0, 25))
def test_any_leaves_are_counted_the_same_in_steps_and_at_once(leaves: list[Leaf], cut: int) -> None:
    kept = msgspec.msgpack.encode(tally_of(*leaves[:cut]))
    tally = msgspec.msgpack.decode(kept, type=Tally)
    for one in leaves[cut:]:
        add(tally, one)
    assert tally == tally_of(*leaves)
    figures = figures_of(tally)
    assert figures.records == len(leaves)
    assert all(0 <= row.share.low <= row.share.high <= 1 for row in figures.decisions.reversed_by_policy)
    assert msgspec.json.decode(msgspec.json.encode(figures)) == msgspec.to_builtins(figures)
    assert all(len(row) == 4 for row in rows_of(figures))
    assert all(len(row) == 6 for row in dsa_rows(figures, service="town.example"))


@given(st.integers(0, 40_000_000))
def test_a_bucket_is_at_most_a_fifth_too_long(seconds: int) -> None:
    bound = BOUNDS[bucket_of(seconds)]
    assert bound == BOUNDS[-1] or seconds <= bound <= max(seconds * 1.2, seconds + 1)


def test_the_time_to_act_is_from_the_case_to_its_first_decision() -> None:
    leaves = []
    for number in range(5):
        case = leaf("case.opened", number, lane="P1", source="report")
        first = leaf("decision", 10 + number, timedelta(seconds=60), case, lane="P1", outcome="violation")
        leaves += [
            case,
            first,
            leaf("decision", 20 + number, timedelta(hours=9), case, lane="P1", outcome="none"),
        ]
    (lane,) = figures_of(tally_of(*leaves)).time_to_act
    assert (lane.name, lane.count) == ("P1", 5)
    assert lane.median_seconds == lane.p95_seconds == BOUNDS[bucket_of(60)]


def test_fewer_than_five_times_have_no_quantile() -> None:
    case = leaf("case.opened", 1, lane="P1", source="report")
    decided = leaf("decision", 2, timedelta(seconds=5), case, lane="P1")
    (lane,) = figures_of(tally_of(case, decided)).time_to_act
    assert (lane.count, lane.median_seconds) == (1, None)
    assert quantile({}, 500) is None


def test_a_reversal_counts_in_the_month_of_its_decision() -> None:
    decided = leaf("decision", 1, policy="spam@1", outcome="violation")
    undone = leaf("decision.reversed", 2, timedelta(days=20), decided, policy="spam@1")
    tally = tally_of(decided, undone)
    assert figures_of(tally, since="2026-03", until="2026-03").decisions.reversed.count == 1
    assert figures_of(tally, since="2026-04", until="2026-04").decisions.reversed.count == 0


def test_policies_with_few_decisions_are_one_row() -> None:
    many = [leaf("decision", number, policy="spam@1", outcome="violation") for number in range(6)]
    few = [
        leaf("decision", 9, policy="self-harm@1", outcome="violation"),
        leaf("decision", 10, policy="terror@2"),
    ]
    figures = figures_of(tally_of(*many, *few))
    assert figures.decisions.by_policy == {"spam@1": 6, "other": 2}
    assert "self-harm" not in msgspec.json.encode(figures).decode()


def test_no_cell_is_a_formula() -> None:
    assert "'=1+1" in csv_of(("a",), [("=1+1",)])


def statement(**changed: Any) -> dict[str, Any]:
    row = {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"], "decision_facts": "A post was decided about.",
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT", "incompatible_content_ground": "Rule 1",
        "incompatible_content_explanation": "It insults.", "content_type": ["CONTENT_TYPE_TEXT"],
        "category": "STATEMENT_CATEGORY_VIOLENCE", "content_date": "2026-03-01", "application_date": "2026-03-02",
        "source_type": "SOURCE_VOLUNTARY", "automated_detection": "No",
        "automated_decision": Automation.NOT.value, "puid": "01ABC",
    }  # fmt: skip
    return {name: value for name, value in (row | changed).items() if value is not None}


def test_a_statement_is_held_against_the_schema() -> None:
    assert problems_of(statement()) == []
    wrong: list[dict[str, Any]] = [
        {"category": "STATEMENT_CATEGORY_GOSSIP"}, {"puid": None}, {"puid": "a b"}, {"decision_facts": "x" * 5001},
        {"incompatible_content_ground": None}, {"decision_visibility": None}, {"account_name": "mia"},
        {"content_date": "2026-02-30"}, {"content_type": []}, {"decision_visibility": ["DECISION_VISIBILITY_OTHER"]},
        {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"}, {"content_language": "eng"},
    ]  # fmt: skip
    for changed in wrong:
        assert problems_of(statement(**changed)), changed


def test_a_statement_with_somebody_in_it_is_refused() -> None:
    for words in ("It was @mia.", "Write to mia@town.example.", "See https://town.example/@mia/1"):
        assert problems_of(statement(decision_facts=words))
