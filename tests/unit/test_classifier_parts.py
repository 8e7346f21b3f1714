"""The small parts of the classifier: pieces of words, curves, operating points, evidence."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.screening.classifier.calibration import Curve
from holdfast.screening.classifier.evidence import JOIN_CHARACTERS, MAX_SPANS, strongest
from holdfast.screening.classifier.heads import HEADS, OUTPUTS
from holdfast.screening.classifier.points import Measured, OperatingPoint, decide
from holdfast.screening.tiers import text as text_module
from holdfast.screening.tiers.text import LONE_CHARACTERS, NOISE_CHARACTERS, NOISE_KEPT, Reader
from holdfast.screening.tiers.wordpiece import (
    BEGIN,
    END,
    OVERLAP_TOKENS,
    SPECIALS,
    UNKNOWN,
    WordPiece,
)

PIECES = WordPiece([*SPECIALS, "un", "##able", "##a", "kill", "##ing", "!", "."])
ids = {piece: at for at, piece in enumerate([*SPECIALS, "un", "##able", "##a", "kill", "##ing", "!", "."])}
NOTHING = Measured(0, 0, 0.0, 1.0)


def test_words_are_cut_into_the_longest_known_pieces() -> None:
    encoded = PIECES.encode("unable killing!", 20)
    assert encoded.ids == [BEGIN, ids["un"], ids["##able"], ids["kill"], ids["##ing"], ids["!"], END]
    assert encoded.spans == [(0, 0), (0, 2), (2, 6), (7, 11), (11, 14), (14, 15), (0, 0)]


def test_a_word_that_cannot_be_cut_is_one_unknown() -> None:
    assert PIECES.encode("unabridged", 20).ids == [BEGIN, UNKNOWN, END]
    assert PIECES.encode("kill" * 100, 20).ids == [BEGIN, UNKNOWN, END]


def test_an_emoji_does_not_hide_the_word_beside_it() -> None:
    assert ids["kill"] in PIECES.encode("\U0001f525kill\U0001f525", 20).ids


@given(st.text(max_size=200), st.integers(8, 40), st.integers(1, 5))
@settings(deadline=None)
def test_windows_cover_the_text_with_an_overlap(text: str, room: int, most: int) -> None:
    whole = PIECES.encode(text, 10_000)
    windows = PIECES.windows(text, room, most)
    assert 1 <= len(windows) <= most
    assert windows[0] == PIECES.encode(text, room)
    inside = max(1, room - 2 - OVERLAP_TOKENS)
    for at, window in enumerate(windows):
        assert len(window.ids) == len(window.spans) <= room
        assert (window.ids[0], window.ids[-1]) == (BEGIN, END)
        begin = 1 + at * inside
        assert window.ids[1:-1] == whole.ids[begin : begin + len(window.ids) - 2]
        assert window.spans[1:-1] == whole.spans[begin : begin + len(window.ids) - 2]
    # Everything was read, or as many windows as there may be.
    assert len(windows) == most or windows[-1].spans[-2:-1] == whole.spans[-2:-1]


def test_a_curve_is_the_logistic_function() -> None:
    assert Curve(weights=[2.0, -1.0], bias=0.5).probability([1.0, 0.5]) == pytest.approx(
        1 / (1 + math.exp(-2.0))
    )
    assert Curve(weights=[1.0], bias=0.0).probability([1e9]) <= 1.0
    assert Curve(weights=[1.0], bias=0.0).probability([-1e9]) >= 0.0
    with pytest.raises(ValueError, match="zip"):
        Curve(weights=[1.0], bias=0.0).probability([1.0, 2.0])


POINT = OperatingPoint(
    flag={"violence": 0.5, "harassment_hate": 0.7},
    hold={"violence": 0.9},
    recall=NOTHING,
    false_positives=NOTHING,
    held_lawful=NOTHING,
)


@pytest.mark.parametrize(
    ("scores", "outcome"),
    [
        ({}, ("allow", None)),
        ({"violence": 0.4999}, ("allow", None)),
        ({"violence": 0.5, "threat_direct": 0.4}, ("flag", "P1")),
        ({"violence": 0.6, "incitement": 0.6}, ("flag", "P1")),
        ({"violence": 0.6, "glorification": 0.6}, ("flag", "P2")),
        ({"violence": 0.95, "glorification": 0.9}, ("hold", "P1")),
        ({"harassment_hate": 0.7}, ("flag", "P3")),
        ({"harassment_hate": 0.99, "violence": 0.4}, ("flag", "P3")),
        ({"threat_direct": 0.99}, ("allow", None)),
    ],
)
def test_probabilities_become_actions_at_the_thresholds(scores, outcome) -> None:
    assert decide(scores, POINT) == outcome


@given(st.lists(st.floats(0, 1), min_size=len(OUTPUTS), max_size=len(OUTPUTS)))
@settings(deadline=None)
def test_the_model_never_refuses_and_never_claims_the_most_urgent_lane(values: list[float]) -> None:
    action, lane = decide(dict(zip(OUTPUTS, values, strict=True)), POINT)
    assert action in ("allow", "flag", "hold")
    assert (lane is None) == (action == "allow")
    assert lane != "P0"
    assert len(HEADS) == 4


def shares(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_evidence_is_what_speaks_most_for_the_hit() -> None:
    spans = [(0, 0), (0, 1), (2, 6), (30, 34), (0, 0)]
    assert strongest(spans, shares(9, 0.1, 5, 0.2, 9)) == [(2, 6)]
    assert strongest(spans, shares(9, -1, -2, -3, 9)) == []
    assert strongest([], shares()) == []


def test_neighbouring_evidence_is_one_stretch() -> None:
    near = 6 + JOIN_CHARACTERS
    assert strongest([(2, 6), (near, near + 3)], shares(1, 1)) == [(2, near + 3)]
    assert strongest([(2, 6), (near + 1, near + 4)], shares(1, 1)) == [(2, 6), (near + 1, near + 4)]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.floats(-5, 5, width=32)), max_size=40))
@settings(deadline=None)
def test_evidence_is_short_ordered_and_apart(tokens: list[tuple[int, int, float]]) -> None:
    at, spans, values = 0, [], []
    for gap, length, value in tokens:
        spans.append((at + gap, at + gap + length))
        values.append(value)
        at += gap + length
    told = strongest(spans, shares(*values))
    assert len(told) <= MAX_SPANS
    assert told == sorted(told)
    assert all(start < end <= at for start, end in told)
    assert all(two[0] - one[1] > JOIN_CHARACTERS for one, two in itertools.pairwise(told))
    assert bool(told) == any(value > 0 for value in values)


@pytest.mark.parametrize(
    "noise", ["." * 300, "! ? . , " * 40, "\U0001f525" * 300, "\n" * 50, "a b c 1 2 " * 40]
)
def test_noise_is_shortened_and_the_way_back_is_kept(noise: str) -> None:
    text = f"peace {noise} with you"
    view = Reader(["peace", "with", "you"]).read(text)
    assert len(view.text) <= len("peace  with you") + NOISE_KEPT + 8
    start = view.text.index("with")
    assert view.span(start, start + 4) == (text.index("with"), text.index("with") + 4)


def test_what_people_write_is_not_noise() -> None:
    for text in (
        "well... no!!!",
        "a b c d e f",
        "\U0001f602\U0001f602\U0001f602 lol",
        "i - a - u",
        "n" * LONE_CHARACTERS,
    ):
        assert Reader([]).read(text).text == text
    assert Reader([]).read("no" + "!" * (NOISE_CHARACTERS - 1)).text == "no" + "!" * (NOISE_CHARACTERS - 1)
    assert Reader([]).read("no" + "!" * NOISE_CHARACTERS).text == "no" + "!" * NOISE_KEPT + " "


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_stretch_of_the_view_leads_back_into_the_text(text: str) -> None:
    view = Reader(["kill", "peace"]).read(text)
    for start in range(0, len(view.text), 7):
        first, last = view.span(start, min(start + 3, len(view.text)))
        assert 0 <= first < last <= len(text)


@given(st.lists(st.sampled_from(["a", "b", "xy", " ", ". ", "! ", " - ", "a ", "b. ", "🔥"]), max_size=250))
@settings(deadline=None, max_examples=60)
def test_the_quicker_look_misses_no_noise(parts: list[str]) -> None:
    text = "".join(parts)
    assert text_module._MAY_BE_NOISE.search(text) or not text_module._NOISE.search(text)
