"""Search over HTTP: what is found, by whom, and what no query finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from holdfast.platform.ids import id_at
from holdfast.platform.stamps import Kind
from holdfast.social.cards import CardShown
from holdfast.social.posts import PostHeld
from holdfast.social.search import index_carded, index_post, index_posts
from tests.support.entities import problems
from tests.support.site import Member, Site

PATH = "/api/v2/search"


async def found(member: Member, q: str, **params: Any) -> list[str]:
    """The texts of the posts that a query finds, as they were typed."""
    rows = (await member.get(PATH, q=q, type="statuses", **params))["statuses"]
    return [row["content"].removeprefix("<p>").removesuffix("</p>") for row in rows]


async def test_public_posts_are_found_by_words_and_phrases_newest_first(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for text in ("The quick brown fox", "A brown, quick hare", "Café au lait", "東京都の天気"):
        await ann.say(text)
    await site.settle()
    assert await found(bob, "QUICK") == ["A brown, quick hare", "The quick brown fox"]
    assert await found(bob, "brown quick") == ["A brown, quick hare", "The quick brown fox"]
    assert await found(bob, '"quick brown"') == ["The quick brown fox"]
    assert await found(bob, '"quick brown" hare') == []
    assert await found(bob, "cafe") == ["Café au lait"]
    assert await found(bob, "京都") == ["東京都の天気"]
    assert await found(bob, "quick", limit=1) == ["A brown, quick hare"]
    assert await found(bob, "quick", limit=1, offset=1) == ["The quick brown fox"]


ODD_QUERIES = [
    "'", '"', '"" ""', "a & | ! <-> :* ()", "\\", "%", "' or 1=1 --", "💥", "a:b*", '"open', "\x01", "!!!", "-", "#", "#%",
    "@", "@@", "a@", "https://", "http://[", "_",
]  # fmt: skip


async def test_no_query_is_an_error(site: Site) -> None:
    [ann] = await site.members("ann")
    await ann.say("a b")
    await site.settle()
    for q in ODD_QUERIES:
        response = await ann.request("GET", PATH, params={"q": q})
        assert response.status_code == 200, (q, response.text)
        assert set(response.json()) == {"accounts", "statuses", "hashtags"}


async def test_who_finds_what(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    letter = await ann.say("secret @bob", visibility="direct")
    await ann.say("secret for followers", visibility="private")
    await ann.say("secret but unlisted", visibility="unlisted")
    liked = await ann.say("secret and liked", visibility="private")
    await bob.post(f"/api/v1/statuses/{liked['id']}/favourite")
    kept = await ann.say("secret and kept", visibility="unlisted")
    await bob.post(f"/api/v1/statuses/{kept['id']}/bookmark")
    passed_on = await ann.say("secret passed on", visibility="unlisted")
    await bob.post(f"/api/v1/statuses/{passed_on['id']}/reblog")
    await site.settle()
    assert len(await found(ann, "secret")) == 6
    rows = (await bob.get(PATH, q="secret"))["statuses"]
    assert [row["id"] for row in rows] == [passed_on["id"], kept["id"], liked["id"], letter["id"]]
    assert await found(eve, "secret") == []
    await ann.post(f"/api/v1/accounts/{bob.id}/block")
    assert await found(bob, "secret") == []


async def test_accounts_that_do_not_want_to_be_found_are_not(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.say("findable words")
    await ann.request("PATCH", "/api/v1/accounts/update_credentials", data={"indexable": "false"})
    await site.settle()
    assert await found(bob, "findable") == []
    assert await found(ann, "findable") == ["findable words"]


async def test_edits_and_deletions_reach_the_index(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("apples", **{"poll[options][]": ["pears", "plums"], "poll[expires_in]": "300"})
    await site.settle()
    assert len(await found(bob, "plums")) == 1
    await ann.request(
        "PUT", f"/api/v1/statuses/{post['id']}", data={"status": "cherries", "spoiler_text": "fruit"}
    )
    await site.settle()
    assert await found(bob, "apples") == []
    assert len(await found(bob, "cherries fruit")) == 1
    await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")
    assert await found(bob, "cherries") == []


async def test_posts_of_accounts_turned_away_are_not_found(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.say("noise")
    await site.settle()
    await bob.post(f"/api/v1/accounts/{ann.id}/mute")
    assert await found(bob, "noise") == []


async def test_posts_of_one_account(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.say("same word")
    own = await bob.say("same word")
    await site.settle()
    assert [row["id"] for row in (await ann.get(PATH, q="same", account_id=bob.id))["statuses"]] == [
        own["id"]
    ]
    assert (await ann.get(PATH, q="same", account_id="1"))["statuses"] == []


async def test_a_whole_import_is_indexed_at_once_and_again(site: Site) -> None:
    [ann] = await site.members("ann")
    ids = [site.services.ids.decode((await ann.say(f"row {number}"))["id"]) for number in range(5)]
    known = [ident for ident in ids if ident is not None]
    for _ in range(2):
        async with site.services.database.transaction() as tx:
            assert await index_posts(tx, [*known, 12345]) == 5
    assert len(await found(ann, "row")) == 5


async def test_accounts_are_found_by_prefix_and_by_address(site: Site) -> None:
    ann, anna, bob = await site.members("ann", "anna", "bob")

    async def names(q: str, **params: Any) -> list[str]:
        return [row["acct"] for row in (await bob.get(PATH, q=q, type="accounts", **params))["accounts"]]

    domain = site.services.settings.domain
    assert await names("ann") == ["ann", "anna"]
    assert await names("@ANN") == ["ann", "anna"]
    assert await names(f"@ann@{domain}") == ["ann"]
    assert await names("@ann@elsewhere.example") == []
    annika = await site.member("annika")
    await bob.post(f"/api/v1/accounts/{annika.id}/follow")
    assert await names("an") == ["annika", "ann", "anna"]
    await bob.post(f"/api/v1/accounts/{annika.id}/unfollow")
    await annika.request("PATCH", "/api/v1/accounts/update_credentials", data={"display_name": "Zoe"})
    assert await names("zo") == ["annika"]
    await bob.post(f"/api/v1/accounts/{anna.id}/follow")
    assert await names("ann", following="true") == ["anna"]
    assert await names(f"ann@{domain}", following="true") == []
    await ann.post(f"/api/v1/accounts/{bob.id}/block")
    assert await names("anna") == ["anna"]
    assert "ann" not in await names("ann")


async def test_hashtags_have_a_week_of_history_and_private_use_stays_private(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for member, text in ((ann, "#Spring"), (ann, "#spring again"), (bob, "#SPRING"), (bob, "#springtime")):
        await member.say(text)
    await ann.say("#springhidden", visibility="private")
    tags = (await bob.get(PATH, q="#spring", type="hashtags"))["hashtags"]
    assert [tag["name"] for tag in tags] == ["Spring", "springtime"]
    assert problems("Tag", tags[0]) == [
        "trendable is missing",
        "usable is missing",
        "requires_review is missing",
    ]
    assert [len(tag["history"]) for tag in tags] == [7, 7]
    assert (tags[0]["history"][0]["uses"], tags[0]["history"][0]["accounts"]) == ("3", "2")
    assert tags[0]["history"][1]["uses"] == "0"
    assert int(tags[0]["history"][0]["day"]) % 86_400 == 0
    assert (await bob.get("/api/v1/search", q="spring", type="hashtags"))["hashtags"] == [
        "Spring",
        "springtime",
    ]
    shown = await bob.get("/api/v1/tags/SPRING")
    assert shown == tags[0]
    for name in ("springhidden", "neverused"):
        assert (await site.client.get(f"/api/v1/tags/{name}")).json()["id"] == "0"


async def test_addresses_of_this_server_lead_to_what_they_show(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    post = await ann.say("#Here I am")
    letter = await ann.say("@bob psst", visibility="direct")
    base = site.services.base_url

    async def at(member: Member, address: str) -> tuple[list[str], list[str], list[str]]:
        answer = await member.get(PATH, q=address)
        return (
            [row["acct"] for row in answer["accounts"]],
            [row["id"] for row in answer["statuses"]],
            [row["name"] for row in answer["hashtags"]],
        )

    assert await at(eve, post["url"]) == ([], [post["id"]], [])
    assert await at(eve, post["uri"] + "?x=1") == ([], [post["id"]], [])
    assert await at(eve, post["account"]["url"]) == (["ann"], [], [])
    assert await at(eve, f"{base}/users/ann") == (["ann"], [], [])
    assert await at(eve, f"{base}/tags/here") == ([], [], ["Here"])
    assert await at(bob, letter["url"]) == ([], [letter["id"]], [])
    for nothing in (
        letter["url"],
        f"{base}/@ann/99",
        f"{base}/@nobody",
        f"{base}/about",
        f"{base}/a/b/c/d/e",
    ):
        assert await at(eve, nothing) == ([], [], []), nothing
    assert await at(eve, "https://elsewhere.example/@ann") == ([], [], [])


async def test_without_a_token_there_are_accounts_and_hashtags_alone(site: Site) -> None:
    [ann] = await site.members("ann")
    await ann.say("annual #anniversary")
    await site.settle()
    answer = (await site.client.get(PATH, params={"q": "ann"})).json()
    assert [row["acct"] for row in answer["accounts"]] == ["ann"]
    assert [row["name"] for row in answer["hashtags"]] == ["anniversary"]
    assert (await site.client.get(PATH, params={"q": "annual"})).json()["statuses"] == []
    for params in ({"resolve": "true"}, {"offset": "5", "type": "accounts"}):
        assert (await site.client.get(PATH, params={"q": "ann", **params})).status_code == 401


async def test_queries_have_limits(site: Site) -> None:
    [ann] = await site.members("ann")
    most = site.services.settings.search_query_max_characters
    for params in (
        {},
        {"q": "  "},
        {"q": "x" * (most + 1)},
        {"q": "a", "offset": "-1"},
        {"q": "a", "type": "all"},
    ):
        assert (await ann.request("GET", PATH, params=params)).status_code == 422, params
    assert (await ann.request("GET", PATH, params={"q": "x" * most})).status_code == 200


async def test_held_posts_are_not_found_and_leave_the_index(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await ann.say("contested words")
    await site.settle()
    post_id = site.services.ids.decode(post["id"]) or 0
    async with site.services.database.transaction() as tx:
        await tx.execute("update posts set state = 1 where id = $1", post_id)
        tx.touch(Kind.POST, post_id)
    assert await found(bob, "contested") == []
    async with site.services.database.transaction() as tx:
        await index_post(tx, msgspec.json.encode(PostHeld(post_id)), site.services.clock.now())
        assert await tx.fetchval("select count(*) from post_search") == 0


async def test_old_posts_are_found_behind_many_newer_ones(site: Site) -> None:
    [ann] = await site.members("ann")
    for text in ("needle and hay", "hay", "hay", "hay"):
        await ann.say(text)
    await site.settle()
    years = timedelta(days=3 * 365)
    async with site.services.database.transaction() as tx:
        oldest = await tx.fetchval("select min(id) from posts")
        old = id_at(site.services.clock.now() - years) + 5
        await tx.execute("delete from post_search where post_id = $1", oldest)
        await tx.execute("delete from post_counts where post_id = $1", oldest)
        await tx.execute("update posts set id = $2 where id = $1", oldest, old)
        assert await index_posts(tx, [old]) == 1
    assert await found(ann, "needle") == ["needle and hay"]
    assert await found(ann, "hay") == ["hay", "hay", "hay", "needle and hay"]
    assert await found(ann, "hay", limit=1, offset=3) == ["needle and hay"]
    assert await found(ann, "hay", limit=2) == ["hay", "hay"]
    this_year = f"{site.services.clock.now():%Y}"
    assert await found(ann, f"hay during:{this_year}") == ["hay", "hay", "hay"]
    assert await found(ann, f"hay before:{this_year}") == ["needle and hay"]


async def test_operators_narrow_a_search(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await ann.say("tea with https://example.org/tea", language="en")
    await ann.say("tea and a choice", **{"poll[options][]": ["green", "black"], "poll[expires_in]": "300"})
    await bob.say("tea, reply", in_reply_to_id=first["id"], language="pt-BR")
    await bob.say("tea hidden", sensitive="true")
    await bob.say("tea unlisted", visibility="unlisted")
    await site.settle()
    domain = site.services.settings.domain
    for q, texts in {
        "tea has:poll": ["tea and a choice"],
        "tea has:link from:ann": None,
        "from:me tea -is:reply": ["tea unlisted", "tea hidden"],
        f"tea from:@ann@{domain} -has:link": ["tea and a choice"],
        "from:nobody tea": [],
        "from:ann@elsewhere.example tea": [],
        "is:sensitive": ["tea hidden"],
        "language:pt": ["tea, reply"],
        "tea -language:pt -from:me -has:link": ["tea and a choice"],
        "in:library tea": ["tea unlisted", "tea hidden", "tea, reply"],
        "in:public tea from:me": ["tea hidden", "tea, reply"],
        "is:reply": ["tea, reply"],
        "from:me -tea": [],
    }.items():
        if texts is None:
            assert len(await found(bob, q)) == 1
        else:
            assert await found(bob, q) == texts, q
    rows = (await bob.get(PATH, q="tea", type="statuses", account_id=ann.id))["statuses"]
    assert len(rows) == 2


async def test_a_library_is_what_one_wrote_kept_and_was_named_in(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.say("page public")
    kept = await ann.say("page kept")
    liked = await ann.say("page liked")
    passed_on = await ann.say("page passed on")
    await ann.say("page for @bob", visibility="direct")
    await bob.say("page own")
    await bob.post(f"/api/v1/statuses/{kept['id']}/bookmark")
    await bob.post(f"/api/v1/statuses/{liked['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{passed_on['id']}/reblog")
    await site.settle()
    rows = (await bob.get(PATH, q="in:library page", type="statuses"))["statuses"]
    assert [row["content"][3:8] for row in rows] == ["page "] * 5
    assert await found(bob, "in:library page", limit=1, offset=4) == ["page kept"]


async def test_words_of_scripts_without_spaces_are_found(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.say("วันนี้อากาศดีมาก")
    await ann.say("今日は東京都にいます")
    await site.settle()
    assert await found(bob, "อากาศ") == ["วันนี้อากาศดีมาก"]
    assert await found(bob, "東京都") == ["今日は東京都にいます"]
    assert await found(bob, "東") == ["今日は東京都にいます"]
    assert await found(bob, "京東") == []


async def test_what_a_post_carries_is_searched_for(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    pictured = await ann.say("look here")
    carded = await ann.say("read https://example.org/tea")
    await site.settle()
    ids = [site.services.ids.decode(post["id"]) or 0 for post in (pictured, carded)]
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "insert into media (id, account_id, kind, state, post_id, position, description, source_sha256, created_at)"
            " values (1, $1, 0, 1, $2, 1, 'a kettle', '', $3), (2, $1, 3, 1, $2, 2, '', '', $3)",
            ann.account_id, ids[0], now,
        )  # fmt: skip
        await tx.execute("insert into preview_cards (id, url, state, created_at) values (1, 'x', 1, $1)", now)
        await tx.execute("insert into post_cards (post_id, card_id) values ($1, 1)", ids[1])
        await index_post(tx, msgspec.json.encode(PostHeld(ids[0])), now)
        await index_carded(tx, msgspec.json.encode(CardShown(1, [ids[1]])), now)
    for q, texts in {
        "has:image": ["look here"], "has:audio": ["look here"], "has:media kettle": ["look here"], "has:video": [],
        "has:embed": 1, "has:link -has:media": 1,
    }.items():  # fmt: skip
        assert (
            await found(bob, q) == texts if isinstance(texts, list) else len(await found(bob, q)) == texts
        ), q
