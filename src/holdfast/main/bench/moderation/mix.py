"""The flood: few posts have most reports, few texts most copies, and threats are rare among them. By a seed."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from holdfast.main.bench.moderation.model import Flood, ModerationOptions, Truth
from holdfast.pure.errors import Invalid
from holdfast.screening.corpus import read_corpus

Texts = dict[Truth, list[str]]

_SPAM = (
    "Make {n} dollars a day from home, join at https://deal{n}.example/start before places are gone, code {w}"
)
_WORDS = ("alpha", "bravo", "cedar", "delta", "ember", "fjord", "grove", "heron")
_CHARACTERS = 480
# Shares of the reports: copies of few texts; lawful posts that many report together, half of them by fresh accounts; lawful
# texts that many copy, with a word of their own; the rest is heavy-tailed.
_SPAM_SHARE, _MASS_SHARE, _PASTA_SHARE = 0.30, 0.28, 0.07
_COPIES_SHARE, _CHANGED_SHARE = 0.1, 0.5
_FRESH_SHARE = 0.05
_MASS_MOST = 400


def texts_of_data(folder: Path) -> Texts:
    """Real posts of labelled sets: `parler_eval_dev` and, for threats, `hatecheck_eval`, which no model was trained on."""
    posts = list(_lines(folder / "parler_eval_dev.jsonl.gz"))
    threats = [text for text, row in _lines(folder / "hatecheck_eval.jsonl.gz") if row.get("violence") == 1]
    return {
        "threat": threats,
        "abuse": [text for text, row in posts if row.get("harm") == 1],
        "lawful": [text for text, row in posts if row.get("harm") == 0],
    }


def texts_of_corpus(folder: Path) -> Texts:
    """The written posts of the repository; threats and abuse are those of the functional tests, which train nothing."""
    lawful: list[str] = []
    tests = [
        row
        for path in _files(folder / "functional")
        for row in read_corpus(path, language="en", source="functional")
    ]
    for path in _files(folder / "en"):
        if path.name.startswith("lawful"):
            lawful += [row.text for row in read_corpus(path, language="en", source="lawful")]
    return {
        "threat": [row.text for row in tests if row.labels.get("threat_direct") == 1],
        "abuse": [row.text for row in tests if max(row.labels.values(), default=0.0) == 1 and row.labels.get("threat_direct") != 1],
        "lawful": [text for text in lawful if len(text) > 20],
    }  # fmt: skip


def make_flood(texts: Texts, options: ModerationOptions) -> Flood:
    """Draw posts and reports, in the order of arrival. Raises Invalid without texts of a kind."""
    chance = random.Random(options.seed)
    for needed, found in texts.items():
        if not found:
            raise Invalid(f"the texts of the rehearsal hold none of the kind {needed}")
    people = max(60, min(3000, options.reports // 10))
    fresh = max(20, int(people * _FRESH_SHARE))
    posts: list[tuple[str, Truth, int]] = []
    reports: list[tuple[int, int]] = []

    def reported(text: str, truth: Truth, times: int, *, brigade: bool = False) -> None:
        author = chance.randrange(people)
        posts.append((text[:_CHARACTERS], truth, author))
        crowd = range(people, people + fresh) if brigade else range(people)
        told = chance.sample(crowd, min(times, len(crowd) - 1))
        reports.extend((one, len(posts) - 1) for one in told if one != author)

    for _ in range(options.threats):
        reported(chance.choice(texts["threat"]), "threat", 1 + (chance.random() < 0.2))
    campaigns = [chance.randrange(10**6) for _ in range(max(3, options.reports // 800))]
    while len(reports) < options.reports * _SPAM_SHARE:
        number = campaigns[min(int(chance.paretovariate(0.8)) - 1, len(campaigns) - 1)]
        text = _SPAM.format(n=number, w=chance.choice(_WORDS))
        reported(text, "spam", min(int(chance.paretovariate(1.0)), 40))
    most = min(_MASS_MOST, people // 3)
    while len(reports) < options.reports * (_SPAM_SHARE + _MASS_SHARE):
        brigade = chance.random() < 0.5
        reported(chance.choice(texts["lawful"]), "lawful", chance.randint(most // 4, most), brigade=brigade)
    while len(reports) < options.reports * (_SPAM_SHARE + _MASS_SHARE + _PASTA_SHARE):
        text = chance.choice(texts["lawful"])
        for _ in range(chance.randint(10, 60)):
            reported(_changed(text, chance), "lawful", min(int(chance.paretovariate(1.0)), 10))
    while len(reports) < options.reports:
        kind: Truth = "abuse" if chance.random() < 0.4 else "lawful"
        text = chance.choice(texts[kind])
        for _ in range(1 + (chance.random() < _COPIES_SHARE) * chance.randint(1, 5)):
            reported(_changed(text, chance), kind, min(int(chance.paretovariate(1.1)), 60))
    chance.shuffle(reports)
    rows = list(zip(*posts, strict=True))
    return Flood(rows[0], rows[1], rows[2], reports[: options.reports], people, fresh)


def _changed(text: str, chance: random.Random) -> str:
    """A copy as people make them: half of them as it was, half with something of their own before or after it."""
    if chance.random() >= _CHANGED_SHARE:
        return text
    own = f"{chance.choice(_WORDS)} {chance.randrange(1000)}"
    return f"{text[: _CHARACTERS - 20]} {own}" if chance.random() < 0.5 else f"{own}: {text}"


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("en_*.txt" if folder.name == "functional" else "*.txt"))
    if not found:
        raise Invalid(
            f"{folder} holds no texts; name the folder of the corpus, or a folder of labelled sets with --data"
        )
    return found


def _lines(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["text"].strip():
                    yield row["text"], row
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error}") from error
