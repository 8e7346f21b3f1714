"""What judges posts here, recorded whenever it is another than before."""

from __future__ import annotations

import structlog

from ..edge.ports import Services
from ..pure.errors import HoldfastError
from ..records import ledger

log = structlog.get_logger(__name__)

_FACT = "screening_versions"
# The web processes of one start ask at the same moment: one of them sees the change.
_CHANGED = """
with before as (select value from facts where name = $1)
insert into facts (name, value) values ($1, $2)
on conflict (name) do update set value = excluded.value where facts.value <> excluded.value
returning (select value from before)
"""


async def record_versions(services: Services) -> bool:
    """Record the model and the rules of this server if they have changed; whether they had."""
    rules = services.screen.rules.version if services.screen.rules else ""
    models = [one for one in services.screen.version.split() if one != rules]
    now = services.clock.now()
    async with services.database.transaction() as tx:
        row = await tx.fetchrow(_CHANGED, _FACT, services.screen.version)
        if row is None:
            return False
        public = {
            "version": ledger.code_of("+".join(models) or "none"),
            "rules": ledger.code_of(rules or "none"),
        }
        if row[0]:
            public["previous"] = ledger.code_of(row[0].replace(" ", "+"))
        await ledger.append(
            tx,
            ledger.Entry(
                kind=ledger.Kind.CLASSIFIER_VERSION,
                public=public,
                private={"versions": services.screen.version},
            ),
            now=now,
        )
    return True


async def try_to_record_versions(services: Services) -> None:
    """The same when a server starts, which it does also when this fails; the next start tries again."""
    try:
        await record_versions(services)
    except HoldfastError as error:
        log.warning("ledger.versions_not_recorded", error=str(error))
