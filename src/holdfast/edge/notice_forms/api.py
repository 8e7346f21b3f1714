"""The API for senders of notices: the kinds and their fields, sending, and what became of it. No account needed.

The fields are those of the forms, by name; texts, and true or false for what is ticked. `addresses` is a list or one text.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from ...pure.errors import Invalid
from ...trust.notices import Channel, NoticeReader
from ...trust.staff_actions import CLOCK
from ..answers import Answer, json_answer
from ..call import Call
from ..ledger_facts import receipt_header, receipt_links
from ..routes import Access, RouteTable
from .filing import check_open, field_limits, file_notice
from .kinds import KINDS, Field, Kind
from .status import StatusFacts, add_to_notice, status_facts
from .words import Words, words_for

routes = RouteTable()
API: Final = "/api/holdfast/v1/notices"
_STATUS = f"{API}/status/{{token}}"
_KEY_MAX_CHARACTERS = 200
_JSON_TYPES = {"tick": "boolean", "addresses": "array"}


class StatusQuery(msgspec.Struct, frozen=True):
    """Which page of the items: those after a number."""

    after: int = 0


class SaidForm(msgspec.Struct, frozen=True):
    """What the sender adds; `dispute` asks for another look at what was decided."""

    text: str = ""
    dispute: bool = False


@routes.get(f"{API}/kinds", Access.anyone())
async def kinds(call: Call) -> Answer:
    """The kinds of notices, each with its fields as a JSON schema."""
    check_open(call.services)
    words = await words_for(call)
    return json_answer([_kind_entity(kind, words, call) for kind in KINDS.values()])


@routes.post(API, Access.anyone())
async def send(call: Call) -> Answer:
    """Send a notice: `kind`, and the fields of that kind. With the header Idempotency-Key the same body is one notice."""
    check_open(call.services)
    words = await words_for(call)
    tree = await call.tree()
    kind = KINDS.get(str(tree.get("kind", "")))
    if kind is None:
        named = ", ".join(KINDS)
        raise Invalid(f"kind: one of {named}", details={"kind": [("ERR_INCLUSION", f"one of {named}")]})
    unknown = sorted(set(tree) - {"kind", "lang", *(one.name for one in kind.fields)})
    if unknown:
        raise Invalid(
            f"There is no field {unknown[0][:80]!r} in notices of the kind {kind.name}",
            details={unknown[0][:80]: [("ERR_INVALID", "is no field of this kind")]},
        )
    key = call.header(b"idempotency-key")[:_KEY_MAX_CHARACTERS]
    given = {one.name: _as_typed(tree.get(one.name), one) for one in kind.fields}
    received = await file_notice(
        call, kind, given, words, channel=Channel.API, once=f"api:{key}" if key else ""
    )
    services = call.services
    body: dict[str, Any] = {
        "reference": received.reference,
        "receipt": receipt_links(services, received.record_id),
        "new": received.new,
    }
    if received.status_token:
        body["status_url"] = f"{services.base_url}{API}/status/{received.status_token}"
        body["status_page"] = f"{services.base_url}/notice/status/{received.status_token}"
    notice = await NoticeReader(services.database).notice(CLOCK, received.notice_id)
    body |= {
        "items": notice.items,
        "items_left_out": notice.items_left_out,
        "received_at": _iso(notice.received_at),
    }
    return json_answer(body, headers=[receipt_header(services, received.record_id)])


@routes.get(_STATUS, Access.anyone())
async def status(call: Call) -> Answer:
    """What became of a notice. `after`: the number of the last item of the page before."""
    query = await call.params(StatusQuery)
    words = await words_for(call)
    facts = await status_facts(call, call.segment("token"), words, after=max(query.after, 0))
    return json_answer(_status_entity(call, facts))


@routes.post(f"{_STATUS}/messages", Access.anyone())
async def say(call: Call) -> Answer:
    """Add something to a notice, or dispute what was decided."""
    form = await call.params(SaidForm)
    words = await words_for(call)
    token = call.segment("token")
    await add_to_notice(call, token, form.text, words, dispute=form.dispute, channel=Channel.API)
    return json_answer(_status_entity(call, await status_facts(call, token, words)))


def _as_typed(value: Any, field: Field) -> str:
    """A value of JSON as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, list) and field.shape == "addresses":
        if not all(isinstance(one, str) for one in value):
            raise Invalid(
                f"{field.name}: a list of texts", details={field.name: [("ERR_INVALID", "a list of texts")]}
            )
        return "\n".join(value)
    if isinstance(value, str | int | float):
        return str(value)
    raise Invalid(f"{field.name}: a text", details={field.name: [("ERR_INVALID", "a text")]})


def _kind_entity(kind: Kind, words: Words, call: Call) -> dict[str, Any]:
    limits = field_limits(call.services)
    properties: dict[str, Any] = {"kind": {"const": kind.name}}
    for one in kind.fields:
        label = words.of_field(kind.name, one.name, "label")
        schema: dict[str, Any] = {"type": _JSON_TYPES.get(one.shape, "string"), "title": label}
        if one.shape == "addresses":
            schema |= {"items": {"type": "string"}, "maxItems": limits.items}
        elif one.shape == "choice":
            schema["enum"] = list(kind.presets)
        elif one.shape == "moment":
            schema["format"] = "date-time"
        elif one.shape == "email":
            schema["format"] = "email"
        properties[one.name] = schema
    required = ["kind", *(one.name for one in kind.fields if one.required and not one.unless)]
    return {
        "name": kind.name, "title": words(f"kinds/{kind.name}/title"), "about": words(f"kinds/{kind.name}/lead"),
        "schema": {"type": "object", "properties": properties, "required": required, "additionalProperties": False},
    }  # fmt: skip


def _status_entity(call: Call, facts: StatusFacts) -> dict[str, Any]:
    notice = facts.notice
    return {
        "reference": notice.reference,
        "kind": notice.preset,
        "received_at": _iso(notice.received_at),
        "state": notice.state.value,
        "outcome": notice.outcome.value if notice.outcome else None,
        "receipt": {**receipt_links(call.services, notice.record_id), "proven": facts.proven},
        "sender_proven": False if facts.forged else None,
        "slowed": facts.slowed,
        "clocks": [
            {
                "name": one.name, "state": one.state, "bound": one.bound, "says": one.says,
                "due_at": None if one.due_at is None else _iso(one.due_at), "late": one.late,
            }
            for one in facts.clocks
        ],
        "items_count": notice.items,
        "items_left_out": notice.items_left_out,
        "items": [
            {
                "n": one.n, "address": one.address, "outcome": one.outcome,
                "settled_at": None if one.settled_at is None else _iso(one.settled_at),
            }
            for one in facts.items
        ],
        "next_after": facts.more_after,
        "messages": [
            {"from": "sender" if one.direction == "in" else "server", "kind": one.kind.value, "text": one.text, "at": _iso(one.at)}
            for one in facts.messages
        ],
        "may_dispute": facts.may_dispute,
    }  # fmt: skip


def _iso(at: Any) -> str:
    return str(at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z")
