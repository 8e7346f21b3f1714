"""Reading what came back from an outside judge. Nothing that it sends can raise or get past the form it was given."""

from __future__ import annotations

import math
import unicodedata
from typing import Annotated, Any, Final

import msgspec

from holdfast.screening.opinions.model import Failure, Reading, Score, Scores

MAX_REASON_CHARACTERS: Final = 300
MAX_ANSWER_CHARACTERS: Final = 2_000
_MAX_TOKENS: Final = 10**9

_Tokens = Annotated[int, msgspec.Meta(ge=0, le=_MAX_TOKENS)]


class _Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    threat_direct: Score
    incitement: Score
    glorification: Score
    harassment_hate: Score
    reason: str


class _Message(msgspec.Struct, frozen=True):
    content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct, frozen=True):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1)]


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: _Tokens
    completion_tokens: _Tokens
    cost: Any = None


class _Used(msgspec.Struct, frozen=True):
    usage: _Usage


# What msgspec raises on bytes that are not the type asked for; deep nesting is a RecursionError.
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_answer = msgspec.json.Decoder(_Answer)
_completion = msgspec.json.Decoder(_Completion)
_used = msgspec.json.Decoder(_Used)


def failed(failure: Failure) -> Reading:
    """A request that got no HTTP answer; where nothing was sent, nothing was spent."""
    spent = 0 if failure == "unreachable" else None
    return Reading(failure=failure, prompt_tokens=spent, completion_tokens=spent)


def read_reply(status: int, body: bytes) -> Reading:
    """What an HTTP answer says; never raises."""
    failure = _failure_of(status)
    if failure is not None:
        # Endpoints do not charge for what they turn away; what they say about it helps the operator.
        excerpt = plain(body[: 4 * MAX_ANSWER_CHARACTERS].decode("utf-8", "replace"), MAX_ANSWER_CHARACTERS)
        answer = f"HTTP status {status}: {excerpt}"[:MAX_ANSWER_CHARACTERS]
        return Reading(failure=failure, answer=answer, prompt_tokens=0, completion_tokens=0)
    reading = _read_completion(body)
    used = _usage_of(body)
    if used is None:
        return reading
    return msgspec.structs.replace(
        reading,
        prompt_tokens=used.prompt_tokens,
        completion_tokens=used.completion_tokens,
        cost=_amount(used.cost),
    )


def plain(text: str, most: int) -> str:
    """Text on one line, at most `most` characters, without anything that steers a terminal or the way it is read.

    White space of any length becomes one space; control, format, surrogate and unassigned characters go.
    """
    # Only so much is looked at that no answer costs more than its first few thousand characters.
    joined = " ".join(text[: 8 * most].split())
    kept = "".join(character for character in joined if unicodedata.category(character)[0] != "C")
    return " ".join(kept.split())[:most].rstrip()


def _failure_of(status: int) -> Failure | None:
    if status == 200:
        return None
    if status in (408, 429):
        return "busy"
    if 300 <= status < 400:
        return "redirected"
    if 400 <= status < 500:
        return "refused"
    return "server_error" if status >= 500 else "not_a_completion"


def _read_completion(body: bytes) -> Reading:
    try:
        choice = _completion.decode(body).choices[0]
    except _UNREADABLE:
        excerpt = body[: 4 * MAX_ANSWER_CHARACTERS].decode("utf-8", "replace")
        return Reading(failure="not_a_completion", answer=plain(excerpt, MAX_ANSWER_CHARACTERS))
    written = choice.message.content or ""
    answer = plain(written, MAX_ANSWER_CHARACTERS)
    if choice.finish_reason == "length":
        return Reading(failure="cut_off", answer=answer)
    try:
        said = _answer.decode(written.encode("utf-8", "replace"))
    except _UNREADABLE:
        return Reading(failure="not_an_answer", answer=answer)
    return Reading(
        scores=Scores(
            threat_direct=said.threat_direct,
            incitement=said.incitement,
            glorification=said.glorification,
            harassment_hate=said.harassment_hate,
        ),
        reason=plain(said.reason, MAX_REASON_CHARACTERS),
        answer=answer,
    )


def _usage_of(body: bytes) -> _Usage | None:
    """What the endpoint says it took; a wrong statement does not make the answer wrong."""
    try:
        return _used.decode(body).usage
    except _UNREADABLE:
        return None


def _amount(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        amount = float(value)
    except OverflowError:
        return None
    return amount if math.isfinite(amount) and amount >= 0 else None
