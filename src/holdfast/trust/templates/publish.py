"""Use case: a version of a template is published."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ..staff_actions import Staff
from .errors import TemplateNotAllowed, TemplateNotThere
from .model import Template, TemplateVersion, check
from .queries import template_versions


async def publish_template(tx: Tx, staff: Staff, template: Template, *, now: Instant) -> TemplateVersion:
    """The next version. What was sent from another stays as it was sent. Raises RoleLacks, TemplateNotAllowed."""
    staff.require(Permission.MANAGE_RULES)
    check(template)
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('template ' || $1, 0))", template.id)
    try:
        last = (await template_versions(tx, template.id))[-1]
    except TemplateNotThere:
        version = 1
    else:
        version = last.version + 1
        if last.template == template:
            raise TemplateNotAllowed(
                f"{template.id} says the same as {last.reference}; nothing was published"
            )
    made = TemplateVersion(version, template, now, staff.account_id)
    await tx.execute(
        "insert into message_templates (id, version, document, published_at, published_by) values ($1, $2, $3::jsonb, $4, $5)",
        template.id, version, msgspec.json.encode(template).decode(), now, staff.account_id,
    )  # fmt: skip
    return made
