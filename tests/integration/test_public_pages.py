"""Pages that anybody may read: what they show, to whom, and what they keep from whom."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import httpx2
import msgspec

from holdfast.platform.config import Settings
from holdfast.platform.db import Tx
from holdfast.platform.passwords import hash_password
from holdfast.platform.stamps import Kind
from holdfast.social.accounts import suspend_account
from tests.support.site import Member, Site, open_site

ATOM = "{http://www.w3.org/2005/Atom}"


def path_of(site: Site, post: dict[str, Any]) -> str:
    return str(post["url"]).removeprefix(site.services.base_url)


async def page(site: Site, path: str, **headers: str) -> str:
    response = await site.client.get(path, headers=headers)
    assert response.status_code == 200, (path, response.status_code)
    return response.text


async def hold(site: Site, tx: Tx, post: dict[str, Any]) -> None:
    """As if a rule had held it."""
    internal = site.services.ids.decode(post["id"])
    assert internal is not None
    await tx.execute("update posts set state = 1 where id = $1", internal)
    tx.touch(Kind.POST, internal)


async def browse_as(site: Site, member: Member) -> dict[str, str]:
    """Signs a browser of this member in; the headers it then sends."""
    secret = "a long enough password"
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "update users set password_hash = $2 where account_id = $1",
            member.account_id, await hash_password(secret),
        )  # fmt: skip
    form = await site.client.get("/auth/sign_in")
    token = re.search(r'name="form_token" value="([^"]+)"', form.text)
    assert token
    answer = await site.client.post(
        "/auth/sign_in", data={"form_token": token[1], "login": member.name, "password": secret, "next": "/"}
    )
    assert answer.status_code == 303, answer.text
    cookie = next(line for line in answer.headers.get_list("set-cookie") if "holdfast_session" in line)
    site.client.cookies.clear()
    return {"cookie": cookie.partition(";")[0]}


async def test_every_surface_shows_a_public_post_and_no_other(site: Site) -> None:
    ann = await site.member("ann")
    said = {
        kind: await ann.say(f"{kind}-words #town", visibility=kind)
        for kind in ("public", "unlisted", "private", "direct")
    }
    shown = {
        "/": ["public"], "/tags/town": ["public"], "/@ann/feed.atom": ["public"],
        "/@ann": ["public", "unlisted"], "/@ann?tab=replies": ["public", "unlisted"],
    }  # fmt: skip
    for path, expected in shown.items():
        text = await page(site, path)
        assert [kind for kind in said if f"{kind}-words" in text] == expected, path
    for kind, post in said.items():
        status = 200 if kind in ("public", "unlisted") else 404
        assert (await site.client.get(path_of(site, post))).status_code == status, kind


async def test_hidden_and_missing_are_one_page(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    private = await ann.say("private", visibility="private")
    held = await ann.say("waits")
    async with site.services.database.transaction() as tx:
        await hold(site, tx, held)
    gone = await bob.say("said by bob")
    async with site.services.database.transaction() as tx:
        await suspend_account(tx, bob.actor.account_id, now=site.services.clock.now())
    pages = {}
    for path in (
        path_of(site, private), path_of(site, held), path_of(site, gone), "/@bob", "/@bob/feed.atom", "/users/bob",
        f"/@bob/{private['id']}", f"/users/ann/statuses/{private['id']}", f"{path_of(site, private)}/history",
        "/@nobody", "/@ann/12345", "/@ann/feed", "/@a%00b", "/@ann@%00", f"/@nobody/{private['id']}",
    ):  # fmt: skip
        response = await site.client.get(path)
        assert response.status_code == 404, path
        pages[path] = response.text
    assert len(set(pages.values())) == 1
    assert "said by bob" not in await page(site, "/")


async def test_a_member_reads_as_themselves_and_nothing_is_kept(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    post = await ann.say("for followers", visibility="private")
    as_bob, as_eve = await browse_as(site, bob), await browse_as(site, eve)
    answer = await site.client.get(path_of(site, post), headers=as_bob)
    assert answer.status_code == 200
    assert "For followers only" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "for followers" in await page(site, "/@ann", **as_bob)
    assert (await site.client.get(path_of(site, post), headers=as_eve)).status_code == 404
    public = await ann.say("for everybody")
    await ann.post(f"/api/v1/accounts/{eve.id}/block")
    assert (await site.client.get(path_of(site, public), headers=as_eve)).status_code == 404
    assert "for everybody" not in await page(site, "/@ann", **as_eve)
    assert "for everybody" not in await page(site, "/", **as_eve)


async def test_visitors_get_no_cookie_and_an_etag_that_a_change_ends(site: Site) -> None:
    ann = await site.member("ann")
    post = await ann.say("first")
    first = await site.client.get("/@ann")
    assert "set-cookie" not in first.headers
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "cookie, accept-language"
    assert "'unsafe" not in first.headers["content-security-policy"]
    known = {"if-none-match": first.headers["etag"]}
    again = await site.client.get("/@ann", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")
    assert (await site.client.get("/@ann", headers=known)).status_code == 200


async def test_a_thread_stands_around_its_post(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await ann.say("the first")
    second = await bob.say("the second", in_reply_to_id=first["id"])
    await ann.say("the third", in_reply_to_id=second["id"])
    await bob.say("hidden answer", in_reply_to_id=second["id"], visibility="private")
    text = await page(site, path_of(site, second))
    places = [text.index(f"<p>the {word}</p>") for word in ("first", "second", "third")]
    assert places == sorted(places)
    assert "hidden answer" not in text
    boost = await bob.post(f"/api/v1/statuses/{first['id']}/reblog")
    answer = await site.client.get(f"/@bob/{boost['id']}")
    assert (answer.status_code, answer.headers["location"]) == (302, path_of(site, first))
    orphan = await ann.say("to nobody", in_reply_to_id=(await ann.say("x", visibility="private"))["id"])
    assert "not shown here" in await page(site, path_of(site, orphan))


async def test_lasting_names_lead_to_pages_and_names_do_not_mix(site: Site) -> None:
    ann, _ = await site.members("ann", "bob")
    post = await ann.say("hello")
    answer = await site.client.get(f"/users/ann/statuses/{post['id']}")
    assert (answer.status_code, answer.headers["location"]) == (302, path_of(site, post))
    assert (await site.client.get("/users/ANN")).headers["location"] == "/@ann"
    assert (await site.client.get(f"/@bob/{post['id']}")).status_code == 404
    assert (await site.client.get(f"/@ANN/{post['id']}")).status_code == 200


async def test_what_stands_behind_a_warning_is_in_no_title_and_no_preview(site: Site) -> None:
    ann = await site.member("ann")
    post = await ann.say("the butler did it", spoiler_text="Ending & all")
    text = await page(site, path_of(site, post))
    head = text.partition("</head>")[0]
    assert "butler" not in head
    assert "Content warning: Ending &amp; all" in head
    body = text.partition("</head>")[2]
    assert re.search(r"<details[^>]*>.*the butler did it.*</details>", body, re.DOTALL)
    assert "<details open" not in body
    feed = await page(site, "/@ann/feed.atom")
    assert "butler" not in feed
    assert "Content warning: Ending &amp; all" in feed


async def test_nothing_that_a_member_writes_becomes_markup(site: Site) -> None:
    ann = await site.member("ann")
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    await ann.request(
        "PATCH", "/api/v1/accounts/update_credentials",
        data={"display_name": "<b>x</b>\"'", "note": evil, "fields_attributes[0][name]": "<i>",
              "fields_attributes[0][value]": "<u>&"},
    )  # fmt: skip
    form = {"spoiler_text": evil, "poll[options][]": ["<s>", '"x"'], "poll[expires_in]": "600"}
    post = await ann.say(evil, **form)
    await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": evil + " again"})
    for path in ("/", "/@ann", path_of(site, post), f"{path_of(site, post)}/history"):
        text = await page(site, path)
        for tag in ("<script", "<img src=x", "<b>x", "<i>", "<u>", "<s>"):
            assert tag not in text, (path, tag)
    ET.fromstring(await page(site, "/@ann/feed.atom"))


async def test_pages_lead_through_a_whole_profile_and_back(site: Site) -> None:
    size = site.services.settings.page_size_default
    ann = await site.member("ann")
    said = [(await ann.say(f"number {n}"))["id"] for n in range(size * 2 + 3)]
    said.reverse()

    def ids(text: str) -> list[str]:
        return re.findall(r'<article class="post" aria-labelledby="by-(\d+)"', text)

    def link(text: str, rel: str) -> str:
        found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
        return found[1].replace("&amp;", "&") if found else ""

    read: list[list[str]] = []
    last = path = "/@ann?tab=replies"
    for _ in range(3):
        text = await page(site, path)
        read.append(ids(text))
        last, path = path, link(text, "next")
    assert [ident for part in read for ident in part] == said
    assert path == ""
    assert "tab=replies" in last
    second = await page(site, link(await page(site, last), "prev"))
    assert ids(second) == read[1]
    first = await page(site, link(second, "prev"))
    assert (ids(first), link(first, "prev")) == (read[0], "")
    assert 'content="noindex"' in second
    assert (await site.client.get("/@ann?max_id=soon")).status_code == 404


async def test_a_pinned_post_stands_on_top_once(site: Site) -> None:
    ann = await site.member("ann")
    pinned = await ann.say("pinned words")
    await ann.say("newer words")
    await ann.post(f"/api/v1/statuses/{pinned['id']}/pin")
    text = await page(site, "/@ann")
    assert text.count("<p>pinned words</p>") == 1
    assert text.index("pinned words") < text.index("newer words")


async def test_a_tag_that_nobody_used_is_empty_and_one_that_cannot_be_is_missing(site: Site) -> None:
    assert "No public post has this hashtag." in await page(site, "/tags/caf%C3%A9")
    for path in ("/tags/%00", "/tags/%23", "/tags/a%0Ab"):
        assert (await site.client.get(path)).status_code == 404, path
    assert (await site.client.get("/api/v1/timelines/tag/%00")).status_code == 404


async def test_replies_have_their_own_tab(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.say("answering bob", in_reply_to_id=(await bob.say("question"))["id"])
    assert "answering bob" not in await page(site, "/@ann")
    assert "answering bob" in await page(site, "/@ann?tab=replies")


async def test_who_is_not_to_be_found_is_marked_everywhere(site: Site) -> None:
    ann = await site.member("ann")
    post = await ann.say("seldom seen #town")
    assert 'content="noindex"' not in await page(site, "/@ann")
    await ann.request("PATCH", "/api/v1/accounts/update_credentials", data={"indexable": "false"})
    for path in ("/@ann", path_of(site, post)):
        answer = await site.client.get(path)
        assert '<meta name="robots" content="noindex">' in answer.text
        assert answer.headers["x-robots-tag"] == "noindex"
    assert (await site.client.get("/@ann/feed.atom")).headers["x-robots-tag"] == "noindex"
    assert "data-nosnippet" in await page(site, "/")


async def test_previews_name_the_page(site: Site) -> None:
    ann = await site.member("ann")
    post = await ann.say("A line about tides")
    text = await page(site, path_of(site, post))
    for line in (
        f'<link rel="canonical" href="{post["url"]}">',
        f'<meta property="og:url" content="{post["url"]}">',
        '<meta property="og:description" content="A line about tides">',
        f'<meta property="og:image" content="{ann.site.services.base_url}/avatars/{ann.id}.png">',
        f'type="application/atom+xml" title="ann (@ann)" href="{ann.site.services.base_url}/@ann/feed.atom"',
    ):
        assert line in text, line


async def test_the_feed_is_atom_of_ones_own_public_posts(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    theirs = await bob.say("by bob")
    await ann.post(f"/api/v1/statuses/{theirs['id']}/reblog")
    await ann.say("an answer", in_reply_to_id=theirs["id"])
    post = await ann.say("Tide & wind #Sea", language="en")
    await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "Tide & wind, later #Sea"})
    answer = await site.client.get("/@ann/feed.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    base = site.services.base_url
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}id") == f"{base}/@ann"
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "self": f"{base}/@ann/feed.atom", "alternate": f"{base}/@ann",
    }  # fmt: skip
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == post["uri"]
    assert entry.findtext(f"{ATOM}title") == "Tide & wind, later #Sea"
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert "<p>Tide &amp; wind, later" in (content.text or "")
    published, updated = entry.findtext(f"{ATOM}published"), entry.findtext(f"{ATOM}updated")
    assert published
    assert updated
    for instant in (published, updated, feed.findtext(f"{ATOM}updated")):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", instant or "")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "ann"


async def test_a_poll_shows_its_result_unless_that_is_kept_back(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    form = {"poll[options][]": ["tea", "coffee"], "poll[expires_in]": "600"}
    open_poll = await ann.say("Which?", **form)
    secret = await ann.say("Which, in secret?", **form, **{"poll[hide_totals]": "true"})
    for post in (open_poll, secret):
        await bob.post(f"/api/v1/polls/{post['poll']['id']}/votes", **{"choices[]": ["1"]})
    shown = await page(site, path_of(site, open_poll))
    assert "100 %" in shown
    assert "1 vote" in shown
    hidden = await page(site, path_of(site, secret))
    assert "100 %" not in hidden
    assert "results then" in hidden


async def test_edits_are_marked_and_can_be_read(site: Site) -> None:
    ann = await site.member("ann")
    post = await ann.say("as it was")
    path = path_of(site, post)
    assert "/history" not in await page(site, path)
    assert (await site.client.get(f"{path}/history")).status_code == 404
    await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "as it is"})
    assert f"{path}/history" in await page(site, path)
    text = await page(site, f"{path}/history")
    assert text.index("as it is") < text.index("as it was")


async def test_the_author_is_told_that_a_post_is_held(site: Site) -> None:
    ann = await site.member("ann")
    post = await ann.say("waits")
    async with site.services.database.transaction() as tx:
        await hold(site, tx, post)
    as_ann = await browse_as(site, ann)
    assert "Held for review" in await page(site, path_of(site, post), **as_ann)


async def test_the_about_page_says_who_and_by_which_rules(settings: Settings) -> None:
    told = msgspec.structs.replace(
        settings, title="Harbour", rules=("Be kind.", "No <ads>."), contact_email="office@example.org",
        source_url="https://code.example/harbour", registrations="closed",
    )  # fmt: skip
    async with open_site(told) as site:
        await site.member("ann", role="owner")
        await site.member("bob")
        text = await page(site, "/about")
        for words in (
            "Be kind.",
            "No &lt;ads&gt;.",
            "office@example.org",
            "https://code.example/harbour",
            "@ann",
        ):
            assert words in text, words
        assert "@bob" not in text
        assert "500 characters" in text
        assert "/auth/sign_up" not in text
        assert (await site.client.get("/privacy-policy")).status_code == 404
        policy = settings.data / "privacy.txt"
        policy.write_text("We keep <little>.\n\nAsk us.")
    async with open_site(msgspec.structs.replace(told, privacy_policy_file=policy)) as site:
        assert "We keep &lt;little&gt;." in await page(site, "/privacy-policy")
        assert "/privacy-policy" in await page(site, "/about")


async def test_a_community_can_keep_its_timelines_to_members(settings: Settings) -> None:
    async with open_site(msgspec.structs.replace(settings, timelines_access="members")) as site:
        ann = await site.member("ann")
        await ann.say("among us #town")
        home = await page(site, "/")
        assert "among us" not in home
        assert "for its members" in home
        tag = await site.client.get("/tags/town")
        assert (tag.status_code, tag.headers["location"]) == (303, "/auth/sign_in?next=/tags/town")
        for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/town"):
            refused: httpx2.Response = await site.client.get(path)
            assert refused.status_code == 401
            assert refused.json()["error"] == "This method requires an authenticated user"
            assert len(await ann.get(path)) == 1
        feeds = (await ann.get("/api/v2/instance"))["configuration"]["timelines_access"]
        assert feeds["live_feeds"]["local"] == feeds["hashtag_feeds"]["local"] == "authenticated"
        as_ann = await browse_as(site, ann)
        assert "among us" in await page(site, "/", **as_ann)
        assert "among us" in await page(site, "/@ann")
