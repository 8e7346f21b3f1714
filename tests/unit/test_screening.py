"""What the default rules say: threats and their lawful twins, in English and French, plain and disguised."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.screening import Content, Judge, Opinion, Screen, load_screen
from holdfast.screening.rules.limits import MAX_SCREENED_CHARACTERS

# The rules alone: what the model adds is measured, not asserted.
SCREEN = load_screen(model=None)


def action(text: str) -> str:
    return SCREEN.assess(Content(text=text)).action


def test_the_default_rules_have_no_problem() -> None:
    assert SCREEN.problems == ()


PAIRS = [
    ("I will kill you", "I will kill it on stage tonight"),
    ("I'll shoot you", "I'll shoot you an email"),
    ("Someone should shoot the senator", "Nobody should shoot the senator"),
    ("someone should assassinate the governor", "someone should ask the governor"),
    ("Hang Mike Pence", "They were chanting hang Mike Pence"),
    ("we're going to hang the judge", "police say a man threatened we're going to hang the judge"),
    ("gonna shoot up the school", "gonna shoot hoops at the school"),
    ("Muslims should all be killed", "No Muslims should ever be killed"),
    ("kill all jews", 'people who say "kill all jews" will be banned'),
    ("we need to kill all democrats", "we must never kill all democrats"),
    ("I will murder your family", "the villain says I will murder your family"),
    ("I will destroy you and I will kill you", "I will kill you in the next round of chess"),
    ("let's kill the cops", "let's call the cops"),
    ("death to all immigrants", "I condemn anyone who wishes death to all immigrants"),
    ("the shooter is a hero", "the shooter is a coward"),
    ("too bad he missed", "too bad he missed the bus home"),
    ("Je vais te tuer", "Je vais te tuer au jeu d'échecs"),
    ("il faut tuer tous les juifs", "il faut tuer le temps"),
    ("je vais égorger ce journaliste", "je vais écouter ce journaliste"),
    ("les musulmans méritent de mourir", "les musulmans ne méritent pas de mourir"),
    ("on devrait pendre tous les députés", "on devrait élire tous les députés"),
    ("mort aux flics", "un homme condamné pour avoir crié mort aux flics"),
]


@pytest.mark.parametrize(("threat", "lawful"), [pair for pair in PAIRS if "missed" not in pair[0]])
def test_the_threat_is_found_and_its_twin_stays_up(threat: str, lawful: str) -> None:
    assert action(threat) in ("flag", "hold")
    assert action(lawful) == "allow"


@pytest.mark.parametrize(
    "text",
    [
        "i w1ll k1ll y0u",
        "I will k i l l you",
        "I will k.i.l.l you",
        "I will k-i-l-l you",
        "I will kiiiiill you",
        "I will ki🔥ll you",
        "I will k*ll you",
        "I wіll kіll уоu",
        "Ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕ",
        "𝐈 𝐰𝐢𝐥𝐥 𝐤𝐢𝐥𝐥 𝐲𝐨𝐮",
        "I will ki\u200bll you",
        "I w\u0337ill k\u0336ill you",
        "I will $h00t you",
        "#hangmikepence",
        "je vais te t u e r",
        "je vais te tu3r",
        "JE VAIS TE TUER",
    ],
)
def test_disguises_do_not_help(text: str) -> None:
    verdict = SCREEN.assess(Content(text=text))
    assert verdict.action == "hold"
    assert verdict.evidence


@pytest.mark.parametrize(
    "text",
    [
        "I could kill for a pizza",
        "this traffic is killing me",
        "I totally bombed the exam",
        "hang in there, we will shoot the video in 3 days",
        "The police shot the suspect, who was charged with murder",
        "In 1793 the king was executed",
        "my wife is going to kill me",
        "Stop calling for the death of judges",
        "We will fight this bill and beat them at the polls",
        "je suis mort de rire",
        "cette grève me tue",
        "",
        "🔥" * 50,
        "שלום",
    ],
)
def test_lawful_speech_stays_up(text: str) -> None:
    verdict = SCREEN.assess(Content(text=text))
    assert verdict.action == "allow"
    assert verdict.evidence == []
    assert verdict.lane is None


def test_a_time_makes_a_threat_urgent() -> None:
    assert SCREEN.assess(Content(text="I will kill you")).lane == "P1"
    assert SCREEN.assess(Content(text="I will kill you tonight")).lane == "P0"


def test_quoting_softens_what_would_be_held() -> None:
    assert action('"I will kill you" she whispered') in ("flag", "allow")


def test_evidence_points_into_the_original() -> None:
    text = "Été… 🔥 Listen: I wіll k1ll уоu, ok?"
    verdict = SCREEN.assess(Content(text=text))
    assert [text[start:end] for start, end in verdict.evidence] == ["I wіll k1ll уоu"]


def test_the_content_warning_is_read_too() -> None:
    verdict = SCREEN.assess(Content(text="hello", spoiler_text="I will kill you"))
    assert verdict.action == "hold"
    assert verdict.evidence == []


def test_a_threat_behind_a_megabyte_is_found_and_the_cut_is_noted() -> None:
    verdict = SCREEN.assess(Content(text="nice day " * 120_000 + " I will kill you"))
    assert verdict.action == "hold"
    assert "note.truncated" in verdict.rules


def test_a_long_lawful_text_is_only_noted() -> None:
    verdict = SCREEN.assess(Content(text="a" * (MAX_SCREENED_CHARACTERS + 1)))
    assert (verdict.action, verdict.rules) == ("allow", ["note.truncated"])


@settings(deadline=None)
@given(
    st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=200),
        st.lists(
            st.sampled_from(
                ["i will", "kill", "k1ll", "you", "the judge", '"', ".", "🔥", "a\u0301", "\ud83d", "juifs"]
            ),
            max_size=20,
        ).map(" ".join),
    )
)
def test_never_raises_and_evidence_is_in_the_text(text: str) -> None:
    content = Content(text=text)
    verdict = SCREEN.assess(content)
    assert "note.judge_failed" not in verdict.rules
    assert verdict == SCREEN.assess(content)
    last = -1
    for start, end in verdict.evidence:
        assert last < start < end <= len(text)
        last = end
    assert (verdict.lane is None) == (verdict.action == "allow")


class _Broken:
    version = "broken@1"
    may_refuse = False

    def judge(self, content: Content) -> Opinion:
        raise RuntimeError("no")


class _Refuser:
    version = "refuser@1"
    may_refuse = False

    def judge(self, content: Content) -> Opinion:
        return Opinion(action="refuse", lane="P2", rules=["refuser"], scores={"incitement": 0.7})


def test_a_judge_that_fails_queues_the_post_and_stops_nothing() -> None:
    broken: Judge = _Broken()
    verdict = Screen([broken]).assess(Content(text="hello"))
    assert (verdict.action, verdict.rules) == ("flag", ["note.judge_failed"])


def test_only_a_judge_that_may_can_refuse() -> None:
    refuser: Judge = _Refuser()
    verdict = Screen([refuser]).assess(Content(text="hello"))
    assert (verdict.action, verdict.scores, verdict.version) == (
        "hold",
        {"incitement": 0.7, "violence": 0.7},
        "refuser@1",
    )
