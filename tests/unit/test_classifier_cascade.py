"""The cascade: who is asked, what is told, and that no text whatever upsets it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.screening.classifier import OUTPUTS, VIOLENCE, LocalModel, ModelFile
from holdfast.screening.classifier.cascade import MAX_CHARACTERS, MAX_PIECES_READ, PIECE_CHARACTERS, Judgement
from holdfast.screening.model import ACTIONS, Content
from holdfast.screening.tiers import ModelUnusable
from holdfast.screening.tiers.transformer import Read, TransformerModel
from tests.support.tiny_model import HOLD_FROM, tiny_model, write_tiny_model

THREAT = "i will kill the mayor"
MOST_PIECES = 2 + MAX_CHARACTERS // (PIECE_CHARACTERS - 60 - 150)
"""Pieces overlap by 150 characters and may end 60 early, at a blank."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LocalModel:
    return tiny_model(tmp_path_factory.mktemp("model"))


class Counted:
    """What the tiers were given."""

    def __init__(self, model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.first: list[str] = []
        self.second: list[str] = []
        first, second = model._ngrams.score, model.second.read

        def score(views: Sequence[str]):
            self.first += views
            return first(views)

        def read(views: Sequence[str]) -> list[Read]:
            self.second += views
            return second(views)

        monkeypatch.setattr(model._ngrams, "score", score)
        monkeypatch.setattr(model.second, "read", read)


@pytest.fixture
def counted(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(model, monkeypatch)


def sound(judgement: Judgement, text: str) -> None:
    """What holds for every judgement of every text."""
    assert set(judgement.probabilities) == set(OUTPUTS)
    assert all(0.0 <= value <= 1.0 and math.isfinite(value) for value in judgement.probabilities.values())
    assert all(0.0 <= value <= 1.0 for value in judgement.targets.values())
    for start, end in judgement.evidence:
        assert 0 <= start < end <= len(text)


def test_what_the_first_tier_finds_harmless_is_not_asked_about(model: LocalModel, counted: Counted) -> None:
    judgement = model.read(Content(text="peace be with the mayor"))
    assert not judgement.asked_second
    assert counted.second == []
    assert model.judge(Content(text="peace")).action == "allow"


def test_what_it_suspects_is_read_by_the_second_with_evidence_and_target(model: LocalModel) -> None:
    judgement = model.read(Content(text=THREAT))
    assert judgement.asked_second
    assert judgement.probabilities[VIOLENCE] > HOLD_FROM
    assert [THREAT[start:end] for start, end in judgement.evidence] == ["kill"]
    assert set(judgement.targets) == {"public_official"}
    opinion = model.judge(Content(text=THREAT))
    assert (opinion.action, opinion.lane, list(opinion.rules)) == ("hold", "P1", ["model.threat_direct"])


def test_hate_leads_to_a_flag_in_its_own_lane(model: LocalModel) -> None:
    opinion = model.judge(Content(text="vermin"))
    assert (opinion.action, opinion.lane, list(opinion.rules)) == ("flag", "P3", ["model.harassment_hate"])


def test_a_reported_post_is_always_read_by_both(model: LocalModel, counted: Counted) -> None:
    assert model.read(Content(text="peace", is_reported=True)).asked_second
    assert counted.second == ["peace"]


def test_of_a_long_post_the_second_tier_reads_what_is_in_doubt_and_all_of_it_when_reported(
    model: LocalModel, counted: Counted
) -> None:
    harmless = "the garden has peace and bread for all of us today " * 60
    text = f"{harmless}{THREAT}"
    judgement = model.read(Content(text=text))
    assert len(counted.first) > 3
    assert len(counted.second) == 1
    assert THREAT in counted.second[0]
    assert [text[start:end] for start, end in judgement.evidence] == ["kill"]
    counted.second.clear()
    reported = model.read(Content(text=text, is_reported=True))
    assert len(counted.second) > 3
    assert reported.probabilities[VIOLENCE] >= judgement.probabilities[VIOLENCE]


def test_the_audit_takes_its_share_and_the_same_texts_each_time(tmp_path: Path) -> None:
    posts = [Content(text=f"peace number {n}") for n in range(400)]
    audited = tiny_model(tmp_path, audit_share=0.25)
    chosen = [audited.read(post).asked_second for post in posts]
    assert 60 < sum(chosen) < 140
    assert [audited.read(post).asked_second for post in posts] == chosen
    noted = [list(audited.judge(post).rules) for post in posts]
    assert noted == [["note.model_audit"] if one else [] for one in chosen]
    everyone = tiny_model(tmp_path, audit_share=1.0)
    assert all(everyone.read(post).asked_second for post in posts[:20])


def test_the_spoiler_is_judged_and_gives_no_evidence_in_the_text(model: LocalModel) -> None:
    opinion = model.judge(Content(text="peace", spoiler_text=THREAT))
    assert opinion.action == "hold"
    assert list(opinion.evidence) == []


@pytest.mark.parametrize("at", ["start", "middle", "end"])
def test_a_long_text_does_not_hide_what_is_in_it(model: LocalModel, at: str) -> None:
    filler = "peace be with the mayor " * 100
    before, after = {"start": ("", filler), "middle": (filler, filler), "end": (filler, "")}[at]
    text = f"{before}{THREAT} {after}"
    judgement = model.read(Content(text=text))
    assert judgement.probabilities[VIOLENCE] > HOLD_FROM
    (evidence,) = judgement.evidence
    assert text[slice(*evidence)] == "kill"
    assert evidence[0] == len(before) + len("i will ")


def test_the_end_of_a_very_long_text_is_read(model: LocalModel) -> None:
    text = "peace be with the mayor " * 20_000 + THREAT
    assert model.judge(Content(text=text)).action == "hold"


@pytest.mark.parametrize(
    ("written", "evidence"),
    [
        ("I WILL KILL THE MAYOR", "KILL"),
        ("i will k i l l the mayor", "k i l l"),
        ("i will k1ll the mayor", "k1ll"),
        ("i will kíll the mayor", "kíll"),
        ("i will k\u200bi\u200bl\u200bl the mayor", "k\u200bi\u200bl\u200bl"),
        ("i will кill the mayor", "кill"),
        ("i will kiiiill the mayor", "kiiiill"),
        ("🔥🔥🔥 i will 🔥 kill 🔥 the mayor 🔥🔥🔥", "kill"),
        ("! ? . , ; : " * 40 + "i will kill the mayor", "kill"),
        ("i will kill the mayor" + "." * 600, "kill"),
        ("🔥🎉😀😎" * 100 + " kill the mayor", "kill"),
        ("a b c d e f g " * 40 + "i will kill the mayor", "kill"),
        ("i will \n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n kill \u202ethe mayor", "kill"),
    ],
)
def test_disguise_and_noise_hide_nothing(model: LocalModel, written: str, evidence: str) -> None:
    judgement = model.read(Content(text=written))
    assert judgement.probabilities[VIOLENCE] > HOLD_FROM
    assert evidence in [written[start:end] for start, end in judgement.evidence]


HOSTILE = {
    "empty": "",
    "blank": " ",
    "a sign": "!",
    "line ends": "\n" * 5_000,
    "nul": "\0" * 1_000,
    "control characters": "".join(map(chr, range(32))) * 200,
    "binary": bytes(n * 31 % 256 for n in range(200_000)).decode("latin-1"),
    "replacement characters": bytes(range(128, 256)).decode("utf-8", "replace") * 100,
    "lone surrogates": "\ud800\udfff" * 1_000 + THREAT,
    "a megabyte of threats": f"{THREAT} " * 50_000,
    "a megabyte without blanks": "k" * 1_000_000,
    "a megabyte of blanks": " " * 1_000_000,
    "emoji only": "🔥👍🏽👩‍👩‍👧‍👦🇫🇷" * 500,
    "zalgo": "".join(c + "\u0301\u0323\u0489\u035c" * 20 for c in THREAT * 20),
    "one letter with many marks": "k" + "\u0301" * 300_000 + "ill",
    "right to left": "سأقتل العمدة غدا صباحا " * 300 + "\u202e" + THREAT,
    "mixed scripts": "k\u0456ll тhe mаyor 殺す убить मारना kill " * 200,
    "what grows when folded": "ﷺ㍿ßﬃ" * 2_000,
    "spaced letters": " ".join("kill the mayor" * 2_000),
    "spaced letters of no word": "x q " * 20_000,
    "leetspeak": "k1!1|+(3 " * 5_000,
    "masks": "k*ll " * 10_000,
    "hashtags": "#killthemayorkillthemayor" * 2_000,
    "one hashtag": "#" + "kill" * 100_000,
    "zero width": "\u200b" * 100_000 + "kill",
    "tags": "".join(map(chr, range(0xE0000, 0xE0080))) * 50,
    "last code points": "\U0010ffff\ufffe\uffff" * 3_000,
    "cjk": "殺" * 20_000,
    "hangul": "죽이다 각각각" * 3_000,
    "kill with everything": "k.i-l_l/t+h~e,m*a|y o r " * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("where", ["text", "spoiler"])
def test_no_text_upsets_it_and_none_is_read_without_end(
    model: LocalModel, counted: Counted, name: str, where: str
) -> None:
    text = HOSTILE[name]
    content = (
        Content(text=text, is_reported=True)
        if where == "text"
        else Content(text="peace", spoiler_text=text, is_reported=True)
    )
    sound(model.read(content), content.text)
    assert 1 <= len(counted.first) <= MOST_PIECES + 1
    assert len(counted.second) <= MAX_PIECES_READ + 1
    # Folding makes some characters longer: at most 18 for one (U+FDFA).
    assert all(len(view) <= 18 * (PIECE_CHARACTERS + 1) for view in counted.first)
    assert model.judge(content).action in ACTIONS


@given(st.text(st.characters(exclude_categories=[]), max_size=300), st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_text_gets_a_sound_judgement(model: LocalModel, text: str, around: bool) -> None:
    text = f"{text} kill {text}" if around else text
    sound(model.read(Content(text=text, is_reported=True)), text)


PARTS = st.sampled_from(
    [
        "kill",
        "k i l l",
        "k1ll",
        "the",
        "mayor",
        " ",
        "  ",
        "\n",
        "ﬃ",
        "ß",
        "\u0301",
        "\u200b",
        "🔥",
        ".",
        "!" * 14,
        "殺",
        "x y z ",
    ]
)


@given(st.lists(PARTS, max_size=120))
@settings(deadline=None, max_examples=150)
def test_evidence_lies_on_what_was_written(model: LocalModel, parts: list[str]) -> None:
    text = "".join(parts)
    judgement = model.read(Content(text=text, is_reported=True))
    sound(judgement, text)
    for start, end in judgement.evidence:
        letters = text[start:end].lower().replace("1", "i")
        assert "k" in letters or "殺" in letters, (text, text[start:end])


def test_a_disguise_of_several_words_is_evidence_once(model: LocalModel) -> None:
    text = "k i l l  h a n g  k i l l"
    assert model.read(Content(text=text)).evidence == [(0, len(text))]


def test_judging_together_from_many_threads_is_judging_alone(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    fresh = tiny_model(tmp_path)
    contents = [Content(text=f"{THREAT} {n}" if n % 2 else f"peace {n}") for n in range(60)]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(fresh.read, contents))
    assert together == [fresh.read(content) for content in contents]


def test_a_broken_second_tier_is_read_once_and_said_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LocalModel(ModelFile(write_tiny_model(tmp_path / "m.zip", {"encoder.onnx": b"no network"})))
    opened: list[str] = []
    entry = ModelFile.entry

    def counting(file: ModelFile, name: str) -> bytes:
        opened.append(name)
        return entry(file, name)

    monkeypatch.setattr(ModelFile, "entry", counting)
    for _ in range(3):
        with pytest.raises(ModelUnusable, match="encoder"):
            model.read(Content(text=THREAT))
    assert opened.count("encoder.onnx") == 1
    assert model.judge(Content(text="peace")).action == "allow"


def test_the_second_tier_is_not_opened_before_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    build = TransformerModel.__init__

    def counting(self, *args, **named) -> None:
        opened.append(1)
        build(self, *args, **named)

    monkeypatch.setattr(TransformerModel, "__init__", counting)
    fresh = tiny_model(tmp_path)
    fresh.read(Content(text="peace"))
    assert opened == []
    fresh.read(Content(text=THREAT))
    fresh.read(Content(text=THREAT))
    assert opened == [1]
