"""Every answer of every route that an OpenAPI description of the Mastodon API knows, held to its schemas.

The description is not part of this repository: HOLDFAST_TEST_OPENAPI names the file, for example the one that
the project abraham/mastodon-openapi generates from Mastodon's documentation.

The answers come from a tour of the whole API (`tests/support/tour`). What differs stands in the tables below, each
with its reason, and a row that nothing needs any more fails as well.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from holdfast.edge.routes import Who
from holdfast.platform.config import Settings, load_settings
from tests.conformance.json_schema import Document
from tests.support.postgres import DatabaseServer
from tests.support.tour import MASTODON, UNANSWERED, Exchange, Guide, toured

pytestmark = pytest.mark.conformance

_FILE = os.environ.get("HOLDFAST_TEST_OPENAPI", "")

_EMPTY_ADDRESS = (
    "What a page does not say is an empty text in Mastodon's cards, which clients decode as text."
)
# How a problem begins, and why it is none. Where the description and what Mastodon sends differ, what it sends counts.
ACCEPTED = {
    "V1Filter is ": "A list of filters is a list, also in Mastodon; the description forgot it.",
    "FilterStatus.id is missing": "Mastodon answers the removal from a filter with {}.",
    "FilterStatus.status_id is missing": "Mastodon answers the removal from a filter with {}.",
    "WebPushSubscription.id is ": "Mastodon sends a number, and apps decode one.",
    **{
        f"{kind}.{name} is '', which is no uri": _EMPTY_ADDRESS
        for kind, names in {
            "PreviewCard": ("author_url", "embed_url", "provider_url"),
            "TrendsLink": ("author_url", "embed_url", "provider_url"),
            "PreviewCardAuthor": ("url",),
        }.items()
        for name in names
    },
}

# Entities of routes that the description does not have, or has without a schema: what the path ends with.
ENTITIES = {
    "/api/v1/preferences": ("Preferences",),
    "/api/v1/notifications/policy": ("V1NotificationPolicy",),
    "/api/v1/trends": ("Tag[]",),
    **{
        f"/api/v1/admin/{path}": (f"{name}[]",)
        for path, name in {
            "measures": "AdminMeasure", "dimensions": "AdminDimension", "retention": "AdminCohort",
        }.items()
    },
}  # fmt: skip
ADMIN_ENTITIES = {
    "accounts": ("AdminAccount",), "reports": ("AdminReport",), "domain_blocks": ("AdminDomainBlock",),
    "domain_allows": ("AdminDomainAllow",), "ip_blocks": ("AdminIpBlock",),
    "email_domain_blocks": ("AdminEmailDomainBlock",), "canonical_email_blocks": ("AdminCanonicalEmailBlock",),
    "trends/tags": ("Tag", "AdminTag"), "trends/statuses": ("Status",), "trends/links": ("TrendsLink",),
}  # fmt: skip

# Described without a schema, and answered with more than {}.
UNDESCRIBED = {
    "GET /api/v1/media/{id}": "206, while it is worked on: the upload as it is so far",
    "GET /oauth/userinfo": "OpenID Connect's claims; tests/integration/test_oauth_flow.py",
    "GET /api/v1/instance/translation_languages": "{} here: nothing translates",
}

_LATER = (
    "newer than the version of the API that this server says it speaks: collections, features, yearly reports"
)
_FEDERATION = "of accounts elsewhere, which come with federation"
# Properties that nothing in the tour gives a value.
NEVER = {
    "Account.feature_approval": _LATER, "CredentialAccount.feature_approval": _LATER,
    "MutedAccount.feature_approval": _LATER, "Notification.collection": _LATER, "Report.collection_ids": _LATER,
    "Role.collection_limit": _LATER, "Search.collections": _LATER, "Status.tagged_collections": _LATER,
    "Instance.wrapstodon": _LATER, "PreviewCard.missing_attribution": _LATER, "TrendsLink.missing_attribution": _LATER,
    "NotificationFallback.details": "optional: the title of a fallback says it all",
    "AdminAccount.domain": _FEDERATION, "MediaAttachment.remote_url": _FEDERATION,
    "Notification.event": _FEDERATION, "NotificationGroup.event": _FEDERATION,
    "PreviewCardAuthor.account": "cards name no accounts: nothing proves that a page may speak for one",
    "AccountWarning.appeal": "appeals are made on the pages of this server",
    "AdminAccount.invited_by_account_id": "nobody is invited by members here",
    "Field.verified_at": "no link is verified yet",
    "OEmbedResponse.height": "null: the frame fits its height to the post",
    "Reaction.url": "reactions with custom emoji: there are none here", "Reaction.static_url": "the same",
    "TermsOfService.succeeded_by": "one version of the terms is kept",
    **{
        f"TrendsLink.{name}": "made by the code that makes PreviewCard's"
        for name in ("image", "blurhash", "published_at")
    },
}  # fmt: skip
if shutil.which("ffmpeg") is None:
    NEVER |= {f"MetaDetails.{name}": "NO FFMPEG" for name in ("duration", "frame_rate", "bitrate")}

# What is sent beyond the description, which every client has to ignore and some want.
BEYOND = {
    "Preferences.posting:default:quote_policy": "Mastodon sends it",
    "Preferences.reading:autoplay:gifs": "Mastodon sends it",
    "Tag.requires_review": "of AdminTag, which the answer to the staff is as well",
    "Tag.trendable": "the same",
    "Tag.usable": "the same",
    "AdminEmailDomainBlock.allow_with_approval": "Mastodon sends it",
    "MediaAttachment.preview_remote_url": "Mastodon sends it",
    "MediaAttachment.text_url": "Mastodon sends it",
    "MetaDetails.size": "Mastodon sends it",
    "PreviewCard.image_description": "Mastodon sends it",
    "PreviewCard.language": "Mastodon sends it",
    "TrendsLink.id": "Mastodon sends it, to the staff",
    "TrendsLink.image_description": "Mastodon sends it",
    "TrendsLink.language": "Mastodon sends it",
    "TrendsLink.requires_review": "Mastodon sends it, to the staff",
    "Status.requires_review": "Mastodon sends it, to the staff",
    "Suggestion.source": "Mastodon sends it beside `sources`",
    "WebPushSubscription.policy": "Mastodon sends it",
    "NotificationPolicy.for_bots": "of this server; docs/reference/http.md",
    "Profile.featured_tags": "Mastodon sends it",
}


@pytest.fixture(scope="module")
def document() -> Document:
    if not Path(_FILE).is_file():
        pytest.skip("HOLDFAST_TEST_OPENAPI names no OpenAPI file of the Mastodon API: NO ANSWER IS CHECKED")
    return Document(json.loads(Path(_FILE).read_text()))


@pytest.fixture(scope="module")
def tour_settings(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    address = database_server.clone_database()
    data = {"data": str(tmp_path_factory.mktemp("tour") / "data"), "database_url": address}
    yield load_settings(data, environment={})
    database_server.drop_database(address)


@pytest.fixture(scope="module")
async def guide(document: Document, tour_settings: Settings) -> AsyncIterator[Guide]:
    async with toured(tour_settings) as made:
        yield made


def _problems(document: Document, one: Exchange) -> list[str] | None:
    """Where an answer does not follow the description; None when that says nothing of it."""
    schema = document.answer(one.route.method.lower(), one.route.path, one.status)
    schemas = [schema] if schema else [document.named(name) for name in _entities(one)]
    return [found for each in schemas for found in document.problems(one.body, each)] if schemas else None


def _entities(one: Exchange) -> tuple[str, ...]:
    if not one.good or not one.body:
        return ()
    for path, names in ADMIN_ENTITIES.items():
        if one.route.path.startswith(f"/api/v1/admin/{path}") or one.route.path == f"/api/v2/admin/{path}":
            many = "[]" if isinstance(one.body, list) else ""
            return tuple(f"{name}{many}" for name in names)
    return ENTITIES.get(one.route.path, ())


def _named(one: Exchange) -> str:
    return f"{one.route.method} {one.route.path}"


async def test_every_answer_follows_its_schema(guide: Guide, document: Document) -> None:
    problems = {
        f"{problem}   <- {_named(one)}"
        for one in guide.recording.bodies()
        for problem in _problems(document, one) or ()
    }
    left = sorted(one for one in problems if not one.startswith(tuple(ACCEPTED)))
    assert not left, "\n".join(left)
    stale = [begin for begin in ACCEPTED if not any(one.startswith(begin) for one in problems)]
    assert stale == []


async def test_every_route_that_is_described_was_answered(guide: Guide, document: Document) -> None:
    described = {
        route
        for route in MASTODON
        if document.describes(route.method.lower(), route.path) and route.access.who is not Who.BROWSER
    }
    assert len(described) > 180
    left = {f"{route.method} {route.path}" for route in described - guide.recording.reached()}
    assert left == UNANSWERED.keys()


async def test_what_has_no_schema_is_an_empty_object(guide: Guide, document: Document) -> None:
    full = {
        _named(one)
        for one in guide.recording.bodies()
        if one.good
        and document.describes(one.route.method.lower(), one.route.path)
        and _problems(document, one) is None
        and one.body != {}
    }
    assert full - UNDESCRIBED.keys() == set()


async def test_the_tour_shows_every_property(guide: Guide, document: Document) -> None:
    for one in guide.recording.bodies():
        _problems(document, one)
    assert sorted(document.unseen() - NEVER.keys()) == []
    assert sorted(NEVER.keys() - document.unseen()) == []


async def test_what_is_sent_beyond_the_description_is_known(guide: Guide, document: Document) -> None:
    for one in guide.recording.bodies():
        _problems(document, one)
    # What AdminTag adds to Tag is described apart.
    surplus = {one for one in document.surplus if not one.startswith("AdminTag.")}
    assert sorted(surplus - BEYOND.keys()) == []
    assert sorted(BEYOND.keys() - surplus) == []


async def test_errors_follow_their_schema(guide: Guide, document: Document) -> None:
    """Without a token, and with ids that nobody has."""
    already = len(guide.recording.exchanges)
    for route in MASTODON:
        if route.lasting or not document.describes(route.method.lower(), route.path):
            continue
        path = re.sub(r"\{\w+\}", "0", route.path)
        await guide.site.client.request(route.method, path)
        await guide.carla.request(route.method, path, json={"id": "0", "status": "", "focus": []})
    errors = [one for one in guide.recording.exchanges[already:] if not one.good]
    assert len(errors) > 200
    problems = {
        f"{found}   <- {_named(one)} {one.status}"
        for one in errors
        for found in _problems(document, one) or ()
    }
    # The file gives one schema to the 422 of nearly every route; Mastodon names fields where something is registered.
    left = [one for one in problems if not one.startswith("ValidationError.details is missing")]
    assert sorted(left) == []
    bare = {_named(one) for one in errors if not isinstance(one.body, dict) or not one.body.get("error")}
    assert sorted(bare) == []
