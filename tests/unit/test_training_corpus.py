"""The corpus format: what is written is what is read, and what is wrong is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.pure.errors import Invalid
from holdfast.screening.classifier import JUDGED, TARGETS
from holdfast.screening.corpus.lines import read_corpus, read_slots, write_out
from holdfast.screening.corpus.rows import LAWFUL, Row, labels_from_columns, labels_of, target_vector

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def read(folder: Path, written: str, language: str = "en") -> list[Row]:
    path = folder / "posts.txt"
    path.write_text(written, "utf-8")
    return list(read_corpus(path, language=language, source="mine"))


def test_sections_say_what_their_posts_are(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "# about this file\n#\n[threat_direct+harassment_hate target=protected_group kind=coded]\none\\ntwo\n\n"
        "[lawful kind=games]\n#hashtag first\n",
    )
    assert [row.text for row in rows] == ["one\ntwo", "#hashtag first"]
    first, second = rows
    assert first.labels == {
        "threat_direct": 1.0, "incitement": 0.0, "glorification": 0.0, "harassment_hate": 1.0, "violence": 1.0,
    }  # fmt: skip
    assert (first.target, first.kind, first.pair, first.is_lawful) == (
        "protected_group",
        "coded",
        None,
        False,
    )
    assert (second.target, second.kind, second.is_lawful) == ("", "games", True)
    assert first.group == "posts.txt:4"
    assert second.group == "posts.txt:7"


def test_both_halves_of_a_pair_are_one_group(tmp_path: Path) -> None:
    rows = read(
        tmp_path, "[pairs incitement target=judge kind=negation]\n- keep calm\n+ go get him\n- one\n+ other\n"
    )
    assert [row.is_lawful for row in rows] == [True, False, True, False]
    assert [row.target for row in rows] == ["", "judge", "", "judge"]
    assert [row.group for row in rows] == ["posts.txt:pair1"] * 2 + ["posts.txt:pair2"] * 2
    assert [row.pair for row in rows] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("a post\n", r"posts\.txt:1: a post before the first"),
        ("[threats]\na post\n", r"posts\.txt:1: '\[threats\]' is no section"),
        ("[lawful+incitement]\n", r"posts\.txt:1: .* is no section"),
        ("[lawful", r"posts\.txt:1: .* is no section"),
        ("[lawful mood=angry]\n", r"posts\.txt:1: .* is no section"),
        ("[incitement target=nobody]\n", "unknown target 'nobody'; known are public_official"),
        ("[pairs incitement]\n+ violent first\n", r"posts\.txt:2: expected '- lawful'"),
        ("[pairs incitement]\n- one\n- two\n", r"posts\.txt:3: expected '- lawful'"),
        ("[pairs incitement]\n- one\n", r"posts\.txt:.*(pair|half|violent)"),
        ("[pairs incitement]\n- one\n[lawful]\ntwo\n", r"posts\.txt:.*(pair|half|violent)"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path, written: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(tmp_path, written)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "posts.txt").write_bytes(b"[lawful]\n\xff\xfe\n")
    with pytest.raises(Invalid, match=r"posts\.txt"):
        list(read_corpus(tmp_path / "posts.txt", language="en", source="mine"))


def row(text: str, language: str = "en", group: str = "g") -> Row:
    return Row(text=text, labels=LAWFUL, source="mine", group=group, language=language)


def written(one: Row, slots: dict[str, list[str]], draws: int = 2, seed: int = 1) -> list[str]:
    return [out.text for out in write_out(one, slots, seed=seed, draws=draws)]


def test_slots_are_filled_with_different_phrases() -> None:
    slots = {"judge": ["the judge", "this magistrate", "the prosecutor"]}
    texts = written(row("ask {judge} about {judge}"), slots, draws=3)
    assert sorted(texts) == sorted(f"ask {phrase} about {phrase}" for phrase in slots["judge"])
    assert written(row("no slot"), slots, draws=3) == ["no slot"]
    assert len(written(row("ask {judge}"), {"judge": ["him"]}, draws=3)) == 3


def test_both_halves_of_a_pair_get_the_same_phrases_and_a_seed_gives_the_same_again() -> None:
    slots = {"name": [f"name{n}" for n in range(50)], "place": [f"place{n}" for n in range(50)]}
    one = written(row("{name} at {place}", group="p1"), slots)
    other = written(row("{name} not at {place}", group="p1"), slots)
    assert [text.replace(" not", "") for text in other] == one
    assert written(row("{name} at {place}", group="p1"), slots) == one
    assert written(row("{name} at {place}", group="p1"), slots, seed=2) != one
    assert written(row("{name} at {place}", group="p2"), slots) != one


def test_french_phrases_are_contracted() -> None:
    slots = {"judge": ["le juge"], "group": ["les cuisiniers"], "boss": ["l'actionnaire"]}
    assert written(row("la porte de {judge}", "fr"), slots, 1) == ["la porte du juge"]
    assert written(row("parle à {judge}", "fr"), slots, 1) == ["parle au juge"]
    assert written(row("la fête de {group}, merci à {group}", "fr"), slots, 1) == [
        "la fête des cuisiniers, merci aux cuisiniers"
    ]
    assert written(row("la voiture de {boss}", "fr"), slots, 1) == ["la voiture de l'actionnaire"]


def test_a_sentence_begins_with_a_capital_where_its_writer_uses_them() -> None:
    slots = {"judge": ["the judge"]}
    assert written(row("{judge} is from Ohio"), slots, 1) == ["The judge is from Ohio"]
    assert written(row("{judge} is from ohio"), slots, 1) == ["the judge is from ohio"]


def test_an_unknown_slot_is_named() -> None:
    with pytest.raises(Invalid, match="g: unknown slot 'jugde'; known are judge"):
        written(row("ask {jugde}"), {"judge": ["x"]})


def test_columns_of_other_peoples_files_become_what_they_say() -> None:
    assert labels_from_columns({"harm": 0.0, "violence": 0.0}) == LAWFUL
    assert labels_from_columns({"harm": 0.0, "violence": None}) == LAWFUL
    assert labels_from_columns({"harm": 1.0, "violence": 1.0}) == {"violence": 1.0}
    assert labels_from_columns({"harm": 1.0, "violence": None}) == {"harassment_hate": 1.0}
    hateful = labels_from_columns({"harm": 1, "violence": 0})
    assert hateful == {
        "violence": 0.0, "threat_direct": 0.0, "incitement": 0.0, "glorification": 0.0, "harassment_hate": 1.0,
    }  # fmt: skip
    assert labels_from_columns({"harm": None, "violence": None}) == {}
    assert labels_from_columns({"violence": 1, "incitement": 1}) == {"violence": 1.0, "incitement": 1.0}


def test_labels_are_complete_and_targets_one_hot() -> None:
    assert labels_of(()) == LAWFUL
    assert set(labels_of(("incitement",))) == set(JUDGED)
    assert labels_of(("harassment_hate",))["violence"] == 0.0
    assert target_vector(None) is None
    assert target_vector("") == [0.0] * len(TARGETS)
    assert sum(target_vector("judge") or []) == 1.0


def test_the_whole_corpus_can_be_read() -> None:
    slots = read_slots(CORPUS / "slots.toml")
    for language in ("en", "fr"):
        for path in sorted((CORPUS / language).glob("*.txt")):
            rows = list(read_corpus(path, language=language, source="own"))
            assert rows, path.name
            for one in rows:
                assert all(out.text.strip() for out in write_out(one, slots[language], seed=1, draws=1))
