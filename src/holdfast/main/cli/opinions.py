"""`holdfast moderation opinions`: what an outside judge says of queued posts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.subscriptions import SECOND_OPINION
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.errands import count_errands
from holdfast.platform.ids import PublicIds
from holdfast.platform.master_key import load_master_key
from holdfast.pure.errors import Invalid, NotFound
from holdfast.trust.opinions import OpinionView, opinions, spent_on

if TYPE_CHECKING:
    from holdfast.platform.db import Database

app = typer.Typer(help="Second opinions of an outside judge; off by default.", no_args_is_help=True)

Work = Callable[[Settings, "Database", PublicIds], Awaitable[Any]]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Most requests to print.")]


@app.command("list")
def list_opinions(
    post: Annotated[str | None, typer.Option("--post", metavar="ID", help="Only about this post.")] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    limit: LimitOption = 50,
) -> None:
    """Print requests and what came of them, the newest first."""

    async def work(settings: Settings, database: Database, ids: PublicIds) -> list[dict[str, Any]]:
        found = await opinions(database, post_id=None if post is None else _post_id(ids, post), limit=limit)
        return [opinion_facts(one, ids) for one in found]

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['post']}  {row['asked_at']:%Y-%m-%d %H:%M}  {row['model']}  {_in_words(row)}")
    if not rows:
        print("nothing was asked yet")


@app.command("status")
def status(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print whether second opinions are on, what of the day's budget is spent, and how many posts wait."""

    async def work(settings: Settings, database: Database, ids: PublicIds) -> dict[str, Any]:
        spent = await spent_on(database, SystemClock().now())
        waiting, given_up = await count_errands(database, SECOND_OPINION)
        return {
            "on": bool(settings.second_opinion_url),
            "host": urlsplit(settings.second_opinion_url).netloc,
            "model": settings.second_opinion_model,
            "key": _key_state(settings),
            "visibilities": settings.second_opinion_visibilities,
            "requests_today": spent.requests,
            "requests_per_day": settings.second_opinion_daily_budget_requests,
            "tokens_today": spent.tokens,
            "tokens_per_day": settings.second_opinion_daily_budget_tokens,
            "waiting": waiting,
            "given_up": given_up,
        }

    facts = _run(data, work)
    if as_json:
        print_json(facts)
        return
    if facts["on"]:
        print(f"on        {facts['model']} at {facts['host']}, {facts['key']}")
        print(f"sent      posts of visibility {', '.join(facts['visibilities']) or '(none)'}")
    else:
        print("off       set second_opinion_url and second_opinion_model")
    print(f"today     {facts['requests_today']:,} of {facts['requests_per_day']:,} requests")
    print(f"          {facts['tokens_today']:,} of {facts['tokens_per_day']:,} tokens")
    print(f"waiting   {facts['waiting']:,}")
    print(f"given up  {facts['given_up']:,}")


@app.command("ask")
def ask(
    post: Annotated[str, typer.Argument(metavar="POST", help="Id of a flagged or held post.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask about one queued post now, within the budget, even if it was asked about before."""

    async def work(settings: Settings, database: Database, ids: PublicIds) -> dict[str, Any]:
        from holdfast.main.second_opinions import open_judge

        post_id = _post_id(ids, post)
        async with open_judge(settings, database, SystemClock()) as judge:
            await judge.ask(post_id, by_hand=True)
        return opinion_facts((await opinions(database, post_id=post_id, limit=1))[0], ids)

    row = _run(data, work)
    if as_json:
        print_json(row)
    else:
        print(_in_words(row))
    if row["failure"] is not None:
        raise typer.Exit(1)


def opinion_facts(opinion: OpinionView, ids: PublicIds) -> dict[str, Any]:
    """What `--json` prints. `current`: the post still says what was sent."""
    return {
        "post": ids.encode(opinion.post_id),
        "asked_at": opinion.asked_at,
        "by_hand": opinion.by_hand,
        "model": opinion.model,
        "prompt_version": opinion.prompt_version,
        "current": opinion.current,
        "scores": opinion.scores,
        "reason": opinion.reason,
        "failure": opinion.failure,
        "answer": opinion.answer,
        "seconds": opinion.seconds,
        "prompt_tokens": opinion.prompt_tokens,
        "completion_tokens": opinion.completion_tokens,
        "cost": opinion.cost,
    }


def _in_words(row: dict[str, Any]) -> str:
    if row["scores"] is None:
        return f"failed: {row['failure']}" + (f"  {row['answer']!r}" if row["answer"] else "")
    scores = "  ".join(f"{head} {score:.2f}" for head, score in row["scores"].items())
    return f"{scores}  {row['reason']}" + ("" if row["current"] else "  (edited since)")


def _key_state(settings: Settings) -> str:
    from holdfast.main.second_opinions import read_key

    try:
        return "without a key" if read_key(settings.second_opinion_key_file) is None else "with a key"
    except Invalid as error:
        return error.public


def _post_id(ids: PublicIds, public: str) -> int:
    found = ids.decode(public)
    if found is None:
        raise NotFound(f"{public} is not the id of a post")
    return found


def _run(data: Any, work: Work) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database

        ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
        async with open_database(settings) as database:
            return await work(settings, database, ids)

    return with_database(command_settings(data), inside)
