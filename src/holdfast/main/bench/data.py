"""A synthetic community with a heavy tail, made inside the database in batches, with all indexes in place.

Few accounts write most posts and hold most followers, as everywhere; people who follow much are rare too. Ranks come
from powers of a uniform number: `n * u ^ k` falls on rank r with a density that falls like r ^ (1/k - 1). The same
sizes give the same community, since PostgreSQL's random numbers are seeded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from holdfast.main.bench.model import BenchOptions
from holdfast.platform.clock import Instant
from holdfast.platform.crypto import secret_hash
from holdfast.platform.db import Database
from holdfast.platform.ids import new_id
from holdfast.pure.errors import Invalid
from holdfast.social.accounts import NewAccount, create_account
from holdfast.social.tokens import OUT_OF_BAND, NewApp, register_app

Progress = Callable[[str, int, int], None]

SCOPES = "read write follow push"
POST_BATCH = 50_000
FOLLOW_BATCH = 100_000
PUBLISHERS = 60
_MADE = "bench_community"
_YEAR = timedelta(days=365)
_SEED = "select setseed(0.42)"

_ACCOUNTS = """
insert into accounts (id, username, display_name, note, created_at)
select ((extract(epoch from at) * 1000)::bigint << 21) | n, 'resident_' || n, 'Resident ' || n,
       case when n % 3 = 0 then 'Gardener, reader, number ' || n || '. https://example.org/' || n else '' end, at
from (select n, $3::timestamptz - interval '700 days' * (1 - n::float / $4) as at
      from generate_series($1::int + 1, $2::int) as n) as new
order by 1
"""
_COUNTS = "insert into account_counts (account_id) select id from accounts where username like 'resident\\_%'"

# Texts are put together beforehand: with text made per row, making words would be all that this measures.
_TEXTS = """
create unlogged table bench_texts as
select n, string_agg(word, ' ' order by k) as text
from (select n, k, (string_to_array($1, ' '))[1 + floor(random() * $2)::int] as word
      from generate_series(0, 4095) as n, generate_series(1, 45) as k
      where k <= 4 + 40 * ((n * 2654435761) % 4096)::float / 4096) as words
group by n
"""
_TEXTS_KEY = "alter table bench_texts add primary key (n)"
_RESIDENTS = """
create unlogged table bench_residents as
select (row_number() over (order by random()) - 1)::int as rank, id from accounts where username like 'resident\\_%'
"""
_RESIDENTS_KEY = "alter table bench_residents add primary key (rank)"

# $1 first number, $2 last, $3 of how many, $4 accounts, $5 now
_BATCH = """
insert into bench_batch
select new.n, ((extract(epoch from at) * 1000)::bigint << 21) | floor(random() * 2097152)::bigint as id, at, author.id,
       kind, visibility, 1 + floor(2000 * back ^ 3)::int, texts.text
from (select n, $5::timestamptz - interval '365 days' * (1 - n::float / $3) as at, floor($4 * random() ^ 2)::int as rank,
             random() as kind, random() as visibility, random() as back, floor(random() * 4096)::int as text
      from generate_series($1::int, $2::int) as n offset 0) as new
join bench_residents author using (rank) join bench_texts texts on texts.n = new.text
"""
_BATCH_TABLE = """
create unlogged table bench_batch (n int, id bigint, at timestamptz, account_id bigint, kind float, visibility float,
                                   back int, text text)
"""
# 20 % answers, 8 % boosts, 72 % posts of their own; 85 % public, 10 % unlisted, 4 % for followers, 1 % direct.
_POSTS = """
insert into posts (id, account_id, thread_id, in_reply_to_id, in_reply_to_account_id, visibility, text, language,
                   created_at)
select b.id, b.account_id, coalesce(parent.id, b.id), parent.id, parent.account_id,
       case when b.visibility < 0.85 then 0 when b.visibility < 0.95 then 1 when b.visibility < 0.99 then 2 else 3 end,
       b.text, 'en', b.at
from bench_batch b left join bench_batch parent
  on b.kind < 0.2 and parent.n = b.n - b.back and parent.kind >= 0.28
where b.kind < 0.2 or b.kind >= 0.28 order by b.id
on conflict do nothing
"""
_BOOSTS = """
insert into posts (id, account_id, thread_id, boost_of_id, visibility, created_at)
select distinct on (original.id, b.account_id) b.id, b.account_id, b.id, original.id, 0, b.at
from bench_batch b join bench_batch original
  on original.n = b.n - b.back and original.kind >= 0.28 and original.visibility < 0.95
where b.kind >= 0.2 and b.kind < 0.28 order by original.id, b.account_id
on conflict do nothing
"""
_POST_COUNTS = """
insert into post_counts (post_id, replies, boosts, favourites)
select p.id, (select count(*) from posts r where r.in_reply_to_id = p.id),
       (select count(*) from posts s where s.boost_of_id = p.id), floor(0.3 / (random() + 0.003) - 0.3)::int
from bench_batch b join posts p on p.id = b.id order by p.id
"""
_MENTIONS = """
insert into mentions (post_id, account_id)
select p.id, coalesce(p.in_reply_to_account_id, author.id) from bench_batch b join posts p on p.id = b.id
left join bench_residents author on author.rank = (b.n::bigint * 7919 % $1::int)
where p.boost_of_id is null and (p.in_reply_to_id is not null or b.n % 25 = 0) on conflict do nothing
"""
_POST_TAGS = """
insert into post_tags (tag_id, post_id)
select tags.id, p.id from bench_batch b join posts p on p.id = b.id
join tags on tags.name = 'topic' || floor(300 * (b.visibility / 0.85) ^ 3)::int
where p.boost_of_id is null and b.n % 8 = 0 on conflict do nothing
"""
_TAGS = """
insert into tags (id, name, display, created_at)
select ((extract(epoch from $1::timestamptz) * 1000)::bigint << 21) | n, 'topic' || n, 'Topic' || n, $1
from generate_series(0, 300) as n
"""
# $1 how many, $2 accounts, $3 smallest id of the batch
_FOLLOWS = """
insert into follows (id, follower_id, followed_id)
select $3::bigint + n, follower.id, followed.id
from (select n, floor($2::int * random() ^ 2)::bigint as a, floor($2::int * random() ^ 3)::int as b
      from generate_series(1, $1::int) as n offset 0) as new
join bench_residents follower on follower.rank = (a * 7919 % $2::int)::int join bench_residents followed on followed.rank = b
where follower.id <> followed.id order by follower.id, followed.id on conflict do nothing
"""
_COUNT_ALL = """
update account_counts c set posts = coalesce(p.n, 0), last_post_on = p.day, followers = coalesce(f.n, 0),
       following = coalesce(g.n, 0)
from accounts a
left join (select account_id, count(*) as n, max(created_at)::date as day from posts group by 1) p on p.account_id = a.id
left join (select followed_id, count(*) as n from follows group by 1) f on f.followed_id = a.id
left join (select follower_id, count(*) as n from follows group by 1) g on g.follower_id = a.id
where c.account_id = a.id
"""
_SCRATCH = "drop table bench_texts, bench_residents, bench_batch"
# Everybody who follows somebody may look; who follows more comes more often, as heavy users do.
_VIEWERS = """
select follower_id from follows group by 1 order by -ln(1 - random()) / (10 + count(*)) limit $1
"""
_USERS = """
insert into users (account_id, email, email_canonical, created_at)
select id, 'resident-' || id || '@example.org', 'resident-' || id || '@example.org', $2 from unnest($1::bigint[]) as id
on conflict do nothing
"""
_PUBLISHERS = """
select distinct followed_id from (select followed_id from follows order by random() limit $1) as chosen
"""
_FOLLOW_AUTHOR = """
insert into follows (id, follower_id, followed_id)
select $2 + n, id, $2 from unnest($1::bigint[]) with ordinality as viewer (id, n) on conflict do nothing
"""
WORDS = (
    "the a of to and in we they river garden winter morning bread letter window market train book story friend "
    "always never maybe slowly bright quiet open under over between found lost made built wrote read sang walked "
    "kept old new green blue small long early late together alone again because while until after before with without"
)


class Community(msgspec.Struct):
    """What the load needs of the data: viewers with tokens, and the app they came by.

    Every viewer follows `author_id`; the publishers are accounts as they come, those with many followers more often.
    """

    viewer_ids: list[int]
    tokens: list[str]
    author_id: int
    author_token: str
    publisher_tokens: list[str]
    client_id: str
    client_secret: str


async def make_community(database: Database, options: BenchOptions, progress: Progress) -> Community:
    """Make what is missing; a folder that holds data of these sizes already is used as it is. Raises Invalid."""
    sizes = f"{options.accounts:,} accounts, {options.posts:,} posts, {options.follows:,} follows"
    made = await database.fetchval("select value from facts where name = $1", _MADE)
    now = datetime.now(UTC)
    if made is None:
        if await database.fetchval("select exists (select 1 from posts)"):
            raise Invalid(
                "the folder holds other data, or a benchmark was stopped while it made its own; give another --data"
            )
        await _fill(database, options, now, progress)
        async with database.transaction() as tx:
            await tx.execute("insert into facts (name, value) values ($1, $2)", _MADE, sizes)
    elif made != sizes:
        raise Invalid(f"the folder holds {made}; give the same sizes or another --data")
    return await _let_in(database, options, now)


async def _fill(database: Database, options: BenchOptions, now: Instant, progress: Progress) -> None:
    async with database.transaction() as tx:
        await tx.execute(_SEED)
        await tx.execute("set local synchronous_commit = off")
        for first, last in _parts(options.accounts, POST_BATCH):
            await tx.execute(_ACCOUNTS, first - 1, last, now, options.accounts)
            progress("accounts", last, options.accounts)
        await tx.execute(_COUNTS)
        await tx.execute(_TEXTS, WORDS, len(WORDS.split()))
        for statement in (_TEXTS_KEY, _RESIDENTS, _RESIDENTS_KEY, _BATCH_TABLE):
            await tx.execute(statement)
        await tx.execute(_TAGS, now - _YEAR)
    await database.fetch("analyze accounts, bench_residents, bench_texts")
    for number, (first, last) in enumerate(_parts(options.posts, POST_BATCH)):
        await _post_batch(database, options, (first, last), now)
        if number in (0, 4):
            await database.fetch("analyze posts")
        progress("posts", last, options.posts)
    smallest = new_id(now - _YEAR)
    for first, last in _parts(options.follows, FOLLOW_BATCH):
        async with database.transaction() as tx:
            await tx.execute("set local synchronous_commit = off")
            await tx.execute(_FOLLOWS, last - first + 1, options.accounts, smallest + first)
        progress("follows", last, options.follows)
    progress("counters", 0, 2)
    async with database.transaction() as tx:
        await tx.execute(_COUNT_ALL)
        await tx.execute(_SCRATCH)
    progress("vacuum", 1, 2)
    await database.fetch(
        "vacuum analyze accounts, account_counts, follows, posts, post_counts, mentions, post_tags"
    )
    progress("vacuum", 2, 2)


async def _post_batch(
    database: Database, options: BenchOptions, numbers: tuple[int, int], now: Instant
) -> None:
    async with database.transaction() as tx:
        await tx.execute("set local synchronous_commit = off")
        await tx.execute("truncate bench_batch")
        await tx.execute(_BATCH, *numbers, options.posts, options.accounts, now - timedelta(minutes=1))
        await tx.execute("analyze bench_batch")
        await tx.execute(_POSTS)
        await tx.execute(_BOOSTS)
        await tx.execute(_POST_COUNTS)
        await tx.execute(_MENTIONS, options.accounts)
        await tx.execute(_POST_TAGS)


def _parts(total: int, size: int) -> Iterator[tuple[int, int]]:
    """1..total in parts: (first, last)."""
    for first in range(1, total + 1, size):
        yield first, min(first + size - 1, total)


async def _let_in(database: Database, options: BenchOptions, now: Instant) -> Community:
    """Give viewers, publishers and one author tokens."""
    async with database.transaction() as tx:
        await tx.execute(_SEED)
        viewers = [row[0] for row in await tx.fetch(_VIEWERS, options.viewers)]
        publishers = [row[0] for row in await tx.fetch(_PUBLISHERS, PUBLISHERS)]
        name = f"author_{new_id(now) % 10**12}"
        author = await create_account(
            tx, NewAccount(name, f"{name}@example.org", None, by_operator=True), registrations="open", now=now
        )
        app: NewApp = await register_app(tx, "Bench", redirect_uris=[OUT_OF_BAND], scopes=SCOPES, now=now)
        people = [*viewers, *publishers, author]
        await tx.execute(_USERS, people, now)
        tokens = [f"bench-{app.app.app_id}-{number}" for number in range(len(people))]
        rows = [
            (app.app.app_id + number, secret_hash(token), app.app.app_id, account, SCOPES.split(), now)
            for number, (token, account) in enumerate(zip(tokens, people, strict=True))
        ]
        await tx.copy(
            "access_tokens", ("id", "secret_hash", "app_id", "account_id", "scopes", "created_at"), rows
        )
        await tx.execute(_FOLLOW_AUTHOR, viewers, author)
    return Community(
        viewer_ids=viewers,
        tokens=tokens[: len(viewers)],
        author_id=author,
        author_token=tokens[-1],
        publisher_tokens=tokens[len(viewers) : -1],
        client_id=app.app.client_id,
        client_secret=app.client_secret,
    )
