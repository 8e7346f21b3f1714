"""What a search costs: the index over the whole community, and members who look for all sorts of things."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from urllib.parse import urlencode

from holdfast.main.bench.data import WORDS, Community, Progress
from holdfast.main.bench.model import BenchOptions
from holdfast.main.bench.scenarios import get
from holdfast.platform.db import Database
from holdfast.social.search import index_posts

QUERIES = 300
"""Different queries of each kind."""

_INDEXED = "bench_searchable"
_BATCH = 20_000
_RARE_WORDS = 50_000
_IDS_SQL = "select id from posts where id > $1 and boost_of_id is null order by id limit $2"
# The words of the community are few and frequent. Every post gets one more, as rare as words are: the n-th most frequent
# is found in a share of 1 / (11 n) of all posts.
_RARE_WORD_SQL = """
update posts set text = text || ' w' || floor(exp(random() * ln($2::float)))::int where id = any($1::bigint[])
"""


async def make_searchable(
    database: Database, options: BenchOptions, progress: Progress
) -> dict[str, float | str]:
    """Index what is not indexed; how fast that went, and how large the index is."""
    facts: dict[str, float | str] = {}
    made = await database.fetchval("select value from facts where name = $1", _INDEXED)
    if made is None:
        started, after, indexed = time.perf_counter(), -1, 0
        while rows := await database.fetch(_IDS_SQL, after, _BATCH):
            ids = [row[0] for row in rows]
            async with database.transaction() as tx:
                await tx.execute("set local synchronous_commit = off")
                await tx.execute(_RARE_WORD_SQL, ids, _RARE_WORDS)
                indexed += await index_posts(tx, ids)
            after = ids[-1]
            progress("search index", indexed, options.posts)
        facts["posts indexed per second, GIN kept up to date"] = indexed / (time.perf_counter() - started)
        progress("vacuum", 0, 1)
        await database.fetch("vacuum analyze post_search, posts")
        async with database.transaction() as tx:
            await tx.execute("insert into facts (name, value) values ($1, $2)", _INDEXED, str(indexed))
        progress("vacuum", 1, 1)
    row = await database.fetchrow(
        "select pg_relation_size('post_search')::float / 1048576 as rows,"
        " pg_relation_size('post_search_words')::float / 1048576 as words"
    )
    if row is not None:
        facts["post_search, MiB"], facts["its index of words, MiB"] = row["rows"], row["words"]
    return facts


def search_requests(community: Community, seed: int = 5) -> dict[str, list[bytes]]:
    """Kinds of searches, each with different members and words."""
    chance, frequent = random.Random(seed), WORDS.split()

    def rare() -> str:
        return f"w{int(_RARE_WORDS ** chance.random())}"

    def word() -> str:
        return chance.choice(frequent)

    kinds: dict[str, Callable[[], str]] = {
        "a frequent word": word,
        "a word as words are": rare,
        "a word that nobody used": lambda: f"nothing{chance.randrange(10**6)}",
        "two frequent words": lambda: f"{word()} {word()}",
        "a frequent and another": lambda: f"{word()} {rare()}",
        "a phrase of two": lambda: f'"{word()} {word()}"',
        "a word of mine": lambda: f"from:me {word()}",
        "a word in my library": lambda: f"in:library {word()}",
        "replies with a word": lambda: f"is:reply {rare()}",
        "a word without another": lambda: f"{rare()} -{word()}",
        "a word in a month": lambda: f"{word()} during:{_month(chance)}",
    }
    requests = {
        what: [_search(community, chance, make()) for _ in range(QUERIES)] for what, make in kinds.items()
    }
    requests["accounts by prefix"] = [
        _search(community, chance, f"resident_{chance.randrange(1, 1000)}", kind="accounts")
        for _ in range(QUERIES)
    ]
    requests["hashtags by prefix"] = [
        _search(community, chance, f"topic{chance.randrange(1, 30)}", kind="hashtags") for _ in range(QUERIES)
    ]
    return requests


def _search(community: Community, chance: random.Random, q: str, *, kind: str = "statuses") -> bytes:
    return get(f"/api/v2/search?{urlencode({'q': q, 'type': kind})}", chance.choice(community.tokens))


def _month(chance: random.Random) -> str:
    # The community has a year behind it, whenever that was made.
    year = time.gmtime().tm_year
    return f"{year - chance.randrange(2)}-{chance.randrange(1, 13):02d}"
