"""What this server is, by whose rules it runs, and who runs it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ... import __version__
from ...platform.documents import read_document
from ...pure.errors import NotFound
from ...pure.languages import LANGUAGES
from ...social.accounts import find_by_handle
from ..answers import Answer
from ..breaking import breaker_now
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit
from .cards import Person, person
from .pages import page
from .reading import Description, show, viewer_of

routes = RouteTable()


@routes.get("/about", Access.browser())
@page
async def about(call: Call, visit: Visit) -> Answer:
    """GET /about"""
    await viewer_of(call, visit)
    services, settings = call.services, call.services.settings
    described = Description(
        "/about", f"About {settings.title}", settings.description, image="/instance/thumbnail.png"
    )
    return show(
        call, visit, "about.html", described, title="About this server", settings=settings,
        version=__version__, usage=await services.instance.usage(), staff=await _staff(call),
        contact=await _contact(call), breaker=await breaker_now(services), languages=[LANGUAGES.get(code, code) for code in settings.languages],
    )  # fmt: skip


@routes.get("/privacy-policy", Access.browser())
@page
async def privacy_policy(call: Call, visit: Visit) -> Answer:
    """GET /privacy-policy: the text that the operator named in the settings, if any."""
    return await _document(call, visit, "Privacy policy", call.services.settings.privacy_policy_file)


@routes.get("/terms-of-service", Access.browser())
@page
async def terms_of_service(call: Call, visit: Visit) -> Answer:
    """GET /terms-of-service: the text that the operator named in the settings, if any."""
    return await _document(call, visit, "Terms of service", call.services.settings.terms_file)


async def _document(call: Call, visit: Visit, title: str, path: Path | None) -> Answer:
    await viewer_of(call, visit)
    document = None
    if path is not None:
        document = await asyncio.to_thread(read_document, call.services.settings.data / path)
    if document is None:
        raise NotFound
    described = Description(call.path, title, f"{title} of {call.services.settings.title}.")
    paragraphs = [part.strip() for part in document.text.replace("\r\n", "\n").split("\n\n")]
    return show(
        call, visit, "document.html", described, title=title, updated_at=document.updated_at,
        paragraphs=[part for part in paragraphs if part],
    )  # fmt: skip


async def _staff(call: Call) -> list[Person]:
    services = call.services
    ids = await services.instance.staff()
    found = await services.accounts.get_many(ids)
    # The role is asked again: it may have changed since the list was made.
    return [
        person(services, found[ident])
        for ident in ids
        if ident in found and found[ident].shown and found[ident].role != "member"
    ]


async def _contact(call: Call) -> Person | None:
    """The account to write to: the one that the settings name, else the first owner."""
    services = call.services
    named = services.settings.contact_account.strip().removeprefix("@").partition("@")[0]
    if named:
        found = await find_by_handle(services.database, named)
    else:
        found = await services.instance.first_owner()
    account = await services.accounts.get(found) if found is not None else None
    return person(services, account) if account is not None and account.shown else None
