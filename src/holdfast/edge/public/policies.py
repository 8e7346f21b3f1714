"""The policies of this server, for everybody to read: in effect now, and every version that there was."""

from __future__ import annotations

from typing import Any

from ...pure.errors import NotFound
from ...trust.policies import (
    Basis,
    Policy,
    PolicyNotAllowed,
    current_policies,
    current_policy,
    difference,
    in_language,
    policy_version,
    policy_versions,
    read_reference,
)
from ..answers import Answer
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit, text_of
from .pages import page
from .reading import Description, show, viewer_of
from .translations import speech

routes = RouteTable()


@routes.get("/policies", Access.browser())
@page
async def policies(call: Call, visit: Visit) -> Answer:
    """GET /policies: those in effect."""
    await viewer_of(call, visit)
    language = await _language(call, visit)
    found = await current_policies(call.services.database, call.now)
    say = speech(call, visit)
    described = Description(
        "/policies", say("Policies"),
        say("What is not allowed on {site}, and why.", site=call.services.settings.title),
    )  # fmt: skip
    return show(
        call, visit, "policies.html", described, title=say("Policies"),
        policies=[{"reference": one.reference, "title": one.text(language).title} for one in found.values()],
    )  # fmt: skip


@routes.get("/policies/{reference}", Access.browser())
@page
async def policy(call: Call, visit: Visit) -> Answer:
    """GET /policies/{id}@{version}: one version; /policies/{id}: the one in effect."""
    await viewer_of(call, visit)
    found, language = await _policy(call), await _language(call, visit)
    database = call.services.database
    versions = await policy_versions(database, found.id)
    text = found.text(language)
    before = next((one for one in versions if one.version == found.version - 1), None)
    described = Description(f"/policies/{found.reference}", text.title, text.body[:200])
    return show(
        call, visit, "policy.html", described, title=text.title, version=found, text=text, language=language,
        languages=sorted(found.document.texts), law=found.document.basis is Basis.LAW,
        ground=in_language(found.document.ground, language), versions=[_version(one) for one in reversed(versions)],
        explanation=in_language(found.document.explanation, language),
        changes=[] if before is None else difference(before, found, language=language),
        paragraphs=[part.strip() for part in text.body.split("\n\n") if part.strip()],
    )  # fmt: skip


async def _policy(call: Call) -> Policy:
    reference = call.segment("reference")
    if "@" not in reference:
        return await current_policy(call.services.database, reference, call.now)
    try:
        return await policy_version(call.services.database, *read_reference(reference))
    except PolicyNotAllowed:
        raise NotFound from None


async def _language(call: Call, visit: Visit) -> str:
    """The language asked for, else the member's, else the first that the browser wants."""
    asked = text_of(await call.tree(), "language")
    if not asked:
        asked = call.header(b"accept-language") if visit.session is None else visit.session.locale
    return asked.partition(",")[0].partition(";")[0].partition("-")[0].strip().lower()[:3] or "en"


def _version(one: Policy) -> dict[str, Any]:
    return {"reference": one.reference, "effective_from": one.effective_from}
