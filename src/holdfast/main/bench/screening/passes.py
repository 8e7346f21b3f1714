"""The ways of judging that are measured: how posts are handed over, and what is called."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from holdfast.main.bench.screening.model import BASELINE, Timing
from holdfast.screening import Content, Screen
from holdfast.screening.classifier import pieces_of
from holdfast.screening.tiers import NgramModel, Reader, TransformerModel

Item = TypeVar("Item")

FIRST_TIER_BATCH: Final = 64
SECOND_TIER_BATCH: Final = 16
WHOLE: Final = "whole screen"


class Way(NamedTuple):
    """`prepare` (not timed) makes the arguments of the calls from posts; `call` (timed) judges one of them.

    The arguments are of any kind: a post, a batch of posts, the pieces of a post.
    """

    what: str
    prepare: Callable[[Sequence[Content]], Sequence[Any]]
    call: Callable[[Any], object]
    note: str = ""


class Parts(NamedTuple):
    """What the cascade is made of, and the screens around it."""

    rules: Screen
    reader: Reader
    first: NgramModel
    second: TransformerModel
    whole: Screen
    thorough: Screen


def ways_of(parts: Parts) -> list[Way]:
    """Everything that is measured, the baseline first."""

    def views(content: Content) -> list[str]:
        return [piece.view.text for piece in pieces_of(content, parts.reader)]

    def near_length(posts: Sequence[Content]) -> list[list[str]]:
        every = sorted((view for post in posts for view in views(post)), key=len)
        return in_batches(every, SECOND_TIER_BATCH)

    return [
        Way(BASELINE, list, parts.rules.assess, "the screen without a model"),
        Way("reading", list, views, "folds a text and uncovers disguised words, before either tier"),
        Way(
            "first tier, one post",
            list,
            lambda post: parts.first.score(views(post)),
            "reading included",
        ),
        Way(
            f"first tier, batches of {FIRST_TIER_BATCH}",
            lambda posts: in_batches(posts, FIRST_TIER_BATCH),
            lambda batch: parts.first.score([view for post in batch for view in views(post)]),
            "reading included; a call is a batch",
        ),
        Way(
            "second tier, one post",
            lambda posts: [views(post) for post in posts],
            parts.second.read,
            "without reading, which the first tier has done",
        ),
        Way(
            f"second tier, batches of {SECOND_TIER_BATCH}",
            near_length,
            parts.second.read,
            "pieces of near length together, without reading; a call is a batch",
        ),
        Way(WHOLE, list, parts.whole.assess, "as posting asks it: rules, first tier, second where unsure"),
        Way(f"{WHOLE}, thorough", list, parts.thorough.assess, "the second tier reads every post"),
    ]


def in_batches(items: Sequence[Item], size: int) -> list[list[Item]]:
    """In order, the last one shorter."""
    return [list(items[at : at + size]) for at in range(0, len(items), size)]


def timed(way: Way, posts: Sequence[Content]) -> Timing:
    """One pass over the posts, each call timed, and the CPU of all of them."""
    calls = way.prepare(posts)
    call_seconds = array("d")
    cpu_before, began = time.process_time(), time.perf_counter()
    last = began
    for one in calls:
        way.call(one)
        now = time.perf_counter()
        call_seconds.append(now - last)
        last = now
    return Timing(len(posts), last - began, time.process_time() - cpu_before, list(call_seconds))
