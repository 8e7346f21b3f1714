"""What the server says of itself: every field that strict clients decode, and only what is true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holdfast import __version__
from holdfast.platform.config import Settings
from tests.support.entities import problems
from tests.support.site import Site, open_site

# Newer than this version's API, or missing from Mastodon's own answers.
_NOT_PROMISED = {"wrapstodon", "sign_up_url"}


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    chosen = msgspec.structs.replace(
        settings, rules=("Be kind.", "No spam."), description="First.\n\nSecond <b>.", title="A Town"
    )
    async with open_site(chosen) as opened:
        yield opened


async def answer(site: Site, path: str, **params: Any) -> Any:
    response = await site.client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def wrong(kind: str, entity: dict[str, Any]) -> list[str]:
    return [problem for problem in problems(kind, entity) if problem.split()[0] not in _NOT_PROMISED]


async def test_the_instance_has_every_field_of_its_type(site: Site) -> None:
    owner = await site.member("boss", role="owner")
    instance = await answer(site, "/api/v2/instance")
    parts = {
        "InstanceV2": instance,
        "InstanceConfigurationV2": instance["configuration"],
        "InstanceURLsV2": instance["configuration"]["urls"],
        "InstanceVapidKey": instance["configuration"]["vapid"],
        "InstanceAccountConfiguration": instance["configuration"]["accounts"],
        "InstanceStatusConfiguration": instance["configuration"]["statuses"],
        "InstanceMediaConfiguration": instance["configuration"]["media_attachments"],
        "InstancePollConfiguration": instance["configuration"]["polls"],
        "InstanceTranslationConfiguration": instance["configuration"]["translation"],
        "InstanceTimelinesAccessConfiguration": instance["configuration"]["timelines_access"],
        "InstanceThumbnail": instance["thumbnail"],
        "InstanceIcon": instance["icon"][0],
        "InstanceRegistrations": instance["registrations"],
        "InstanceContact": instance["contact"],
        "Rule": instance["rules"][0],
        "InstanceUsageUsers": instance["usage"]["users"],
    }
    assert {kind: wrong(kind, part) for kind, part in parts.items() if wrong(kind, part)} == {}
    assert instance["version"] == f"4.6.0 (compatible; Holdfast {__version__})"
    assert instance["api_versions"] == {"mastodon": 7}
    assert instance["contact"]["account"]["id"] == owner.id
    assert (
        instance["configuration"]["statuses"]["max_characters"] == site.services.settings.post_max_characters
    )
    assert [rule["text"] for rule in instance["rules"]] == ["Be kind.", "No spam."]
    assert await answer(site, "/api/v1/instance/rules") == instance["rules"]


async def test_the_old_instance_has_every_field_of_its_type(site: Site) -> None:
    ann = await site.member("ann", role="owner")
    await ann.say("one")
    await ann.say("two")
    instance = await answer(site, "/api/v1/instance")
    assert wrong("Instance", instance) == []
    assert wrong("InstanceConfiguration", instance["configuration"]) == []
    assert instance["stats"] == {"user_count": 1, "status_count": 2, "domain_count": 0}
    assert instance["urls"]["streaming_api"].startswith("ws")
    assert instance["contact_account"]["acct"] == "ann"


async def test_registrations_say_what_the_settings_say(settings: Settings) -> None:
    for chosen, enabled, approval in (
        ("open", True, False),
        ("approval", True, True),
        ("closed", False, False),
    ):
        async with open_site(msgspec.structs.replace(settings, registrations=chosen)) as site:
            told = (await answer(site, "/api/v2/instance"))["registrations"]
            assert (told["enabled"], told["approval_required"]) == (enabled, approval)


async def test_pictures_are_there(site: Site) -> None:
    instance = await answer(site, "/api/v2/instance")
    for address in (instance["thumbnail"]["url"], instance["icon"][0]["src"]):
        response = await site.client.get(address)
        assert response.headers["content-type"] == "image/png"
        assert response.content.startswith(b"\x89PNG")


async def test_descriptions_are_html_of_our_making(site: Site) -> None:
    told = await answer(site, "/api/v1/instance/extended_description")
    assert told["content"] == "<p>First.</p><p>Second &lt;b&gt;.</p>"


async def test_policies_are_there_once_they_are_named(settings: Settings) -> None:
    async with open_site(settings) as site:
        for name in ("privacy_policy", "terms_of_service"):
            assert (await site.client.get(f"/api/v1/instance/{name}")).status_code == 404
    text = Path("policies.txt")
    settings.data.mkdir(parents=True, exist_ok=True)
    (settings.data / text).write_text("We keep little.", encoding="utf-8")
    async with open_site(
        msgspec.structs.replace(settings, privacy_policy_file=text, terms_file=text)
    ) as site:
        privacy = await answer(site, "/api/v1/instance/privacy_policy")
        assert privacy["content"] == "<p>We keep little.</p>"
        terms = await answer(site, "/api/v1/instance/terms_of_service")
        assert wrong("TermsOfService", terms) == []
        dated = f"/api/v1/instance/terms_of_service/{terms['effective_date']}"
        assert await answer(site, dated) == terms
        for other in ("2020-01-01", "now"):
            assert (await site.client.get(f"/api/v1/instance/terms_of_service/{other}")).status_code == 404
        urls = (await answer(site, "/api/v2/instance"))["configuration"]["urls"]
        for name in ("about", "privacy_policy", "terms_of_service"):
            assert (await site.client.get(urls[name])).status_code == 200, name


async def test_activity_tells_of_twelve_weeks(site: Site) -> None:
    ann = await site.member("ann")
    await ann.say("hello")
    weeks = await answer(site, "/api/v1/instance/activity")
    assert len(weeks) == 12
    assert {key: weeks[0][key] for key in ("statuses", "logins", "registrations")} == {
        "statuses": "1", "logins": "1", "registrations": "1",
    }  # fmt: skip
    assert weeks[1]["statuses"] == "0"
    assert all(datetime.fromtimestamp(int(week["week"]), UTC).weekday() == 0 for week in weeks)


async def test_languages_have_names(site: Site) -> None:
    languages = {row["code"]: row["name"] for row in await answer(site, "/api/v1/instance/languages")}
    assert (languages["en"], languages["nb"], len(languages)) == ("English", "Norwegian Bokmål", 183)
    assert await answer(site, "/api/v1/instance/translation_languages") == {}
    assert await answer(site, "/api/v1/instance/peers") == []


async def test_nodeinfo_names_the_software_and_counts_who_is_active(site: Site) -> None:
    ann, _bob = await site.members("ann", "bob")
    await ann.get("/api/v1/accounts/verify_credentials")
    links = (await answer(site, "/.well-known/nodeinfo"))["links"]
    assert [link["rel"].rpartition("/")[2] for link in links] == ["2.0", "2.1"]
    for link in links:
        document = await answer(site, link["href"])
        assert wrong("Nodeinfo", document) == []
        assert document["software"]["name"] == "holdfast"
        assert document["usage"]["users"] == {"total": 2, "activeMonth": 1, "activeHalfyear": 1}
        assert document["protocols"] == []
    assert "repository" not in (await answer(site, "/nodeinfo/2.0"))["software"]
    assert (await site.client.get("/nodeinfo/3.0")).status_code == 404


async def test_webfinger_finds_local_accounts_by_name_and_by_address(site: Site) -> None:
    ann = await site.member("ann")
    base, domain = site.services.base_url, site.services.settings.domain
    for resource in (
        f"acct:ann@{domain}", f"ann@{domain}", f"acct:ANN@{domain.upper()}", f"{base}/@ann", f"{base}/users/ann",
    ):  # fmt: skip
        document = await answer(site, "/.well-known/webfinger", resource=resource)
        assert document["subject"] == f"acct:ann@{domain}"
        assert document["links"][0]["href"] == f"{base}/@ann"
    for resource in (
        "acct:ann@elsewhere.example",
        f"acct:eve@{domain}",
        "https://elsewhere.example/@ann",
        "ann",
        "@",
        "http://[",
    ):
        assert (
            await site.client.get("/.well-known/webfinger", params={"resource": resource})
        ).status_code == 404
    assert (await site.client.get("/.well-known/webfinger")).status_code == 400
    host_meta = await site.client.get("/.well-known/host-meta")
    assert f"{base}/.well-known/webfinger?resource={{uri}}" in host_meta.text
    assert (await ann.request("GET", "/.well-known/host-meta")).headers["access-control-allow-origin"] == "*"


async def test_the_directory_lists_who_agreed_and_was_not_turned_away(site: Site) -> None:
    ann, bob, eve, joe = await site.members("ann", "bob", "eve", "joe")
    await eve.request("PATCH", "/api/v1/accounts/update_credentials", data={"discoverable": "false"})
    await bob.say("active")

    async def listed(**params: Any) -> list[str]:
        return [row["acct"] for row in await ann.get("/api/v1/directory", **params)]

    assert await listed(order="new") == ["joe", "bob", "ann"]
    assert await listed(order="new", limit=1, offset=1) == ["bob"]
    assert await listed() == ["bob"]
    await ann.post(f"/api/v1/accounts/{joe.id}/block")
    assert await listed(order="new", local="true") == ["bob", "ann"]
    assert (await ann.request("GET", "/api/v1/directory", params={"order": "best"})).status_code == 422


async def test_the_server_says_that_it_is_well(site: Site) -> None:
    assert (await site.client.get("/health")).text == "OK"


async def test_figures_are_not_counted_for_every_request(site: Site) -> None:
    assert (await answer(site, "/api/v1/instance"))["stats"]["user_count"] == 0
    await site.member("ann")
    assert (await answer(site, "/api/v1/instance"))["stats"]["user_count"] == 0
