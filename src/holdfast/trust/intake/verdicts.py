"""What screening said last of posts, for whoever decides about them."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader

_SQL = """
select distinct on (post_id) post_id, action, lane, rules, scores::text as scores, evidence::text as evidence, version, at
from post_verdicts where post_id = any($1::bigint[]) order by post_id, id desc
"""


class LastVerdict(msgspec.Struct, frozen=True):
    """A verdict. evidence: character offsets into the post's text, end exclusive."""

    action: str
    lane: str | None
    rules: list[str]
    scores: dict[str, float]
    evidence: list[tuple[int, int]]
    version: str
    at: Instant


_scores = msgspec.json.Decoder(dict[str, float])
_evidence = msgspec.json.Decoder(list[tuple[int, int]])


async def last_verdicts(reader: Reader, post_ids: list[int]) -> dict[int, LastVerdict]:
    """By post; those of which screening kept nothing are left out. For staff alone."""
    return {
        row["post_id"]: LastVerdict(
            row["action"], row["lane"], list(row["rules"]), _scores.decode(row["scores"]),
            _evidence.decode(row["evidence"]), row["version"], row["at"],
        )
        for row in await reader.fetch(_SQL, post_ids)
    }  # fmt: skip
