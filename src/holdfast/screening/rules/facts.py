"""What a condition may ask of a content: the table of facts, functions and names, with their types and costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from holdfast.screening.model import Content, Opinion

Type = Literal["number", "text", "truth"]
Value = float | str | bool
"""A fact that is not known is None and satisfies no comparison."""


class Facts(NamedTuple):
    """One content with what other judges said of it; the same for every view of its text."""

    content: Content
    scores: Mapping[str, float] = {}
    targets: Mapping[str, float] = {}


def facts_of(content: Content, earlier: Sequence[Opinion]) -> Facts:
    """The content and the highest scores that earlier opinions gave."""
    scores: dict[str, float] = {}
    targets: dict[str, float] = {}
    for opinion in earlier:
        for head, score in opinion.scores.items():
            scores[head] = max(scores.get(head, 0.0), score)
        for target, score in opinion.targets.items():
            targets[target] = max(targets.get(target, 0.0), score)
    return Facts(content, scores, targets)


class Fact(NamedTuple):
    """One name of the language. `read` answers None when the fact is not known."""

    type: Type
    read: Callable[[Facts], Any]
    about: str


FACTS: Final[dict[str, Fact]] = {
    "text.length": Fact("number", lambda f: len(f.content.text), "characters of the text"),
    "text.language": Fact(
        "text", lambda f: f.content.language, "language that the author states, as ISO code"
    ),
    "text.has_spoiler": Fact("truth", lambda f: bool(f.content.spoiler_text), "has a content warning"),
    "author.age_days": Fact("number", lambda f: f.content.author_age_days, "days since the account was made"),
    "author.post_count": Fact("number", lambda f: f.content.author_post_count, "posts the account has"),
    "author.posts_this_hour": Fact(
        "number",
        lambda f: f.content.author_posts_this_hour,
        "posts sent in this clock hour, this one included",
    ),
    "post.is_reply": Fact("truth", lambda f: f.content.is_reply, "answers another post"),
    "post.is_quote": Fact(
        "truth", lambda f: f.content.is_quote, "quotes another post; judged by its own text"
    ),
    "mentions.count": Fact("number", lambda f: f.content.mention_count, "accounts it names"),
    "links.count": Fact("number", lambda f: len(f.content.link_urls), "links in it"),
    "media.count": Fact("number", lambda f: f.content.media_count, "pictures, videos and sounds"),
}
"""Facts by name."""

LABEL_SUBJECTS: Final[dict[str, Callable[[Content], frozenset[str]]]] = {
    "author": lambda content: content.author_labels,
    "domain": lambda content: content.link_labels,
}
"""What carries labels: the author, and the domains that the post links to."""

SCORES: Final = frozenset(
    {"threat_direct", "incitement", "glorification", "harassment_hate", "violence", "violence_depicted"}
)
"""What `score(...)` may name: the heads of the model; violence, its judgement over the first three; scenes of it."""
SCORED_TARGETS: Final = frozenset(
    {
        "public_official", "candidate", "election_worker", "judge", "journalist", "business_leader", "police",
        "protected_group", "private_person",
    }
)  # fmt: skip
"""What `target(...)` may name."""

FACT_COST: Final = 1
BANK_COST: Final = 10
NEAR_COST: Final = 20
"""For each bank of a `near`: finding it, and comparing its hits with the others'."""
GUARD_COST: Final = 5
"""For each bank under `unless` or `soften`."""
