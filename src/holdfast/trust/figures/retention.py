"""Of those who came in a day or month: how many were still here later."""

from __future__ import annotations

from ...platform.db import Reader
from .model import Cohort, Frequency, Period, steps

# $1, $2: the period; $3: day or month. The last sign of life: a post, a session, a token in use.
_SQL = """
select date_trunc($3, u.created_at at time zone 'UTC')::date as came,
       greatest((u.created_at at time zone 'UTC')::date, c.last_post_on,
                (select max(last_used_at at time zone 'UTC')::date from sessions s where s.account_id = u.account_id),
                (select max(last_used_on) from access_tokens t where t.account_id = u.account_id)) as seen,
       count(*) as members
from users u left join account_counts c on c.account_id = u.account_id
where u.created_at >= $1 and u.created_at < $2
group by 1, 2
"""


async def retention(reader: Reader, span: Period, frequency: Frequency) -> list[Cohort]:
    """A cohort for each day or month of the period, the earliest first, followed to its end."""
    found: dict[object, list[tuple[object, int]]] = {}
    for row in await reader.fetch(_SQL, span.begins, span.ends, frequency):
        found.setdefault(row["came"], []).append((row["seen"], row["members"]))
    begins = steps(span, frequency)
    return [
        Cohort(
            came,
            sum(members for _, members in found.get(came, [])),
            [
                (later, sum(members for seen, members in found.get(came, []) if seen >= later))  # type: ignore[operator, misc]
                for later in begins
                if later >= came
            ],
        )
        for came in begins
    ]
