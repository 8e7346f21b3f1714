"""The pure half of an import: ids, names, texts."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.imports import ImportedPost
from holdfast.pure.names import reserved_username, valid_username
from holdfast.screening import load_screen
from holdfast.social.imports import Incoming, prepare_posts, unfolded
from holdfast.social.imports.model import (
    composed_text,
    hash_bits,
    next_post_id,
    person_of,
    post_id_at,
    username_candidates,
)

MOMENT = datetime(2020, 8, 4, 23, 38, 2, tzinfo=UTC)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)), st.text()
)
def test_an_id_is_the_same_on_every_run_and_lies_in_the_second_of_its_post(
    at: datetime, source_id: str
) -> None:
    first = post_id_at(at, hash_bits("site", source_id))
    assert first == post_id_at(at, hash_bits("site", source_id))
    milliseconds = first >> 21
    assert int(at.replace(microsecond=0).timestamp()) == milliseconds // 1000
    assert 0 < first < 1 << 63


def test_posts_of_one_second_are_spread_over_it() -> None:
    milliseconds = {(post_id_at(MOMENT, hash_bits("site", str(n))) >> 21) % 1000 for n in range(5000)}
    assert len(milliseconds) > 950


def test_ids_of_two_sites_differ_for_the_same_row() -> None:
    assert hash_bits("one", "7") != hash_bits("two", "7")


@given(st.integers(0, (1 << 63) - 1))
def test_the_next_id_stays_in_the_millisecond_and_goes_round(post_id: int) -> None:
    assert next_post_id(post_id) >> 21 == post_id >> 21
    assert next_post_id(post_id) != post_id


@given(st.text(max_size=80), st.text(min_size=1, max_size=20))
def test_every_candidate_is_a_name_that_may_be_given(name: str, key: str) -> None:
    candidates = list(islice(username_candidates(name, key), 20))
    assert len(candidates) >= 3
    for candidate in candidates:
        assert valid_username(candidate), candidate
        assert not reserved_username(candidate)


def test_a_name_that_is_kept_from_sign_up_is_not_given() -> None:
    assert next(username_candidates("Admin", "@admin")) == "admin_2"


def test_the_last_candidate_depends_on_who_it_is_for() -> None:
    first, second = (list(username_candidates("J. Doe", key))[-1] for key in ("@j. doe", "@j_doe"))
    assert first != second
    assert first.startswith("j_doe_")


def test_links_that_the_text_does_not_show_are_added_once() -> None:
    row = ImportedPost(
        source_id="1",
        text="see https://a.example/x",
        links=("https://a.example/x", "https://b.example/y"),
        title="T!",
    )
    assert composed_text(row) == "T!\n\nsee https://a.example/x\nhttps://b.example/y"
    assert (
        composed_text(ImportedPost(source_id="2", text="", links=("https://a.example/",)))
        == "https://a.example/"
    )


def test_a_boost_that_carries_its_post_comes_after_it() -> None:
    inner = ImportedPost(source_id="p", text="said")
    outer = ImportedPost(source_id="b", text="", kind="boost", boost_of_source_id="p", boosted=inner)
    parts = list(unfolded(Incoming(outer, "f", 3)))
    assert [(part.row.source_id, part.line) for part in parts] == [("p", 3), ("b", 3)]
    assert parts[1].row.boosted is None


def test_an_author_without_a_name_is_known_by_id() -> None:
    assert person_of(ImportedPost(source_id="1", text="x")) is None
    person = person_of(ImportedPost(source_id="1", text="x", author_source_id="ab" * 16))
    assert person is not None
    assert person.keys == ("id:" + "ab" * 16,)
    assert person.name == "member_" + "ab" * 6 + "a"


def test_preparing_finds_local_mentions_tags_and_verdicts() -> None:
    rows = [
        Incoming(ImportedPost(source_id="1", text="hi @Ann and @bob@far.example #Maga #MAGA"), "f", 1),
        Incoming(ImportedPost(source_id="2", text="plain"), "f", 2),
    ]
    first, second = prepare_posts(rows, load_screen())
    assert first.mentions == ("@ann",)
    assert first.tags == {"maga": "Maga"}
    assert second.verdict.action == "allow"
