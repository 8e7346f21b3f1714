"""Rule files: one broken part never disables another, and every problem is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.pure.normalisation import canonical
from holdfast.screening import Content, Screen, load_screen
from holdfast.screening.rules.banks import hash_key

GOOD = """
name = "town"
version = 3
[banks.fruit]
kind = "words"
entries = ["quince"]
human_made_by = "Ada"
[[rules]]
id = "fruit"
title = "Fruit"
lane = "P3"
action = "flag"
stage = "live"
when = 'bank("fruit")'
"""


def screen(tmp_path: Path, source: str) -> Screen:
    path = tmp_path / "rules.toml"
    path.write_text(source, encoding="utf-8")
    return load_screen(path, model=None)


def test_a_file_of_ones_own_takes_the_place_of_the_default(tmp_path: Path) -> None:
    own = screen(tmp_path, GOOD)
    assert own.problems == ()
    assert own.version.startswith("town@3+")
    assert own.assess(Content(text="A QUINCE!")).rules == ["fruit"]
    assert own.assess(Content(text="I will kill you")).action == "allow"
    assert own.version != screen(tmp_path, GOOD + "# changed\n").version


def test_extends_keeps_the_default_rules(tmp_path: Path) -> None:
    own = screen(tmp_path, 'extends = "default"\n' + GOOD)
    assert own.assess(Content(text="quince")).action == "flag"
    assert own.assess(Content(text="I will kill you")).action == "hold"


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ('[banks.bad]\nkind = "regex"\nentries = ["(", "(?=x)y"]\n', "banks.bad"),
        ('[banks.bad]\nkind = "regex"\nentries = ["x*"]\n', "banks.bad"),
        ('[banks.bad]\nkind = "phrases"\nentries = ["{nowhere} x"]\n', "banks.bad"),
        ('[banks.bad]\nkind = "phrases"\nentries = ["a (b"]\n', "banks.bad"),
        ('[banks.bad]\nkind = "hash"\nentries = ["xyz"]\n', "banks.bad"),
        ('[banks.bad]\nkind = "melody"\nentries = []\n', "banks.bad"),
        ('[[rules]]\nid = "bad"\n', "rule bad"),
        (
            '[[rules]]\nid="bad"\ntitle="x"\nlane="P3"\naction="flag"\nstage="live"\nwhen=\'bank("gone")\'\n',
            "rule bad",
        ),
        (
            '[[rules]]\nid="bad"\ntitle="x"\nlane="P3"\naction="flag"\nstage="live"\nwhen="eval(1)"\n',
            "rule bad",
        ),
        (
            '[[rules]]\nid="fruit"\ntitle="x"\nlane="P3"\naction="flag"\nstage="live"\nwhen=\'bank("fruit")\'\n',
            "rule fruit",
        ),
    ],
)
def test_one_broken_part_is_named_and_the_rest_works(tmp_path: Path, broken: str, where: str) -> None:
    own = screen(tmp_path, GOOD + broken)
    assert own.problems
    assert all(problem.where.startswith(where) for problem in own.problems)
    assert own.assess(Content(text="quince")).rules == ["fruit"]


def test_a_broken_entry_leaves_the_other_entries_of_its_bank(tmp_path: Path) -> None:
    source = GOOD.replace(
        'kind = "words"\nentries = ["quince"]', 'kind = "regex"\nentries = ["(", "q[uv]ince"]'
    )
    own = screen(tmp_path, source)
    assert [problem.where for problem in own.problems] == ["banks.fruit entry 1"]
    assert own.assess(Content(text="qvince")).action == "flag"


@pytest.mark.parametrize("source", ["name = ", "\x00", 'name = "x"\n' * 2])
def test_an_unreadable_file_means_the_default_rules(tmp_path: Path, source: str) -> None:
    own = screen(tmp_path, source)
    assert own.problems
    assert own.assess(Content(text="I will kill you")).action == "hold"


def test_a_missing_file_means_the_default_rules(tmp_path: Path) -> None:
    own = load_screen(tmp_path / "none.toml")
    assert own.problems
    assert own.assess(Content(text="I will kill you")).action == "hold"


def test_refuse_needs_a_bank_that_a_person_made(tmp_path: Path) -> None:
    refusing = GOOD.replace('action = "flag"', 'action = "refuse"\nreason = "No fruit here."')
    verdict = screen(tmp_path, refusing).assess(Content(text="quince"))
    assert (verdict.action, verdict.reason) == ("refuse", "No fruit here.")
    own = screen(tmp_path, refusing.replace('human_made_by = "Ada"\n', ""))
    assert own.assess(Content(text="quince")).action == "hold"
    assert [problem.where for problem in own.problems] == ["rule fruit"]


def test_stages_decide_what_counts(tmp_path: Path) -> None:
    shadow = screen(tmp_path, GOOD.replace('"live"', '"shadow"')).assess(Content(text="quince"))
    assert (shadow.action, shadow.rules, shadow.shadow_rules) == ("allow", [], ["fruit"])
    for stage in ("draft", "retired"):
        assert (
            screen(tmp_path, GOOD.replace('"live"', f'"{stage}"')).assess(Content(text="quince")).rules == []
        )


def test_url_and_hash_banks(tmp_path: Path) -> None:
    key = hash_key(canonical("Buy my Quince now"))
    for kind, entry in (("url", "bad.example"), ("url", "https://bad.example/a"), ("hash", key)):
        source = GOOD.replace(
            'kind = "words"\nentries = ["quince"]', f'kind = "{kind}"\nentries = ["{entry}"]'
        )
        own = screen(tmp_path, source)
        hit = "buy  my QUINCE now" if kind == "hash" else "see https://www.bad.example/a/b?c"
        assert own.assess(Content(text=hit)).action == "flag"
        assert own.assess(Content(text="see https://notbad.example/a")).action == "allow"


def test_scopes_of_negative_banks(tmp_path: Path) -> None:
    for scope, lawful, unlawful in (
        ("before", "no quince", "quince no"),
        ("sentence", "quince is a no", "quince. no"),
        ("text", "no. A quince", "a quince"),
        ("overlap", "quince jam", "jam quince"),
    ):
        entries = '["quince jam"]' if scope == "overlap" else '["no"]'
        negative = (
            f'[banks.negative]\nkind = "phrases"\nnegative = true\nscope = "{scope}"\nentries = {entries}\n'
        )
        own = screen(tmp_path, GOOD.replace("[[rules]]", negative + "[[rules]]") + 'unless = ["negative"]\n')
        assert own.problems == ()
        assert own.assess(Content(text=lawful)).action == "allow", scope
        assert own.assess(Content(text=unlawful)).action == "flag", scope


def test_features_and_combinations(tmp_path: Path) -> None:
    when = "when = 'bank(\"fruit\") && author.age_days <= 2'"
    own = screen(tmp_path, GOOD.replace("when = 'bank(\"fruit\")'", when))
    assert own.problems == ()
    assert own.assess(Content(text="quince", author_age_days=1)).action == "flag"
    assert own.assess(Content(text="quince", author_age_days=9)).action == "allow"
    assert own.assess(Content(text="quince")).action == "allow"
    own = screen(tmp_path, GOOD.replace("when = 'bank(\"fruit\")'", "when = 'mentions.count >= 20'"))
    assert own.assess(Content(text="hi", mention_count=20)).action == "flag"
    assert own.assess(Content(text="quince")).action == "allow"


def test_an_old_table_condition_says_what_to_write(tmp_path: Path) -> None:
    own = screen(tmp_path, GOOD + '[[rules]]\nid = "old"\nwhen = { bank = "fruit" }\n')
    assert [problem.where for problem in own.problems] == ["rule old"]
    assert "when = 'bank(" in own.problems[0].what


def test_a_model_alone_cannot_refuse(tmp_path: Path) -> None:
    for when in ('score("incitement") > 0.9', 'score("incitement") > 0.9 || bank("fruit")', '!bank("fruit")'):
        source = GOOD.replace('action = "flag"', 'action = "refuse"').replace(
            "when = 'bank(\"fruit\")'", f"when = '{when}'"
        )
        own = screen(tmp_path, source)
        assert [rule.action for rule in own.rules.rules] == ["hold"] if own.rules else False
        assert "it holds instead" in own.problems[0].what


def test_costs_are_bounded_when_a_rule_is_loaded(tmp_path: Path) -> None:
    many = " || ".join(['near("fruit", "fruit", "fruit", "fruit", "fruit", "fruit", "fruit", "fruit")'] * 12)
    own = screen(tmp_path, GOOD + GOOD_RULE.format(id="dear", when=many))
    assert [problem.where for problem in own.problems] == ["rule dear"]
    assert "more than 1000" in own.problems[0].what
    assert own.assess(Content(text="quince")).rules == ["fruit"]


GOOD_RULE = """
[[rules]]
id = "{id}"
title = "x"
lane = "P3"
action = "flag"
stage = "live"
when = '{when}'
"""
