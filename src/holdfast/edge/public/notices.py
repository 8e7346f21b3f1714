"""Notices by form, in English and French, without an account and without any script."""

from __future__ import annotations

from typing import Any

from ...platform.crypto import new_secret
from ...pure.deadlines import PresetNotKnown, shipped_presets
from ...pure.errors import HoldfastError, Invalid, LimitReached, NotAllowed
from ...trust.notices import Channel
from ..answers import Answer, redirect
from ..call import Call
from ..notice_forms import (
    KINDS,
    Kind,
    Words,
    check_open,
    field_limits,
    file_notice,
    kind_named,
    other_languages,
    words_for,
)
from ..routes import Access, RouteTable
from .browser import Visit
from .pages import NO_STORE, form, page, render

routes = RouteTable()

# A field that people do not see: who fills it in is a program.
_TRAP = "website"
_ONCE = "once"
_ONCE_MAX_CHARACTERS = 64
_INPUTS = {"line": "text", "email": "email", "phone": "tel", "moment": "datetime-local", "country": "text"}
_AUTOCOMPLETE = {
    "name": "name",
    "email": "email",
    "phone": "tel",
    "organisation": "organization",
    "country": "country",
}


@routes.get("/notice", Access.browser())
@page
async def chooser(call: Call, visit: Visit) -> Answer:
    """The kinds of notices."""
    check_open(call.services)
    words = await words_for(call)
    kinds = [(name, words(f"kinds/{name}/title"), words(f"kinds/{name}/lead")) for name in KINDS]
    return render(
        call, visit, "notice_chooser.html", title=words("page/chooser"), words=words, page_language=words.language, kinds=kinds,
        others=other_languages(words.language), here="/notice", mail=_mail_address(call),
    )  # fmt: skip


@routes.get("/notices/new", Access.browser())
@page
async def chooser_of_old(call: Call, _visit: Visit) -> Answer:
    """The address that documents of before name."""
    check_open(call.services)
    return redirect("/notice", status=302)


@routes.get("/notice/{kind}", Access.browser())
@page
async def form_page(call: Call, visit: Visit) -> Answer:
    """The form of one kind; fields may be filled in by the address that leads here."""
    check_open(call.services)
    kind = kind_named(call.segment("kind"))
    tree = await call.tree()
    given = {name: value for name, value in tree.items() if isinstance(value, str)}
    return _form(call, visit, kind, await words_for(call), given)


@routes.post("/notice/{kind}", Access.browser())
@form
async def send(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Record the notice, and lead to the page that tells what becomes of it."""
    check_open(call.services)
    kind = kind_named(call.segment("kind"))
    words = await words_for(call)
    if fields.get(_TRAP):
        raise NotAllowed(words("errors/program"))
    once = fields.get(_ONCE, "")[:_ONCE_MAX_CHARACTERS]
    try:
        received = await file_notice(
            call, kind, fields, words, channel=Channel.FORM, once=f"form:{once}" if once else ""
        )
    except (Invalid, LimitReached) as error:
        return _form(call, visit, kind, words, fields, error)
    return redirect(f"/notice/status/{received.status_token}?sent=1&lang={words.language}")


def _form(
    call: Call, visit: Visit, kind: Kind, words: Words, given: dict[str, str], error: HoldfastError | None = None
) -> Answer:  # fmt: skip
    details = error.details if isinstance(error, Invalid) else {}
    headers = [NO_STORE]
    status = 200 if error is None else 422
    if isinstance(error, LimitReached):
        status = 429
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    rows = [_row(call, kind, words, given, details, one.name) for one in kind.fields]
    problems = [(row["name"], row["label"], row["error"]) for row in rows if row["error"]]
    known = {one.name for one in kind.fields}
    problems += [("", name, parts[0][1]) for name, parts in details.items() if name not in known]
    return render(
        call, visit, "notice_form.html", title=words(f"kinds/{kind.name}/title"), status=status, headers=headers,
        words=words, page_language=words.language, kind=kind.name, lead=words(f"kinds/{kind.name}/lead"), rows=rows, problems=problems,
        error=error.public if error is not None and not problems else "", once=given.get(_ONCE) or new_secret(16),
        others=other_languages(words.language), here=f"/notice/{kind.name}", mail=_mail_address(call),
    )  # fmt: skip


def _row(
    call: Call, kind: Kind, words: Words, given: dict[str, str], details: dict[str, list[tuple[str, str]]], name: str
) -> dict[str, Any]:  # fmt: skip
    field = next(one for one in kind.fields if one.name == name)
    limits = field_limits(call.services)
    hint = words.of_field(kind.name, name, "hint").replace("{most}", f"{limits.items:,}".replace(",", " "))
    options = [(preset, words.find(f"presets/{preset}") or title_of(preset)) for preset in kind.presets]
    problem = details.get(name, [("", "")])[0][1]
    return {
        "name": name, "shape": field.shape, "required": field.required and not field.unless,
        "optional": not field.required, "input": _INPUTS.get(field.shape, "text"),
        "autocomplete": _AUTOCOMPLETE.get(name, "off"), "label": words.of_field(kind.name, name, "label"), "hint": hint,
        "value": given.get(name, ""), "error": problem, "options": options if field.shape == "choice" else [],
        "most": limits.characters if field.shape == "text" and field.most == 300 else field.most,
    }  # fmt: skip


def title_of(preset: str) -> str:
    """What a kind of notice is called, in English."""
    try:
        return shipped_presets().named(preset).title
    except PresetNotKnown:
        return preset


def _mail_address(call: Call) -> str:
    settings = call.services.settings
    return settings.notice_from if settings.notices_come_by_mail else ""
