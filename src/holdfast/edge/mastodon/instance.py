"""What this server says of itself to apps: the two forms of Instance, and what hangs on them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from ...platform.config import CONFIG_FILE
from ...platform.documents import Document, first_change_time, read_document
from ...pure.avatar import default_avatar_png, default_header_png
from ...pure.errors import NotFound
from ...pure.languages import LANGUAGES
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .instance_entity import instance_v1, instance_v2, rule_entities
from .times import iso

routes = RouteTable()

_DAY = (b"cache-control", b"public, max-age=86400")


@routes.get("/api/v2/instance", Access.anyone())
async def show(call: Call) -> Answer:
    """The Instance entity."""
    return json_answer(await instance_v2(call.services))


@routes.get("/api/v1/instance", Access.anyone())
async def show_v1(call: Call) -> Answer:
    """The old Instance entity, which every client still asks for."""
    return json_answer(await instance_v1(call.services))


@routes.get("/api/v1/instance/rules", Access.anyone())
async def rules(call: Call) -> Answer:
    """The rules of this server."""
    return json_answer(rule_entities(call.services.settings))


@routes.get("/api/v1/instance/peers", Access.anyone())
async def peers(call: Call) -> Answer:
    """Other servers that are known here."""
    return json_answer(await call.services.instance.peers())


@routes.get("/api/v1/instance/activity", Access.anyone())
async def activity(call: Call) -> Answer:
    """Twelve weeks of figures, this week's first; numbers are texts, as the API has them."""
    return json_answer(
        [
            {
                "week": str(
                    int(datetime(week.week.year, week.week.month, week.week.day, tzinfo=UTC).timestamp())
                ),
                "statuses": str(week.posts),
                "logins": str(week.logins),
                "registrations": str(week.registrations),
            }
            for week in await call.services.instance.activity()
        ]
    )


@routes.get("/api/v1/instance/extended_description", Access.anyone())
async def extended_description(call: Call) -> Answer:
    """The description as HTML. It comes from the settings: their file says when, else the folder where it would be."""
    folder = call.services.settings.data
    changed = await asyncio.to_thread(first_change_time, folder / CONFIG_FILE, folder)
    content = _html(call.services.settings.description)
    return json_answer({"updated_at": iso(changed or call.now), "content": content})


@routes.get("/api/v1/instance/privacy_policy", Access.anyone())
async def privacy_policy(call: Call) -> Answer:
    """The privacy policy; 404 while the operator has named none."""
    document = await _document(call, call.services.settings.privacy_policy_file)
    return json_answer({"updated_at": iso(document.updated_at), "content": _html(document.text)})


@routes.get("/api/v1/instance/terms_of_service", Access.anyone())
async def terms_of_service(call: Call) -> Answer:
    """The terms of service; 404 while the operator has named none."""
    return json_answer(_terms(await _document(call, call.services.settings.terms_file)))


@routes.get("/api/v1/instance/terms_of_service/{date}", Access.anyone())
async def terms_of_service_of(call: Call) -> Answer:
    """The terms of service that are in effect since that day; 404 for any other, because earlier ones are not kept."""
    document = await _document(call, call.services.settings.terms_file)
    if call.segment("date") != document.updated_at.date().isoformat():
        raise NotFound
    return json_answer(_terms(document))


@routes.get("/api/v1/instance/languages", Access.anyone())
async def languages(_call: Call) -> Answer:
    """The languages that a post can be marked with."""
    return json_answer([{"code": code, "name": name} for code, name in LANGUAGES.items()])


@routes.get("/api/v1/instance/translation_languages", Access.anyone())
async def translation_languages(_call: Call) -> Answer:
    """Which languages can be translated into which: nothing here translates."""
    return json_answer({})


@routes.get("/instance/thumbnail.png", Access.anyone(), limit=Limit.NONE)
async def thumbnail(call: Call) -> Answer:
    """A wide picture in this server's colours, drawn from its name."""
    body = await asyncio.to_thread(_thumbnail, call.services.settings.domain)
    return Answer(200, body, b"image/png", [_DAY])


@routes.get("/instance/icon.png", Access.anyone(), limit=Limit.NONE)
async def icon(call: Call) -> Answer:
    """A square picture in this server's colours, drawn from its name."""
    settings = call.services.settings
    body = await asyncio.to_thread(_icon, settings.domain, settings.title)
    return Answer(200, body, b"image/png", [_DAY])


@routes.get("/health", Access.anyone(), limit=Limit.NONE)
async def health(call: Call) -> Answer:
    """Whether this process answers and reaches its database; the bare word, which clients compare with."""
    await call.services.database.fetchval("select 1")
    return Answer(200, b"OK", b"text/plain; charset=utf-8")


@lru_cache(maxsize=1)
def _thumbnail(domain: str) -> bytes:
    return default_header_png(domain.encode())


@lru_cache(maxsize=1)
def _icon(domain: str, title: str) -> bytes:
    return default_avatar_png(domain.encode(), title)


async def _document(call: Call, path: Path | None) -> Document:
    document = None
    if path is not None:
        document = await asyncio.to_thread(read_document, call.services.settings.data / path)
    if document is None:
        raise NotFound
    return document


def _terms(document: Document) -> dict[str, Any]:
    return {
        "effective_date": document.updated_at.date().isoformat(),
        "effective": True,
        "content": _html(document.text),
        "succeeded_by": None,
    }


def _html(text: str) -> str:
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return "".join("<p>" + escape(part).replace("\n", "<br />") + "</p>" for part in paragraphs if part)
