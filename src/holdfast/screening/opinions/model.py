"""What is sent to an outside judge, and what can come of it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

Score = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """How sure the judge is of each kind of violence, 0 to 1. Heads are those of the screening's own model."""

    threat_direct: Score
    incitement: Score
    glorification: Score
    harassment_hate: Score


HEADS: Final = Scores.__struct_fields__

Failure = Literal[
    "unreachable", "timeout", "broken_off", "too_large", "redirected", "busy", "refused", "server_error",
    "not_a_completion", "cut_off", "not_an_answer",
]  # fmt: skip
"""Why there is no opinion. The first four: see `EndpointFailed`. busy: status 408 or 429. refused: another 4xx.
not_a_completion: the body is not that of a chat completion. cut_off: the answer was too long for the judge.
not_an_answer: what the judge wrote is not the JSON object that it was asked for."""

RETRIED: Final = frozenset[Failure]({"unreachable", "timeout", "broken_off", "busy", "server_error"})
"""Failures that may pass by themselves; after the others the same question would get the same answer."""

MAX_ATTEMPTS: Final = 6
"""Requests for one version of a post, each of them counted in the budget. A person may ask once more."""


class PostText(msgspec.Struct, frozen=True, kw_only=True):
    """What a post says. Nothing here, and nothing that is sent, tells who wrote it."""

    text: str
    content_warning: str = ""
    poll_options: tuple[str, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request: either `scores` with a `reason`, or a `failure`.

    `answer`: what the judge wrote, shortened and without control characters. Tokens and cost: None when unknown.
    """

    scores: Scores | None = None
    reason: str = ""
    failure: Failure | None = None
    answer: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
