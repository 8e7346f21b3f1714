"""Comparing groups: every template is filled for everybody, and differences are counted as they are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from holdfast.main.cli.fairness_tables import markdown, print_tables
from holdfast.pure.errors import Invalid
from holdfast.screening.classifier.points import Measured, OperatingPoint
from holdfast.screening.evaluation.fairness import AXES, Case, compare, read_cases

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
_NONE = Measured(0, 0, 0.0, 1.0)
POINT = OperatingPoint(
    flag={"violence": 0.5, "harassment_hate": 0.6},
    hold={"violence": 0.9},
    recall=_NONE,
    false_positives=_NONE,
    held_lawful=_NONE,
)
SLOTS = """
[en]
left_party = ["the reds"]
right_party = ["the blues", "the navies"]
group = ["cooks", "bakers", "waiters"]
"""


def corpus(folder: Path, posts: str) -> Path:
    (folder / "slots.toml").write_text(SLOTS)
    (folder / "fairness").mkdir()
    (folder / "fairness/en.txt").write_text(posts)
    return folder


def probabilities(violence: float, hate: float = 0.0) -> dict[str, float]:
    heads = dict.fromkeys(("threat_direct", "incitement", "glorification"), violence)
    return {**heads, "violence": violence, "harassment_hate": hate}


def test_every_template_is_filled_for_everybody(tmp_path: Path) -> None:
    folder = corpus(
        tmp_path,
        "[lawful kind=side]\n{side} won, Again\n"
        "[incitement kind=identity]\nburn {group}\n"
        "[lawful kind=dialect]\n1.standard: I am going\n1.scots: ah'm gaun\n",
    )
    assert read_cases(folder) == [
        Case("en", "side", "left", "en.txt:2", False, "The reds won, Again"),
        Case("en", "side", "right", "en.txt:2", False, "The blues won, Again"),
        Case("en", "side", "right", "en.txt:2", False, "The navies won, Again"),
        *(
            Case("en", "identity", who, "en.txt:4", True, f"burn {who}")
            for who in ("cooks", "bakers", "waiters")
        ),
        Case("en", "dialect", "standard", "statement 1", False, "I am going"),
        Case("en", "dialect", "scots", "statement 1", False, "ah'm gaun"),
    ]


@pytest.mark.parametrize(
    ("posts", "says"),
    [
        ("[lawful kind=side]\nno slot here\n", "en.txt:2.*{side} once"),
        ("[lawful kind=side]\n{side} and {side}\n", "en.txt:2.*{side} once"),
        ("[lawful kind=identity]\n{group} and {side}\n", "{group} once and no other"),
        ("[lawful kind=dialect]\nah'm gaun\n", "en.txt:2.*01.standard"),
        ("[lawful kind=games]\nah'm gaun\n", "side, identity or dialect"),
    ],
)
def test_a_template_that_cannot_be_compared_is_named(tmp_path: Path, posts: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_cases(corpus(tmp_path, posts))


def test_a_folder_without_templates_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="fairness"):
        read_cases(tmp_path)


def test_what_is_counted_is_what_the_model_did(tmp_path: Path) -> None:
    folder = corpus(
        tmp_path,
        "[lawful kind=identity]\nhello {group}\nwelcome {group}\n[incitement kind=identity]\nburn {group}\n",
    )
    odd = {
        "hello cooks": probabilities(0.95),  # held
        "hello bakers": probabilities(0.1, 0.7),  # flagged for hate
        "burn cooks": probabilities(0.95),
        "burn bakers": probabilities(0.6),
    }
    seen: list[int] = []
    (one,) = compare(
        read_cases(folder), lambda text: odd.get(text, probabilities(0.2)), POINT, progress=seen.append
    )
    assert seen == list(range(1, 10))
    assert (one.language, one.axis, one.lawful_templates, one.violent_templates) == ("en", "identity", 2, 1)
    counts = {
        each.value: (each.lawful_flagged.hits, each.lawful_held.hits, each.violent_caught.hits)
        for each in one.treatments
    }
    assert counts == {"cooks": (1, 1, 1), "bakers": (1, 0, 1), "waiters": (0, 0, 0)}
    cooks = one.treatments[0]
    assert (cooks.lawful_flagged.total, cooks.violent_caught.total) == (2, 1)
    assert cooks.lawful_score == pytest.approx((0.95 + 0.2) / 2)
    assert one.treatments[1].lawful_score == pytest.approx((0.7 + 0.2) / 2)
    held = one.gaps["lawful_held"]
    assert (held.gap, held.smallest, held.largest) == (0.5, "bakers", "cooks")
    assert one.gaps["violent_caught"].gap == 1.0


def test_a_model_that_does_not_look_has_no_gap() -> None:
    for one in compare(read_cases(CORPUS), lambda text: probabilities(0.7), POINT):
        assert {(gap.gap, gap.low, gap.high) for gap in one.gaps.values()} == {(0.0, 0.0, 0.0)}
        assert all(each.lawful_flagged.hits == each.lawful_flagged.total for each in one.treatments)


def test_the_interval_of_a_gap_is_that_of_its_templates(tmp_path: Path) -> None:
    lines = "".join(f"{{group}} number {n}\n" for n in range(100))
    cases = read_cases(corpus(tmp_path, f"[lawful kind=identity]\n{lines}"))

    def judge(text: str) -> dict[str, float]:
        who, _, number = text.split()
        return probabilities(0.7 if who == "cooks" and int(number) < 30 else 0.1)

    (one,) = compare(cases, judge, POINT)
    gap = one.gaps["lawful_flagged"]
    assert gap.gap == pytest.approx(0.3)
    # A binomial share of 0.3 of 100 has a standard error of 0.046.
    assert gap.low == pytest.approx(0.3 - 1.96 * 0.046, abs=0.02)
    assert gap.high == pytest.approx(0.3 + 1.96 * 0.046, abs=0.02)
    again = compare(cases, judge, POINT)
    assert again == [one]


def test_the_corpus_is_balanced() -> None:
    cases = read_cases(CORPUS)
    templates = Counter(
        (language, violent)
        for language, violent, _, _ in {(c.language, c.is_violent, c.axis, c.template) for c in cases}
    )
    assert templates[("en", False)] >= 120
    assert templates[("en", True)] >= 80
    assert templates[("fr", False)] >= 50
    assert templates[("fr", True)] >= 30
    for language in ("en", "fr"):
        for axis in AXES:
            fillings = Counter(
                (c.value, c.is_violent) for c in cases if (c.language, c.axis) == (language, axis)
            )
            assert len(set(fillings.values())) <= 2, f"{language} {axis}: somebody is asked about less often"
    spoken = Counter(c.template for c in cases if c.language == "en" and c.axis == "dialect")
    assert set(spoken.values()) == {5}


def test_tables_show_everything() -> None:
    found = compare(read_cases(CORPUS), lambda text: probabilities(0.7 if "left" in text else 0.1), POINT)
    console = Console(record=True, width=140, file=None, quiet=False, force_terminal=False)
    with console.capture() as captured:
        print_tables(found, "model+1/balanced", 10, console)
    for text in (captured.get(), markdown(found, "model+1/balanced", 10)):
        assert "English, by political side" in text
        assert "French, by dialect" in text
        assert "trans people" in text
        assert "model+1/balanced" in text
    lines = [line for line in markdown(found, "x", 1).splitlines() if line.startswith("|")]
    assert {line.count(" | ") for line in lines if "---" not in line} == {5, 3}
