"""`holdfast webhook`: addresses that are told of accounts, reports and posts, by signed calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid, Unavailable
from holdfast.trust.webhooks import EVENTS

if TYPE_CHECKING:
    from holdfast.platform.config import Settings

app = typer.Typer(help="Addresses that are told of accounts, reports and posts.", no_args_is_help=True)

Ident = Annotated[int, typer.Argument(metavar="ID", help="As `holdfast webhook list` has it.")]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL")],
    event: Annotated[
        list[str],
        typer.Option("--event", metavar="EVENT", help=f"One of {', '.join(EVENTS)}; may be repeated."),
    ],
    data: DataOption = None,
) -> None:
    """Add a webhook and print its secret, which is never shown again."""

    async def work(settings: Settings) -> tuple[int, str]:
        from holdfast.main.wiring import open_database
        from holdfast.platform.crypto import Keyring
        from holdfast.platform.master_key import load_master_key
        from holdfast.trust.webhooks import ABOUT_POSTS, add_webhook

        if set(event) & set(ABOUT_POSTS) and not settings.webhooks_of_posts:
            raise Invalid(
                "posts are told to webhooks when the setting webhooks_of_posts is on; set it, and restart"
            )
        async with open_database(settings) as database, database.transaction() as tx:
            return await add_webhook(
                tx, url, event, keyring=Keyring(load_master_key(settings)), most=settings.webhooks_max,
                now=SystemClock().now(),
            )  # fmt: skip

    webhook_id, secret = with_database(command_settings(data), work)
    print(f"webhook {webhook_id}\nsecret {secret}")


@app.command("list")
def list_webhooks(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print the webhooks, and since when one fails."""

    async def work(settings: Settings) -> list[dict[str, Any]]:
        from holdfast.main.wiring import open_database
        from holdfast.trust.webhooks import webhooks

        async with open_database(settings) as database:
            return [
                {
                    "id": one.id, "url": one.url, "events": one.events, "enabled": one.enabled,
                    "failing_since": one.failing_since, "last_error": one.last_error,
                }
                for one in await webhooks(database)
            ]  # fmt: skip

    rows = with_database(command_settings(data), work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "on" if row["enabled"] else "off"
        since = (
            f"  failing since {row['failing_since']:%Y-%m-%d %H:%M}: {row['last_error']}"
            if row["failing_since"]
            else ""
        )
        print(f"{row['id']}  {state:<4}{row['url']}  {','.join(row['events'])}{since}")
    if not rows:
        print("no webhooks")


@app.command("remove")
def remove(ident: Ident, data: DataOption = None) -> None:
    """Remove a webhook; what was not delivered to it is not delivered."""

    async def work(settings: Settings) -> None:
        from holdfast.main.wiring import open_database
        from holdfast.trust.webhooks import remove_webhook

        async with open_database(settings) as database, database.transaction() as tx:
            await remove_webhook(tx, ident)

    with_database(command_settings(data), work)
    print(f"webhook {ident} is removed")


@app.command("test")
def call_now(ident: Ident, data: DataOption = None) -> None:
    """Call a webhook now, with the event holdfast.test; one that takes the call is switched on again."""

    async def work(settings: Settings) -> str | None:
        import msgspec

        from holdfast.main.webhook_calls import TEST_EVENT, WebhookCaller
        from holdfast.main.wiring import open_database
        from holdfast.platform.guarded_http import guarded_client
        from holdfast.trust.webhooks import get_webhook, mark_arrived

        clock = SystemClock()
        async with open_database(settings) as database, guarded_client(settings) as outbound:
            webhook = await get_webhook(database, ident)
            caller = WebhookCaller(settings, database, clock, outbound)
            body = {"event": TEST_EVENT, "created_at": clock.now(), "object": {"id": str(ident)}}
            trouble = await caller.call(webhook, msgspec.json.encode(body))
            if trouble is None:
                async with database.transaction() as tx:
                    await mark_arrived(tx, ident)
            return trouble

    trouble = with_database(command_settings(data), work)
    if trouble is not None:
        raise Unavailable(f"the call did not arrive: {trouble}")
    print("the call arrived")
