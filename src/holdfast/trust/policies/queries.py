"""Reads of policies. One that was never published here is the one that came with this program."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from .errors import PolicyNotThere
from .model import Policy, PolicyDocument, covers
from .shipped import shipped_policies

_COLUMNS = "select id, version, document::text as document, effective_from, published_at, published_by, record_id from policies"
_VERSIONS_SQL = f"{_COLUMNS} where id = $1 order by version"
_CURRENT_SQL = f"""
select * from (select distinct on (id) * from ({_COLUMNS}) p where effective_from <= $1 order by id, version desc) newest
order by id
"""
_decode = msgspec.json.Decoder(PolicyDocument).decode


def _policy(row: Row) -> Policy:
    return Policy(
        row["version"], _decode(row["document"]), row["effective_from"], row["published_at"], row["published_by"],
        row["record_id"],
    )  # fmt: skip


async def policy_versions(reader: Reader, policy_id: str) -> list[Policy]:
    """Every version, oldest first, those too that take effect later. Raises PolicyNotThere."""
    found = [_policy(row) for row in await reader.fetch(_VERSIONS_SQL, policy_id)]
    shipped = shipped_policies().get(policy_id)
    if not found and shipped is not None:
        found = [shipped]
    if not found:
        raise PolicyNotThere
    return found


async def policy_version(reader: Reader, policy_id: str, version: int) -> Policy:
    """One version. Raises PolicyNotThere."""
    for one in await policy_versions(reader, policy_id):
        if one.version == version:
            return one
    raise PolicyNotThere


async def current_policies(reader: Reader, now: Instant) -> dict[str, Policy]:
    """The version of each policy that is in effect, by id."""
    found = dict(shipped_policies())
    found.update({row["id"]: _policy(row) for row in await reader.fetch(_CURRENT_SQL, now)})
    return dict(sorted(found.items()))


async def current_policy(reader: Reader, policy_id: str, now: Instant) -> Policy:
    """The version in effect. Raises PolicyNotThere."""
    in_effect = [
        one
        for one in await policy_versions(reader, policy_id)
        if one.effective_from is None or one.effective_from <= now
    ]
    if not in_effect:
        raise PolicyNotThere
    return in_effect[-1]


async def policy_about(reader: Reader, rules_and_heads: Iterable[str], now: Instant) -> Policy | None:
    """The gravest policy that screening rules or outputs of the model are about; None when none is."""
    names = list(rules_and_heads)
    found = [
        policy
        for policy in (await current_policies(reader, now)).values()
        if any(covers(policy.document, name) for name in names)
    ]
    return max(found, key=lambda policy: policy.document.severity, default=None)
