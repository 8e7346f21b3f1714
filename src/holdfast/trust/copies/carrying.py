"""Which posts carry a link or a file: what a bar of it would have kept out, had it stood when they were written."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader
from ...pure.entities import Url, find_entities
from ...social.bans import MaterialKind, link_forms

_PAGE = 2000
# The index of nobody: what is found here is looked at again, address by address.
_LINK_SQL = """
select id, account_id, text from posts
where id > $1 and boost_of_id is null and state < 2 and strpos(lower(text), $2) > 0 order by id limit $3
"""
_FILE_SQL = """
select distinct p.id, p.account_id from media m join posts p on p.id = m.post_id
where p.state < 2 and m.position is not null
  and case when $1 then m.source_sha256 = $2 else m.pdq = $2 end
order by p.id limit $3
"""


class Carrier(msgspec.Struct, frozen=True):
    """A post, and whose it is."""

    post_id: int
    account_id: int


async def carriers(reader: Reader, kind: MaterialKind, value: str, *, most: int) -> list[Carrier]:
    """Posts that are seen or held and carry this, oldest first; at most so many. value: as bars have it (`read_link`,
    `read_file_hash`)."""
    if kind is MaterialKind.IMAGE:
        exact, _, digits = value.partition(":")
        rows = await reader.fetch(_FILE_SQL, exact == "sha256", bytes.fromhex(digits), most)
        return [Carrier(row["id"], row["account_id"]) for row in rows]
    found: list[Carrier] = []
    last = 0
    while len(found) < most:
        rows = await reader.fetch(_LINK_SQL, last, value.lower(), _PAGE)
        found += [Carrier(row["id"], row["account_id"]) for row in rows if _links(row["text"], value)]
        if len(rows) < _PAGE:
            break
        last = rows[-1]["id"]
    return found[:most]


def _links(text: str, value: str) -> bool:
    return any(value in link_forms(one.value) for one in find_entities(text) if isinstance(one, Url))
