"""Templates: what members are told, with gaps to fill in."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.permissions import Permission
from ...trust.templates import (
    Template,
    TemplateNotAllowed,
    TemplateVersion,
    fill,
    newest_template,
    publish_template,
    template_versions,
    templates,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .routes import API, ScopedAccess, iso, staff_of

routes = RouteTable()
_ONE = f"{API}/templates/{{name}}"


class FillForm(msgspec.Struct):
    """What fills the gaps, and the language; without one, every language is filled."""

    values: dict[str, str] = msgspec.field(default_factory=dict)
    language: str = ""


class TemplateForm(msgspec.Struct):
    """A template as it is to be published."""

    id: str = ""
    title: str = ""
    texts: dict[str, str] = msgspec.field(default_factory=dict)
    variables: list[str] = msgspec.field(default_factory=list)
    policy: str = ""


@routes.get(f"{API}/templates", ScopedAccess.read)
async def show_all(call: Call) -> Answer:
    """The newest version of each."""
    return json_answer([_entity(one) for one in await templates(call.services.database)])


@routes.get(_ONE, ScopedAccess.read)
async def show(call: Call) -> Answer:
    """Every version of one, oldest first."""
    return json_answer(
        [_entity(one) for one in await template_versions(call.services.database, call.segment("name"))]
    )


@routes.post(f"{_ONE}/fill", ScopedAccess.read)
async def fill_one(call: Call) -> Answer:
    """The text as a member would read it; refused while a gap is left open."""
    asked = await call.params(FillForm)
    found = await newest_template(call.services.database, call.segment("name"))
    languages = [asked.language] if asked.language else list(found.template.texts)
    return json_answer(
        {language: fill(found.template, asked.values, language=language) for language in languages}
    )


@routes.post(f"{API}/templates", Access.staff(Permission.MANAGE_RULES, "admin:write:reports"))
async def publish(call: Call) -> Answer:
    """Publish the next version of a template, or the first of a new one."""
    asked = await call.params(TemplateForm)
    try:
        template = msgspec.convert(msgspec.to_builtins(asked), Template)
    except msgspec.ValidationError as error:
        raise TemplateNotAllowed(str(error)) from error
    async with call.services.database.transaction() as tx:
        made = await publish_template(tx, staff_of(call), template, now=call.now)
    return json_answer(_entity(made))


def _entity(one: TemplateVersion) -> dict[str, Any]:
    return {
        "reference": one.reference, "version": one.version, "published_at": iso(one.published_at),
        **msgspec.to_builtins(one.template),
    }  # fmt: skip
