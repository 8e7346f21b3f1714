"""The people and things that the access sweep acts with: made fresh for every row, in one shared site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from holdfast.edge.public.static_files import static_url
from holdfast.social.accounts import (
    ProfileChange,
    ProfileLimits,
    edit_profile,
)
from holdfast.social.credentials import Purpose, make_one_time_link
from holdfast.social.media import (
    FileOfMedia,
    MediaKind,
    Meta,
    Role,
    TakenMedia,
    add_media,
    one_own_media,
    touch_blobs,
)
from holdfast.social.sessions import list_sessions
from holdfast.trust.staff_actions import OPERATOR
from tests.support.access_announced import announcement, announcement_emoji, missing_emoji
from tests.support.access_ledger import LEDGER_THINGS
from tests.support.access_people import fresh, session_of, suspend
from tests.support.rulings import case_about_post, decided, ruling
from tests.support.site import Member, Site

HELD_TEXT = "I will kill the senator tomorrow at noon"


@dataclass
class World:
    """`owner` blocks `blocked`; nobody follows anybody."""

    site: Site
    owner: Member
    stranger: Member
    blocked: Member

    @classmethod
    async def make(cls, site: Site) -> World:
        owner, stranger, blocked = [await fresh(site) for _ in range(3)]
        await owner.post(f"/api/v1/accounts/{blocked.id}/block")
        return cls(site, owner, stranger, blocked)

    async def thing(self, kind: str) -> str:
        """A new object of the kind, as it is named in a request."""
        return await THINGS[kind](self) if kind else ""


def _post(text: str = "hello", **form: str) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        return str((await world.owner.say(text, **form))["id"])

    return make


def _poll(visibility: str) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        form = {"poll[options][]": ["a", "b"], "poll[expires_in]": "600", "visibility": visibility}
        answer = await world.owner.request("POST", "/api/v1/statuses", data={"status": "which?", **form})
        return str(answer.json()["poll"]["id"])

    return make


async def _missing_post(world: World) -> str:
    ident = str((await world.owner.say("soon gone"))["id"])
    answer = await world.owner.request("DELETE", f"/api/v1/statuses/{ident}")
    assert answer.status_code == 200
    return ident


async def _scheduled(world: World) -> str:
    return str((await world.owner.say("later", scheduled_at="2032-01-02T03:04:05Z"))["id"])


async def _quote(world: World) -> str:
    """The owner's post and one that quotes it."""
    fan = await fresh(world.site)
    post = await world.owner.say("quote me")
    quoting = await fan.say("well said", quoted_status_id=post["id"])
    return f"{post['id']}/{quoting['id']}"


async def _missing_quote(world: World) -> str:
    post = await world.owner.say("quote me")
    return f"{await _missing_post(world)}/{post['id']}"


async def _upload(world: World, owner: Member | None = None) -> int:
    """An upload of the owner's; nothing is decoded."""
    services, content = world.site.services, b"a picture, for whoever does not look"
    now = services.clock.now()
    digest = await services.media.blobs.put(content)
    files = (FileOfMedia(Role.ORIGINAL, digest, "image/png", len(content)),)
    taken = TakenMedia(MediaKind.IMAGE, files, Meta(), None, digest)
    async with services.database.transaction() as tx:
        await touch_blobs(tx, {digest: len(content)}, now)
        actor = (owner or world.owner).actor
        return await add_media(tx, actor, taken, limits=services.media.limits, now=now)


async def _media(world: World) -> str:
    return world.site.services.ids.encode(await _upload(world))


async def _media_file(world: World, owner: Member | None = None) -> str:
    services, media_id = world.site.services, await _upload(world, owner)
    account_id = (owner or world.owner).account_id
    return str((await one_own_media(services.database, account_id, media_id)).view.original)


async def _suspended_media_file(world: World) -> str:
    member = await fresh(world.site)
    name = await _media_file(world, member)
    await suspend(member)
    return name


async def _missing_media_file(world: World) -> str:
    """Of a post that was deleted."""
    media_id = await _upload(world)
    services = world.site.services
    name = (await one_own_media(services.database, world.owner.account_id, media_id)).view.original
    post = await world.owner.say("soon gone", **{"media_ids[]": services.ids.encode(media_id)})
    assert (await world.owner.request("DELETE", f"/api/v1/statuses/{post['id']}")).status_code == 200
    return str(name)


async def _missing_account(world: World) -> str:
    # Well formed, and nobody's: the id of an account that was never made.
    return world.site.services.ids.encode(12345)


async def _account(world: World) -> str:
    return world.owner.id


async def _suspended_member(world: World) -> Member:
    member = await fresh(world.site)
    await suspend(member)
    return member


async def _suspended_account(world: World) -> str:
    return (await _suspended_member(world)).id


async def _somebody(world: World) -> str:
    member = await fresh(world.site)
    await member.post(f"/api/v1/accounts/{world.blocked.id}/block")
    return member.id


async def _requester(world: World) -> str:
    """Somebody who has asked to follow the owner, who locks the profile for it."""
    async with world.site.services.database.transaction() as tx:
        await edit_profile(tx, world.owner.actor, ProfileChange(locked=True), limits=ProfileLimits())
    member = await fresh(world.site)
    relationship = await member.post(f"/api/v1/accounts/{world.owner.id}/follow")
    assert relationship["requested"] is True
    return member.id


async def _notification(world: World) -> str:
    fan = await fresh(world.site)
    post = await world.owner.say("like me")
    await fan.post(f"/api/v1/statuses/{post['id']}/favourite")
    await world.site.settle()
    found = await world.owner.get("/api/v1/notifications", limit="1")
    return str(found[0]["id"])


async def _group_key(world: World) -> str:
    fan = await fresh(world.site)
    post = await world.owner.say("like me in a group")
    await fan.post(f"/api/v1/statuses/{post['id']}/favourite")
    await world.site.settle()
    found = await world.owner.get("/api/v2/notifications", limit="1")
    return str(found["notification_groups"][0]["group_key"])


async def _notification_request(world: World) -> str:
    sender = await fresh(world.site)
    await sender.say(f"@{world.owner.name} a letter from a stranger", visibility="direct")
    await world.site.settle()
    found = await world.owner.get("/api/v1/notifications/requests", limit="1")
    return str(found[0]["id"])


async def _list(world: World) -> str:
    return str((await world.owner.post("/api/v1/lists", title="Friends"))["id"])


async def _filter(world: World) -> str:
    return str((await _new_filter(world))["id"])


async def _filter_keyword(world: World) -> str:
    return str((await _new_filter(world))["keywords"][0]["id"])


async def _filter_status(world: World) -> str:
    post = await world.owner.say("hello")
    path = f"/api/v2/filters/{await _filter(world)}/statuses"
    return str((await world.owner.post(path, status_id=post["id"]))["id"])


async def _new_filter(world: World) -> dict[str, Any]:
    form = {"title": "Not now", "context[]": "home", "keywords_attributes[0][keyword]": "cats"}
    made: dict[str, Any] = await world.owner.post("/api/v2/filters", **form)
    return made


async def _featured_tag(world: World) -> str:
    return str((await world.owner.post("/api/v1/featured_tags", name="town"))["id"])


async def _conversation(world: World) -> str:
    await world.owner.say("a note", visibility="direct")
    await world.site.settle()
    return str((await world.owner.get("/api/v1/conversations", limit="1"))[0]["id"])


async def _session(world: World) -> str:
    await session_of(world.owner)
    services = world.site.services
    rows = await list_sessions(services.database, world.owner.account_id, now=services.clock.now())
    return services.ids.encode(rows[0].session_id)


async def _client_id(world: World) -> str:
    answer = await world.site.client.post(
        "/api/v1/apps", data={"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}
    )
    return str(answer.json()["client_id"])


async def _app(world: World) -> str:
    return str((await world.owner.get("/api/v1/apps/verify_credentials"))["id"])


async def _link(world: World) -> str:
    services = world.site.services
    async with services.database.transaction() as tx:
        return await make_one_time_link(
            tx, world.owner.account_id, Purpose.RESET, lifetime_hours=1, now=services.clock.now()
        )  # fmt: skip


def _named(form: str, who: Callable[[World], Awaitable[str]]) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        domain = world.site.services.settings.domain
        return form.format(await who(world), domain=domain)

    return make


async def _owner_name(world: World) -> str:
    return world.owner.name


async def _suspended_name(world: World) -> str:
    return (await _suspended_member(world)).name


def _always(text: str) -> Callable[[World], Awaitable[str]]:
    async def make(_world: World) -> str:
        return text

    return make


def _page_of(post: Callable[[World], Awaitable[str]]) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        return f"{world.owner.name}/{await post(world)}"

    return make


def _edited(post: Callable[[World], Awaitable[str]]) -> Callable[[World], Awaitable[str]]:
    async def make(world: World) -> str:
        ident = await post(world)
        source = await world.owner.get(f"/api/v1/statuses/{ident}/source")
        changed = {"status": source["text"] + " indeed"}
        answer = await world.owner.request("PUT", f"/api/v1/statuses/{ident}", data=changed)
        assert answer.status_code == 200
        return ident

    return make


async def _post_page_of_another(world: World) -> str:
    post = await world.owner.say("mine")
    return f"{world.blocked.name}/{post['id']}"


async def _static_file(_world: World) -> str:
    return static_url("holdfast.css").removeprefix("/static/")


_POSTS = {
    "public": _post(),
    "private": _post(visibility="private"),
    "direct": _post(visibility="direct"),
    "held": _post(HELD_TEXT),
}


async def _statement(world: World) -> str:
    """A statement of reasons that the owner was sent."""
    status = await world.owner.say("something that was decided about")
    case = await case_about_post(world.site, world.owner, status, fresh=True)
    made = await decided(world.site, OPERATOR, case, ruling("warn"))
    found = await world.site.services.database.fetchval(
        "select id from statements where decision_id = $1", made.id
    )
    return world.site.services.ids.encode(found)


async def _appeal(world: World) -> str:
    """One that the owner filed against a statement."""
    made = await world.owner.post(
        "/api/holdfast/v1/appeals", statement_id=await _statement(world), reason="It was a joke"
    )
    return str(made["id"])


THINGS: dict[str, Callable[[World], Awaitable[str]]] = {
    "announcement": announcement,
    **LEDGER_THINGS,
    "statement": _statement,
    "appeal": _appeal,
    "policy": _always("harassment@1"),
    "missing_policy": _always("nothing@1"),
    "notice_kind": _always("content"),
    "announcement_emoji": announcement_emoji,
    "missing_emoji": missing_emoji,
    "day": _always("2026-01-31"),
    **{f"{kind}_post": make for kind, make in _POSTS.items()},
    "missing_post": _missing_post,
    "scheduled_post": _scheduled,
    "quote": _quote,
    "missing_quote": _missing_quote,
    "public_poll": _poll("public"),
    "private_poll": _poll("private"),
    "tag": _always("town"),
    "media": _media,
    "media_file": _media_file,
    "suspended_media_file": _suspended_media_file,
    "missing_media_file": _missing_media_file,
    "account": _account,
    "suspended_account": _suspended_account,
    "missing_account": _missing_account,
    "somebody": _somebody,
    "requester": _requester,
    "notification": _notification,
    "list": _list,
    "filter": _filter,
    "filter_keyword": _filter_keyword,
    "filter_status": _filter_status,
    "conversation": _conversation,
    "featured_tag": _featured_tag,
    "group_key": _group_key,
    "notification_request": _notification_request,
    "account_name": _owner_name,
    "suspended_name": _suspended_name,
    "missing_name": _always("nobody_at_all"),
    "account_handle": _named("{}@{domain}", _owner_name),
    "suspended_handle": _named("{}@{domain}", _suspended_name),
    "missing_handle": _named("{}@{domain}", _always("nobody_at_all")),
    "account_image": _named("{}.png", _account),
    "suspended_image": _named("{}.png", _suspended_account),
    "missing_image": _named("{}.png", _missing_account),
    "nodeinfo_version": _always("2.0"),
    "session": _session,
    "client_id": _client_id,
    "app": _app,
    "link": _link,
    "static_file": _static_file,
    "app_path": _always("anything/at/all"),
    **{f"{kind}_post_page": _page_of(make) for kind, make in _POSTS.items()},
    **{f"{kind}_edited_post_page": _page_of(_edited(make)) for kind, make in _POSTS.items()},
    "missing_post_page": _page_of(_missing_post),
    "post_page_of_another": _post_page_of_another,
}
