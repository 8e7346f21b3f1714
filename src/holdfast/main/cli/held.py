"""`holdfast moderation held`: decide about held posts from the terminal, until the desk does it better."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.opinions import opinion_facts
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database
from holdfast.platform.ids import PublicIds
from holdfast.platform.master_key import load_master_key
from holdfast.pure.errors import NotFound
from holdfast.social.posts import PostState, decide_post, held_posts
from holdfast.trust.intake import settle_by_hand
from holdfast.trust.opinions import latest_opinions
from holdfast.trust.staff_actions import OPERATOR

app = typer.Typer(help="Posts that wait for a person.", no_args_is_help=True)

IdArgument = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, as `held list` prints them.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Most posts to print.")]


@app.command("list")
def list_held(data: DataOption = None, as_json: JsonOption = False, limit: LimitOption = 50) -> None:
    """Print held posts: most urgent lane first, then the one that waited longest."""
    rows = _run(data, lambda database, ids: _rows(database, ids, limit))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(
            f"{row['id']}  {row['lane'] or '--'}  @{row['account']}  {row['created_at']:%Y-%m-%d %H:%M}  {row['text']!r}"
        )
    if not rows:
        print("nothing is held")


@app.command("release")
def release(ids: IdArgument, data: DataOption = None) -> None:
    """Publish held or withdrawn posts."""
    _decide(ids, PostState.VISIBLE, data)


@app.command("withdraw")
def withdraw(ids: IdArgument, data: DataOption = None) -> None:
    """Take posts away for good: only their authors see them."""
    _decide(ids, PostState.WITHDRAWN, data)


async def _rows(database: Database, ids: PublicIds, limit: int) -> list[dict[str, Any]]:
    posts = await held_posts(database, limit=limit)
    second = await latest_opinions(database, [post.id for post in posts])
    return [
        {
            "id": ids.encode(post.id),
            "account": post.username,
            "lane": post.lane,
            "rules": post.rules,
            "created_at": post.created_at,
            "text": post.text,
            "spoiler_text": post.spoiler,
            "second_opinion": opinion_facts(second[post.id], ids) if post.id in second else None,
        }
        for post in posts
    ]


def _decide(public_ids: list[str], state: PostState, data: Any) -> None:
    async def work(database: Database, ids: PublicIds) -> int:
        internal = [ids.decode(public) for public in public_ids]
        if None in internal:
            raise NotFound(f"{public_ids[internal.index(None)]} is not the id of a post")
        changed = 0
        async with database.transaction() as tx:
            for post_id in internal:
                if await decide_post(tx, post_id or 0, state):
                    changed += 1
                    await settle_by_hand(
                        tx,
                        OPERATOR,
                        post_id or 0,
                        withdrawn=state is PostState.WITHDRAWN,
                        now=SystemClock().now(),
                    )
        return changed

    print(f"{_run(data, work)} of {len(public_ids)} changed to {state.name.lower()}")


def _run(data: Any, work: Callable[[Database, PublicIds], Awaitable[Any]]) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database

        ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
        async with open_database(settings) as database:
            return await work(database, ids)

    return with_database(command_settings(data), inside)
