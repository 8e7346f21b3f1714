"""Forms of notices: every word is there in every language, and what is wrong is told all at once."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import holdfast.edge.notice_forms as forms
from holdfast.edge.notice_forms import KINDS, LANGUAGES, FieldLimits, Filled, Kind, read_fields, words_in
from holdfast.pure.deadlines import shipped_presets
from holdfast.pure.errors import Invalid
from holdfast.pure.notices import ItemOutcome, NoticeState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIMITS = FieldLimits(characters=5000, items=50)
EN = words_in("en")
VALUES = {
    "addresses": "https://town.example/@ann/1", "email": "ann@example.org", "phone": "+33 1 23 45", "country": "fr",
    "moment": "2026-12-01T10:00", "tick": "1", "line": "Ann", "text": "It says so.",
}  # fmt: skip


def filled_in(kind: Kind) -> dict[str, str]:
    return {one.name: kind.presets[0] if one.shape == "choice" else VALUES[one.shape] for one in kind.fields}


def read(kind: Kind, given: dict[str, str], language: str = "en") -> Filled:
    return read_fields(kind, given, words_in(language), LIMITS, own_hosts=("town.example",), now=NOW)


def problems(kind: Kind, given: dict[str, str], language: str = "en") -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        read(kind, given, language)
    return {name: parts[0][1] for name, parts in caught.value.details.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_field_and_preset_has_words(language: str) -> None:
    words = words_in(language)
    for kind in KINDS.values():
        assert words(f"kinds/{kind.name}/title")
        for one in kind.fields:
            assert words.of_field(kind.name, one.name, "label"), (kind.name, one.name)
        if kind.field("preset"):
            assert all(words.find(f"presets/{preset}") for preset in kind.presets)
    for state in NoticeState:
        assert words(f"states/{state.value}")
    for outcome in [*(one.value for one in ItemOutcome), "open", "elsewhere"]:
        assert words(f"outcomes/{outcome}")
    for preset in shipped_presets().presets.values():
        for clock in preset.clock:
            assert words.find(f"clocks/{clock.name}"), clock.name


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    def flat(table: dict[str, object], path: str = "") -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in table.items():
            found |= (
                flat(value, f"{path}/{key}") if isinstance(value, dict) else {f"{path}/{key}": str(value)}
            )
        return found

    folder = Path(forms.__file__).parent
    english, french = (flat(tomllib.loads((folder / f"{one}.toml").read_text())) for one in ("en", "fr"))
    assert english.keys() == french.keys()
    for path, text in english.items():
        if path != "/clocks/no_figure":  # the law is quoted in English only
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", french[path])), path


def test_every_preset_of_a_form_is_one_that_has_clocks() -> None:
    known = shipped_presets().presets
    assert all(preset in known for kind in KINDS.values() for preset in kind.presets)


@pytest.mark.parametrize("name", KINDS)
def test_a_form_that_is_filled_in_has_all_that_the_law_asks_for(name: str) -> None:
    kind = KINDS[name]
    found = read(kind, filled_in(kind))
    assert found.preset == kind.presets[0]
    assert [one.as_given for one in found.addresses.items] == (
        ["https://town.example/@ann/1"] if kind.field("addresses") else []
    )


@pytest.mark.parametrize("name", KINDS)
def test_each_field_that_is_needed_is_missed_and_all_at_once(name: str) -> None:
    kind = KINDS[name]
    assert set(problems(kind, {})) == {one.name for one in kind.fields if one.required}


def test_who_reports_abuse_of_children_need_not_say_who_they_are() -> None:
    kind = KINDS["content"]
    given = {**filled_in(kind), "name": "", "email": "", "about_children": "1"}
    assert read(kind, given).text("email") == ""
    assert set(problems(kind, {**given, "about_children": ""})) == {"name", "email"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "nobody"), ("email", "a@b.example\r\nBcc: x@y.example"), ("addresses", "no address here"),
        ("addresses", "\n".join(f"https://town.example/@a/{n}" for n in range(51))), ("explanation", "x" * 5001),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_said_at_its_field(name: str, value: str, language: str) -> None:
    kind = KINDS["content"]
    assert set(problems(kind, {**filled_in(kind), name: value}, language)) == {name}


@pytest.mark.parametrize("value", ["tomorrow", "2020-01-01T00:00", "2026-11-24T11:59"])
def test_a_deadline_must_be_a_moment_to_come(value: str) -> None:
    kind = KINDS["provider"]
    assert set(problems(kind, {**filled_in(kind), "deadline": value})) == {"deadline"}


def test_a_deadline_with_a_zone_is_read_in_it() -> None:
    kind = KINDS["provider"]
    found = read(kind, {**filled_in(kind), "deadline": "2026-12-01T10:00+02:00"})
    assert found.moments["deadline"] == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_each_line_is_an_address_of_its_own_with_and_without_its_scheme() -> None:
    kind = KINDS["content"]
    lines = "town.example/@ann/1\nhttps://town.example/@ann/23456789012345678901234567890123456789\nhttps://town.example/@ann/3"
    found = read(kind, {**filled_in(kind), "addresses": lines}).addresses
    assert [one.readings[0].rsplit("/", 1)[1][:3] for one in found.items] == ["1", "234", "3"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(KINDS)),
    st.dictionaries(
        st.sampled_from(
            ["email", "phone", "deadline", "addresses", "explanation", "preset", "country", "name"]
        ),
        st.text(max_size=80),
    ),
)
def test_nothing_that_is_typed_is_more_than_wrong(name: str, typed: dict[str, str]) -> None:
    try:
        found = read(KINDS[name], {**filled_in(KINDS[name]), **typed})
    except Invalid:
        return
    assert all("\n" not in found.text(one) for one in ("email", "name", "reference"))
