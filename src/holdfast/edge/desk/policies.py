"""Policies, for everybody to read, and for those who manage the rules to publish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from ...pure.errors import Invalid, NotFound
from ...pure.permissions import Permission
from ...trust.policies import (
    Policy,
    PolicyDocument,
    PolicyNotAllowed,
    current_policies,
    current_policy,
    difference,
    policy_version,
    policy_versions,
    publish_policy,
    read_reference,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .routes import API, iso, public_id, staff_of

routes = RouteTable()
_MANAGE = Access.staff(Permission.MANAGE_RULES, "admin:write:reports")


class PublishForm(msgspec.Struct):
    """The document of the next version, as `GET /policies/{reference}` shows it, and from when it counts."""

    document: dict[str, Any] = msgspec.field(default_factory=dict)
    effective_from: datetime | None = None


class DifferenceQuery(msgspec.Struct):
    """Two versions, and the language that is compared."""

    before: int = 0
    after: int = 0
    language: str = "en"


@routes.get(f"{API}/policies", Access.anyone())
async def show_all(call: Call) -> Answer:
    """The policies in effect, each in its newest version that counts."""
    found = await current_policies(call.services.database, call.now)
    return json_answer([_entity(call, one) for one in found.values()])


@routes.get(f"{API}/policies/{{reference}}", Access.anyone())
async def show(call: Call) -> Answer:
    """One version by `id@version`, or the one in effect by its id."""
    return json_answer(_entity(call, await policy_of_path(call)))


@routes.get(f"{API}/policies/{{reference}}/versions", Access.anyone())
async def show_versions(call: Call) -> Answer:
    """Every version of a policy, oldest first."""
    policy = await policy_of_path(call)
    return json_answer(
        [_entity(call, one) for one in await policy_versions(call.services.database, policy.id)]
    )


@routes.get(f"{API}/policies/{{reference}}/difference", Access.anyone())
async def show_difference(call: Call) -> Answer:
    """What changed between two versions, line by line."""
    policy, asked = await policy_of_path(call), await call.params(DifferenceQuery)
    database = call.services.database
    before = await policy_version(database, policy.id, asked.before or max(policy.version - 1, 1))
    after = await policy_version(database, policy.id, asked.after or policy.version)
    return json_answer(
        {
            "before": before.reference,
            "after": after.reference,
            "lines": difference(before, after, language=asked.language),
        }
    )


@routes.post(f"{API}/policies", _MANAGE)
async def publish(call: Call) -> Answer:
    """Publish the next version of a policy, or the first of a new one."""
    asked = await call.params(PublishForm)
    try:
        document = msgspec.convert(asked.document, PolicyDocument)
    except msgspec.ValidationError as error:
        raise PolicyNotAllowed(f"document: {error}") from error
    if asked.effective_from is not None and asked.effective_from.tzinfo is None:
        raise Invalid("effective_from must say its offset, such as 2026-01-31T12:00:00Z")
    async with call.services.database.transaction() as tx:
        made = await publish_policy(
            tx, staff_of(call), document, effective_from=asked.effective_from, now=call.now
        )
    return json_answer(_entity(call, made))


async def policy_of_path(call: Call) -> Policy:
    """The policy that a path names: `id@version` or `id`. Raises NotFound."""
    reference = call.segment("reference")
    if "@" not in reference:
        return await current_policy(call.services.database, reference, call.now)
    try:
        ident, version = read_reference(reference)
    except PolicyNotAllowed:
        raise NotFound from None
    return await policy_version(call.services.database, ident, version)


def _entity(call: Call, policy: Policy) -> dict[str, Any]:
    return {
        "reference": policy.reference,
        "id": policy.id,
        "version": policy.version,
        "document": msgspec.to_builtins(policy.document),
        "effective_from": iso(policy.effective_from),
        "published_at": iso(policy.published_at),
        "record_id": policy.record_id,
        "url": f"{call.services.base_url}/policies/{policy.reference}",
        "instance_rules": [
            str(number)
            for number, ident in enumerate(call.services.settings.rule_policies, start=1)
            if ident == policy.id and number <= len(call.services.settings.rules)
        ],
    } | (
        {}
        if policy.published_by is None or not _is_staff(call)
        else {"published_by": public_id(call.services, policy.published_by)}
    )


def _is_staff(call: Call) -> bool:
    return call.token is not None and call.token.account_id is not None and call.actor.is_staff
