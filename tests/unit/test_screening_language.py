"""The language of conditions: what it says, what it refuses, and that it always ends with an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.screening import Content, Judge, Opinion, RuleEngine, Screen, load_rules
from holdfast.screening.lifecycle.stages import Standing
from holdfast.screening.rules import limits
from holdfast.screening.rules.conditions import Check, read_condition
from holdfast.screening.rules.evaluation import (
    banks_of,
    cost_of,
    deciding_banks,
    denies_a_bank,
    gate,
    needs_a_hit,
    uses_scores,
)
from holdfast.screening.rules.facts import FACTS, Facts
from holdfast.screening.rules.grammar import ConditionError

CONTENT = Content(
    text="twelve chars",
    language="fr",
    link_urls=("https://a.example", "https://b.example"),
    author_age_days=3.5,
    author_labels=frozenset({"known_spammer"}),
    link_labels=frozenset({"shortener"}),
    mention_count=4,
)
FACTS_NOW = Facts(CONTENT, {"incitement": 0.5}, {"journalist": 0.9})


def holds(source: str) -> bool:
    """The answer of a condition that names no bank."""
    condition = read_condition(source)
    may = gate(condition)
    assert may is not None, "a condition without banks is decided by facts alone"
    return may(FACTS_NOW)


@pytest.mark.parametrize(
    "source",
    [
        "text.length == 12",
        "author.age_days < 7 && links.count >= 2",
        "links.count > 2 || mentions.count > 3",
        "!(links.count > 2)",
        "links.count + mentions.count == 6",
        "mentions.count - links.count > 1",
        "-links.count < -1",
        'text.language in ["en", "fr"]',
        "links.count in [1, 2, 3]",
        "post.is_reply == false",
        "!post.is_reply",
        'score("incitement") > 0.4',
        'target("journalist") >= 0.9',
        'label("author", "known_spammer")',
        'label("domain", "shortener") == true',
        'label("author", "trusted") == false',
        "known(author.age_days) && !known(author.post_count)",
        "true || false && false",
        "(true || true) && !false",
        "\n  text.length\n ==\t12 ",
        "text.language == 'fr'",
    ],
)
def test_what_holds(source: str) -> None:
    assert holds(source)
    assert not holds(f"!({source})")


@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
def test_an_unknown_fact_satisfies_no_comparison(sign: str) -> None:
    assert not holds(f"author.post_count {sign} 3")
    assert not holds(f'score("glorification") {sign} 0.5')
    assert not holds(f"author.post_count + 1 {sign} 3")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "expected a value"),
        ("author.age < 3", "there is no fact 'author.age'"),
        ("author.age_days", "a condition is needed where a number stands"),
        ("text.language", "a condition is needed where a text stands"),
        ('author.age_days < "7"', "compares a number with a text"),
        ('text.language < "fr"', "needs numbers"),
        ('text.language + "x" == "frx"', "needs numbers"),
        ('text.language in ["en", 3]', "must hold what stands before it"),
        ("links.count in []", "the list is empty"),
        ("links.count in 3", "expected a list"),
        ('bank("x") > 3', "compared with true and false only"),
        ('bank("x") == bank("y")', "compared with true and false only"),
        ("bank(x)", "takes 1 texts in quotation marks"),
        ('near("x")', "takes 2 to 8 texts"),
        ('score("joy") > 0.5', "score() knows no 'joy'"),
        ('target("king") > 0.5', "target() knows no 'king'"),
        ('label("moon", "x")', "label() knows no 'moon'"),
        ('open("x")', "there is no function open()"),
        ("known(3)", "takes one fact"),
        ("1 < 2 < 3", "comparisons do not chain"),
        ("1 <", "expected a value"),
        ("(1 < 2", "expected )"),
        ("1 < 2 3", "expected && or ||"),
        ('bank("x', "cannot be read"),
        ("links.count ; 3", "cannot be read"),
        ("__import__", "there is no fact"),
        ("1e9 > 3", "cannot be read"),
        ("!" * 40 + "true", "levels"),
        ("(" * 40 + "true" + ")" * 40, "levels"),
        (" || ".join(["true"] * 200), "parts"),
        ("true" + " " * limits.MAX_CONDITION_CHARACTERS, "characters"),
    ],
)
def test_what_is_refused_and_why(source: str, says: str) -> None:
    with pytest.raises(ConditionError) as caught:
        read_condition(source)
    assert says in str(caught.value)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["bank", "(", ")", '"x"', "&&", "||", "!", "==", "<", "in", "[", "]", ",", "3", "true", *FACTS, "score", "-"]
        ),
        max_size=30,
    ).map(" ".join)
    | st.text(max_size=60)
)  # fmt: skip
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        condition = read_condition(source)
    except ConditionError:
        return
    assert cost_of(condition) >= 0
    may = gate(condition)
    if may is not None:
        assert may(FACTS_NOW) in (True, False)


def test_what_is_known_of_a_condition_beforehand() -> None:
    both = read_condition('author.age_days < 7 && (bank("a") || near("b", "c")) && !bank("d")')
    assert banks_of(both) == {"a", "b", "c", "d"}
    assert deciding_banks(both) == {"a", "b"}
    assert needs_a_hit(both)
    assert denies_a_bank(both)
    assert not uses_scores(both)
    assert uses_scores(read_condition('!(score("incitement") > 0.5) || bank("a")'))
    assert not needs_a_hit(read_condition('bank("a") || links.count > 2'))
    assert isinstance(read_condition("!true == false && true").parts[0], Check)  # type: ignore[union-attr]


def test_facts_alone_rule_a_condition_out_where_they_can() -> None:
    for source, possible in (
        ('bank("a") && links.count > 9', False),
        ('bank("a") && links.count > 1', True),
        ('!bank("a") && links.count > 9', False),
        ('!(bank("a") || links.count > 1)', False),
        ("!(links.count > 9)", True),
    ):
        may = gate(read_condition(source))
        assert may is not None
        assert may(FACTS_NOW) is possible, source
    assert gate(read_condition('bank("a") || links.count > 9')) is None
    assert gate(read_condition('!bank("a")')) is None


RULES = """
name = "town"
version = 1
[banks.fruit]
kind = "words"
entries = ["quince"]
[banks.veg]
kind = "words"
entries = ["turnip"]
"""


def rule(when: str, more: str = "", rule_id: str = "r", stage: str = "live") -> str:
    return (
        f'[[rules]]\nid = "{rule_id}"\ntitle = "x"\nlane = "P3"\naction = "flag"\nstage = "{stage}"\n'
        f"when = '''{when}'''\n{more}\n"
    )


def engine(tmp_path: Path, *rules: str, standings: dict[str, Standing] | None = None) -> RuleEngine:
    path = tmp_path / "rules.toml"
    path.write_text(RULES + "".join(rules))
    loaded = load_rules(path)
    assert loaded.problems == ()
    return RuleEngine(loaded, standings)


def test_a_denied_bank_is_looked_for_in_every_view(tmp_path: Path) -> None:
    screen = Screen([engine(tmp_path, rule('bank("fruit") && !bank("veg")'))])
    assert screen.assess(Content(text="a quince")).rules == ["r"]
    assert screen.assess(Content(text="a quince and a turnip")).rules == []
    assert screen.assess(Content(text="a quince and t u r n i p")).rules == []
    assert screen.assess(Content(text="quince " + "far " * 9_000 + "turnip")).rules == []


class _Model:
    version = "model@1"
    may_refuse = False

    def judge(self, content: Content) -> Opinion:
        return Opinion(scores={"incitement": 0.8}, targets={"journalist": 0.7})


def test_rules_hear_the_model_wherever_they_stand(tmp_path: Path) -> None:
    when = 'score("incitement") > 0.4 && target("journalist") > 0.5'
    rules = engine(tmp_path, rule(when), rule('bank("fruit") && score("incitement") > 0.9', rule_id="s"))
    orders: tuple[list[Judge], ...] = ([rules, _Model()], [_Model(), rules])
    for judges in orders:
        assert Screen(judges).assess(Content(text="quince")).rules == ["r"]
    assert Screen([rules]).assess(Content(text="quince")).rules == []


def test_a_rule_that_breaks_is_noted_and_stops_no_other(tmp_path: Path) -> None:
    rules = engine(tmp_path, rule('bank("fruit")'), rule('author.age_days < 7 || bank("fruit")', rule_id="s"))
    verdict = Screen([rules]).assess(Content(text="quince", author_age_days="young"))  # type: ignore[arg-type]
    assert (verdict.action, verdict.rules) == ("flag", ["r", "note.rule_failed"])
    posts, did = rules.statistics.drain()
    assert (posts, did["s"].errors, did["s"].hits, did["r"].hits) == (1, 1, 0, 1)


class _Counters:
    """The throttle port in memory, with one endless window."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str, int], int] = {}

    def is_within(self, group: str, key: str, *, at_most: int, per_seconds: int, count: int) -> bool:
        where = (group, key, per_seconds)
        self.counts[where] = self.counts.get(where, 0) + count
        return self.counts[where] <= at_most


THROTTLE = 'throttle = { group = "g", by = "author", at_most = 2, per = "1h" }'


def test_a_throttled_rule_counts_beyond_its_limit_only(tmp_path: Path) -> None:
    rules = engine(
        tmp_path,
        rule('bank("fruit")', THROTTLE),
        rule('bank("fruit")', THROTTLE.replace("2", "3"), "s"),
        rule('bank("fruit")', THROTTLE, "trial", "shadow"),
    )
    screen = Screen([rules])
    ours = Content(text="quince q u i n c e", author_id=1)
    assert screen.assess(ours).action == "allow", "without the port it never counts"
    rules.throttles = _Counters()
    said = [screen.assess(ours) for _ in range(4)]
    assert [one.rules for one in said] == [[], [], ["r"], ["r", "s"]]
    assert [one.shadow_rules for one in said] == [[], [], ["trial"], ["trial"]]
    assert screen.assess(Content(text="quince", author_id=2)).rules == []
    assert screen.assess(Content(text="quince")).rules == [], "an unknown author is not counted"


@pytest.mark.parametrize("bad", ['per = "1y"', 'per = "1s"', 'per = "8d"', 'group = "G!"', "at_most = -1"])
def test_a_throttle_that_cannot_be_used_says_so(tmp_path: Path, bad: str) -> None:
    parts = {"group": '"g"', "at_most": "2", "per": '"1h"'} | dict([bad.split(" = ")])
    table = ", ".join(f"{name} = {value}" for name, value in parts.items())
    path = tmp_path / "rules.toml"
    path.write_text(
        RULES + rule('bank("fruit")', f"throttle = {{ {table} }}") + rule('bank("veg")', rule_id="s")
    )
    loaded = load_rules(path)
    assert [one.where for one in loaded.problems] == ["rule r"]
    assert [one.source.id for one in loaded.rules] == ["s"]
