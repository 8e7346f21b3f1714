"""Posts of every kind, what others do with them, and every way to read them."""

from __future__ import annotations

import io
import shutil
import wave

from holdfast.edge.routes import WEBSOCKET
from holdfast.main.media_work import media_runner, open_media_worker
from tests.support import pictures
from tests.support.pictures import upload
from tests.support.streams import first_answer
from tests.support.tour.guide import Guide

POLL = {"poll[options][]": ["yes", "no"], "poll[expires_in]": "300"}


async def media(guide: Guide) -> None:
    """Uploads, by both versions of the route."""
    ann = guide.ann
    first = await upload(ann, pictures.jpeg(), description="A harbour", focus="0.5,-0.5")
    guide.made["media"] = first["id"]
    guide.made["second"] = (await upload(ann, pictures.png()))["id"]
    old = await guide.ask(ann, "POST", "/api/v1/media", files={"file": ("b.png", pictures.png())})
    await guide.ask(ann, "PUT", f"/api/v1/media/{old['id']}", data={"description": "Changed"})
    await guide.ask(ann, "GET", f"/api/v1/media/{old['id']}")
    await guide.ask(ann, "DELETE", f"/api/v1/media/{old['id']}")
    if shutil.which("ffmpeg"):
        await moving(guide)
    await guide.ask(None, "GET", "/media/" + first["url"].rpartition("/")[2])


async def moving(guide: Guide) -> None:
    """A sound and a moving picture, before and after the worker had them."""
    services, made = guide.site.services, []
    sound = io.BytesIO()
    with wave.open(sound, "wb") as track:
        track.setnchannels(1)
        track.setsampwidth(2)
        track.setframerate(8000)
        track.writeframes(bytes(16_000))
    for name, content in (("a.gif", pictures.gif()), ("a.wav", sound.getvalue())):
        sent = await guide.ask(guide.ann, "POST", "/api/v2/media", files={"file": (name, content)})
        await guide.ask(guide.ann, "GET", f"/api/v1/media/{sent['id']}")
        made.append(sent["id"])
    async with open_media_worker(services.settings, services.database, services.clock) as worker:
        await media_runner(worker, services.settings, services.database, services.clock).drain()
    for ident in made:
        await guide.ask(guide.ann, "GET", f"/api/v1/media/{ident}")
        await guide.ann.say("moving", **{"media_ids[]": ident})


async def writing(guide: Guide) -> None:
    """Everything that a post can carry."""
    ann, bob, made = guide.ann, guide.bob, guide.made
    post = await ann.say(
        f"#harbour @bob look: {guide.cards.web.at('site.example')}",
        spoiler_text="boats", language="en", sensitive="true",
    )  # fmt: skip
    made["post"] = post["id"]
    made["second_post"] = (await ann.say("a picture", **{"media_ids[]": made["media"]}))["id"]
    made["poll"] = (await ann.say("well?", **POLL))["poll"]["id"]
    made["draft"] = (await ann.say("later", scheduled_at="2032-01-02T03:04:05Z"))["id"]
    await ann.say("later too", scheduled_at="2032-01-02T03:04:05Z", **POLL)
    reply = await bob.say("@ann a reply", in_reply_to_id=made["post"])
    made["reply"] = reply["id"]
    quoting = await bob.say("well said", quoted_status_id=made["post"])
    made["quoting"] = quoting["id"]
    await ann.say("of a quote", quoted_status_id=quoting["id"])
    await bob.say("@ann for you alone", visibility="direct")
    await ann.say("for those who follow", visibility="private", quote_approval_policy="nobody")
    await ann.say("seen, not shown around", visibility="unlisted")
    await guide.settle()
    for number in (1, 2):
        form = {"status": f"#harbour @bob edited {number}", "media_ids[]": made["second"]} if number == 1 else {
            "status": f"#harbour @bob {guide.cards.web.at('site.example')}", "spoiler_text": "boats"}  # fmt: skip
        await guide.ask(ann, "PUT", f"/api/v1/statuses/{made['post']}", data=form)
    await guide.settle()


async def marks(guide: Guide) -> None:
    """Set, read, and taken back: what a reader does with a post."""
    ann, bob, carla, made = guide.ann, guide.bob, guide.carla, guide.made
    path = f"/api/v1/statuses/{made['post']}"
    for verb in ("favourite", "bookmark", "reblog", "mute"):
        await bob.post(f"{path}/{verb}")
        await carla.post(f"{path}/{verb}")
        await carla.post(f"{path}/un{verb}")
    await carla.post(f"{path}/reblog")
    await ann.post(f"{path}/pin")
    mine = await ann.say("not pinned for long")
    await ann.post(f"/api/v1/statuses/{mine['id']}/pin")
    await ann.post(f"/api/v1/statuses/{mine['id']}/unpin")
    await bob.post(f"/api/v1/polls/{made['poll']}/votes", **{"choices[]": "0"})
    await guide.walk(bob, f"/api/v1/polls/{made['poll']}", "/api/v1/favourites", "/api/v1/bookmarks")
    await guide.walk(ann, f"{path}/favourited_by", f"{path}/reblogged_by", f"{path}/quotes")
    await guide.ask(ann, "PUT", f"{path}/interaction_policy", data={"quote_approval_policy": "followers"})
    await bob.post(f"/api/v1/statuses/{made['reply']}/mute")
    await guide.settle()


async def reading(guide: Guide) -> None:
    """Every timeline and everything about one post, as the author, another member and nobody."""
    ann, made = guide.ann, guide.made
    path = f"/api/v1/statuses/{made['post']}"
    for who in (guide.bob, ann, None):
        await guide.walk(
            who, path, f"{path}/context", f"{path}/history", f"/api/v1/statuses?id[]={made['post']}",
            "/api/v1/timelines/public", "/api/v1/timelines/tag/harbour",
            f"/api/v1/accounts/{ann.id}/statuses", f"/api/v1/accounts/{ann.id}/statuses?pinned=true",
        )  # fmt: skip
    await guide.walk(guide.bob, "/api/v1/timelines/home", "/api/v2/search?q=harbour", "/api/v2/search?q=ann")
    await guide.walk(guide.bob, "/api/v1/search?q=harbour", "/api/v2/search?q=edited&type=statuses")
    await guide.walk(ann, "/api/v1/accounts/verify_credentials")
    poll = await ann.say("which?", **POLL)
    await guide.ask(ann, "PUT", f"/api/v1/statuses/{poll['id']}", data={"status": "which one?", **POLL})
    quoting = f"/api/v1/statuses/{made['quoting']}"
    await guide.ask(guide.bob, "PUT", quoting, data={"status": "very well said"})
    await guide.walk(ann, f"/api/v1/statuses/{poll['id']}/history", f"{quoting}/history")
    await guide.walk(ann, f"{path}/source", "/api/v1/scheduled_statuses", "/api/v1/timelines/home")
    await guide.walk(None, f"/api/oembed?url={(await ann.get(path))['url']}")


async def endings(guide: Guide) -> None:
    """What is taken back, and quotes whose posts are gone."""
    ann, bob, made = guide.ann, guide.bob, guide.made
    draft = f"/api/v1/scheduled_statuses/{made['draft']}"
    await guide.ask(ann, "GET", draft)
    await guide.ask(ann, "PUT", draft, data={"scheduled_at": "2033-01-02T03:04:05Z"})
    await guide.ask(ann, "DELETE", draft)
    await guide.ask(ann, "POST", f"/api/v1/statuses/{made['post']}/quotes/{made['quoting']}/revoke")
    await guide.walk(bob, f"/api/v1/statuses/{made['quoting']}", f"/api/v1/accounts/{bob.id}/statuses")
    await guide.carla.post(f"/api/v1/accounts/{ann.id}/mute")
    await guide.walk(guide.carla, "/api/v1/mutes")
    asked = await bob.say("gone soon", **POLL)
    await guide.ask(bob, "DELETE", f"/api/v1/statuses/{asked['id']}")


async def streams(guide: Guide) -> None:
    """Each stream begins."""
    ann = guide.ann
    made = await ann.post("/api/v1/lists", title="heard")
    for path in (
        "user", "user/notification", "public", "public/local", "public/remote", "hashtag", "hashtag/local",
        "list", "direct", "",
    ):  # fmt: skip
        method = "GET" if path else WEBSOCKET
        address = f"/api/v1/streaming/{path}".rstrip("/")
        answer = await first_answer(
            guide.site.app, method, address, {"tag": "harbour", "list": made["id"]},
            {"authorization": f"Bearer {ann.token}"},
        )  # fmt: skip
        guide.recording.note(method, address, answer)
    await guide.ask(None, "GET", "/api/v1/streaming/health")
