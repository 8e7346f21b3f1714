"""Reads of templates. One that was never published here is the one that came with this program."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Row
from .errors import TemplateNotThere
from .model import Template, TemplateVersion
from .shipped import shipped_templates

_COLUMNS = "select id, version, document::text as document, published_at, published_by from message_templates"
_VERSIONS_SQL = f"{_COLUMNS} where id = $1 order by version"
_NEWEST_SQL = f"select distinct on (id) * from ({_COLUMNS}) t order by id, version desc"
_decode = msgspec.json.Decoder(Template).decode


def _version(row: Row) -> TemplateVersion:
    return TemplateVersion(row["version"], _decode(row["document"]), row["published_at"], row["published_by"])


async def template_versions(reader: Reader, template_id: str) -> list[TemplateVersion]:
    """Every version, oldest first. Raises TemplateNotThere."""
    found = [_version(row) for row in await reader.fetch(_VERSIONS_SQL, template_id)]
    shipped = shipped_templates().get(template_id)
    if not found and shipped is not None:
        found = [shipped]
    if not found:
        raise TemplateNotThere
    return found


async def newest_template(reader: Reader, template_id: str) -> TemplateVersion:
    """The newest version. Raises TemplateNotThere."""
    return (await template_versions(reader, template_id))[-1]


async def templates(reader: Reader) -> list[TemplateVersion]:
    """The newest version of each, by id."""
    found = dict(shipped_templates())
    found.update({row["id"]: _version(row) for row in await reader.fetch(_NEWEST_SQL)})
    return [found[ident] for ident in sorted(found)]
