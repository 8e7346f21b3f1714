"""Who may do what: one row for every route, from which the access sweep is generated.

A row says, for each kind of object that the route can act on, what its owner, a stranger and somebody whom
the owner blocks are answered. What the anonymous, the app, the token with another scope and the suspended are
answered follows from the route's declared access. A route without a row fails the sweep: whoever adds one
has to decide here.
"""

from __future__ import annotations

from tests.support.access_decisions import ABOUT_DECISIONS, PUBLIC_POLICIES
from tests.support.access_ledger import LEDGER_ROWS, PUBLIC_LEDGER
from tests.support.access_notices import NOTICE_ROWS, PUBLIC_NOTICES
from tests.support.access_quality import ABOUT_BREAKER, PUBLIC_BREAKER
from tests.support.access_rows import ANY, Codes, Row
from tests.support.access_rows import NOBODYS as _NOBODYS
from tests.support.access_staff import STAFF

FOR_STAFF = Codes(403, 403, 403, 401)
# What stands for no, one, two, and three placeholders of a path that none of these may call.
_STAND_INS = ("", "account", "public_post_page", "public_post_page")
_SEEN = Codes(200, 200, 404, 200)
_HIDDEN = Codes(200, 404, 404, 404)

# Kinds of post: whoever may see one gets `seen`, everybody else what a missing one would get.
READ = {
    "public_post": _SEEN,
    "private_post": _HIDDEN,
    "direct_post": _HIDDEN,
    "held_post": _HIDDEN,
    "missing_post": _NOBODYS,
}
# Of a visible post of another, an edit is refused as such; its source, and it to delete, are not there.
_EDIT = {**READ, "public_post": Codes(200, 403, 404, 401)}
_OWN = {**READ, "public_post": Codes(200, 404, 404, 401)}
_PIN = {
    "public_post": Codes(200, 422, 404, 401),
    "private_post": _HIDDEN,
    "held_post": _HIDDEN,
    "missing_post": _NOBODYS,
}
_BOOST = {
    "public_post": _SEEN,
    "private_post": _HIDDEN,
    "direct_post": Codes(422, 404, 404, 401),
    "held_post": Codes(422, 404, 404, 401),
    "missing_post": _NOBODYS,
}
_POLL = {"public_poll": _SEEN, "private_poll": _HIDDEN, "missing_post": _NOBODYS}
_VOTE = {
    "public_poll": Codes(422, 200, 404, 401),
    "private_poll": Codes(422, 404, 404, 401),
    "missing_post": _NOBODYS,
}
_ACCOUNT = {"account": ANY, "suspended_account": _NOBODYS, "missing_account": _NOBODYS}
# What one does to somebody else; that somebody blocks `blocked`.
_TO_SOMEBODY = {"somebody": ANY, "suspended_account": _NOBODYS, "missing_account": _NOBODYS}
_NOTIFICATION = {"notification": _HIDDEN, "missing_account": _NOBODYS}
_SCHEDULED = {"scheduled_post": _HIDDEN, "missing_post": _NOBODYS}
_MEDIA = {"media": _HIDDEN, "missing_account": _NOBODYS}
_NOTHING: dict[str, Codes] = {"": ANY}
_REPORTED = {"account": ANY, "suspended_account": _NOBODYS, "missing_account": _NOBODYS}


def _everybody(*routes: str) -> dict[str, Row]:
    return {route: Row(_NOTHING) for route in routes}


def _row(acts_on: dict[str, Codes], *routes: str, form: dict[str, str] | None = None) -> dict[str, Row]:
    return {route: Row(acts_on, form or {}) for route in routes}


_POST = "/api/v1/statuses/{id}"
_SOMEBODY = "/api/v1/accounts/{id}"

# Routes that need no token at all. A new public route has to be named here as well as declared.
PUBLIC = (
    frozenset(
        """
    GET /api/v1/accounts
    GET /api/v1/accounts/lookup
    GET /api/v1/accounts/{id}
    GET /api/v1/accounts/{id}/endorsements
    GET /api/v1/accounts/{id}/featured_tags
    GET /api/v1/accounts/{id}/followers
    GET /api/v1/accounts/{id}/following
    GET /api/v1/accounts/{id}/statuses
    POST /api/v1/apps
    GET /.well-known/nodeinfo
    GET /nodeinfo/{version}
    GET /.well-known/webfinger
    GET /.well-known/host-meta
    GET /.well-known/oauth-authorization-server
    GET /api/v1/custom_emojis
    GET /avatars/{file}
    GET /headers/{file}
    GET /media/{file}
    GET /api/v2/instance
    GET /api/v1/instance
    GET /api/v1/instance/rules
    GET /api/v1/instance/peers
    GET /api/v1/instance/activity
    GET /api/v1/instance/domain_blocks
    GET /api/v1/instance/extended_description
    GET /api/v1/instance/privacy_policy
    GET /api/v1/instance/terms_of_service
    GET /api/v1/instance/terms_of_service/{date}
    GET /api/v1/instance/languages
    GET /api/v1/instance/translation_languages
    GET /api/v1/directory
    GET /instance/thumbnail.png
    GET /instance/icon.png
    GET /health
    POST /oauth/token
    POST /oauth/revoke
    GET /api/v1/streaming/health
    GET /api/v1/statuses
    GET /api/v1/statuses/{id}
    GET /api/v1/statuses/{id}/context
    GET /api/v1/statuses/{id}/favourited_by
    GET /api/v1/statuses/{id}/history
    GET /api/v1/statuses/{id}/reblogged_by
    GET /api/v1/polls/{id}
    GET /api/v2/search
    GET /api/v1/search
    GET /api/v1/tags/{name}
    GET /api/v1/timelines/public
    GET /api/v1/timelines/tag/{hashtag}
    GET /api/v1/timelines/link
    GET /api/holdfast/openapi.json
    GET /api/holdfast/v1/openapi.json
    GET /api/oembed
    GET /api/v1/trends
    GET /api/v1/trends/links
    GET /api/v1/trends/statuses
    GET /api/v1/trends/tags
    """.strip()
        .replace("    ", "")
        .splitlines()
    )
    | PUBLIC_LEDGER
    | PUBLIC_POLICIES
    | PUBLIC_BREAKER
    | PUBLIC_NOTICES
)

# Routes for any token, an app's own too.
APP = frozenset(
    (
        "GET /api/v1/apps/verify_credentials",
        "POST /api/v1/accounts",
        "POST /api/v1/emails/confirmations",
        "GET /api/v1/statuses/{id}/source",
        "POST /api/v1/statuses/{id}/translate",
    )
)

TABLE: dict[str, Row] = {
    # What is for staff is refused to every member; who of the staff may is in access_staff.py.
    **{name: Row({_STAND_INS[name.count("{")]: FOR_STAFF}) for name in STAFF},
    **_row(_REPORTED, "POST /api/v1/reports", form={"account_id": "{object}"}),
    # The operator of this site shows them to nobody.
    **_row({"": _NOBODYS}, "GET /api/v1/instance/domain_blocks"),
    # Posts
    **_row({"": ANY}, "POST /api/v1/statuses", form={"status": "hello"}),
    "GET /api/v1/statuses": Row({"public_post": ANY, "private_post": ANY}, query={"id[]": "{object}"}),
    **_row(READ, f"GET {_POST}", f"GET {_POST}/context", f"GET {_POST}/history"),
    **_row(READ, f"GET {_POST}/favourited_by", f"GET {_POST}/reblogged_by"),
    **_row(READ, f"GET {_POST}/source", f"GET {_POST}/quotes"),
    **_row(_OWN, f"DELETE {_POST}"),
    **_row(_EDIT, f"PUT {_POST}", form={"status": "changed"}),
    **_row(_EDIT, f"PUT {_POST}/interaction_policy", form={"quote_approval_policy": "nobody"}),
    **_row(
        {"quote": Codes(200, 403, 404, 401), "missing_quote": _NOBODYS},
        f"POST {_POST}/quotes/{{quoting_status_id}}/revoke",
    ),
    **_row(
        READ,
        *(
            f"POST {_POST}/{verb}"
            for verb in ("favourite", "unfavourite", "bookmark", "unbookmark", "mute", "unmute", "unpin", "unreblog")
        ),
    ),
    **_row(_PIN, f"POST {_POST}/pin"),
    **_row(_BOOST, f"POST {_POST}/reblog"),
    # Translation is off, and says so in the words for a post that is not there.
    **_row({"public_post": _NOBODYS, "private_post": _NOBODYS}, f"POST {_POST}/translate"),
    **_row(_POLL, "GET /api/v1/polls/{id}"),
    **_row(_VOTE, "POST /api/v1/polls/{id}/votes", form={"choices[]": "0"}),
    **_row({"": ANY}, "GET /api/v1/scheduled_statuses"),
    **_row(_SCHEDULED, "GET /api/v1/scheduled_statuses/{id}", "DELETE /api/v1/scheduled_statuses/{id}"),
    **_row(
        _SCHEDULED, "PUT /api/v1/scheduled_statuses/{id}", form={"scheduled_at": "2032-02-03T04:05:06Z"},
    ),
    # Timelines and what a member keeps
    **_everybody(
        "GET /api/v1/timelines/home", "GET /api/v1/timelines/public", "GET /api/v1/favourites",
        "GET /api/v1/bookmarks", "GET /api/v1/notifications", "GET /api/v1/notifications/unread_count",
        "POST /api/v1/notifications/clear", "GET /api/v1/markers", "GET /api/v1/preferences",
        "GET /api/v1/follow_requests", "GET /api/v1/blocks", "GET /api/v1/mutes", "GET /api/v1/domain_blocks",
    ),
    **_row({"tag": ANY}, "GET /api/v1/timelines/tag/{hashtag}", "GET /api/v1/tags/{name}"),
    # Nobody has linked to it, so that there is no such timeline.
    "GET /api/v1/timelines/link": Row({"": _NOBODYS}, query={"url": "https://example.org/"}),
    # What others may show is what a stranger may see, whoever asks.
    **_row(_NOTHING, "GET /api/holdfast/openapi.json", "GET /api/holdfast/v1/openapi.json"),
    "GET /api/oembed": Row(
        {"public_post_page": ANY, "private_post_page": _NOBODYS, "held_post_page": _NOBODYS,
         "missing_post_page": _NOBODYS, "post_page_of_another": _NOBODYS},
        query={"url": "http://localhost:8420/@{object}"},
    ),
    **_row(_NOTIFICATION, "GET /api/v1/notifications/{id}", "POST /api/v1/notifications/{id}/dismiss"),
    **_row(_NOTIFICATION, "POST /api/v1/notifications/dismiss", form={"id": "{object}"}),
    **_row(
        {"group_key": _HIDDEN}, "GET /api/v2/notifications/{group_key}",
        "GET /api/v2/notifications/{group_key}/accounts",
    ),
    # Dismissing what one has not got changes nothing, and says nothing.
    **_row({"group_key": ANY}, "POST /api/v2/notifications/{group_key}/dismiss"),
    **_everybody(
        "GET /api/v2/notifications", "GET /api/v2/notifications/unread_count", "GET /api/v2/notifications/policy",
        "PATCH /api/v2/notifications/policy", "GET /api/v1/notifications/policy", "PUT /api/v1/notifications/policy",
        "PATCH /api/v1/notifications/policy", "GET /api/v1/notifications/requests",
        "GET /api/v1/notifications/requests/merged", "DELETE /api/v1/push/subscription",
    ),
    **_row(
        {"notification_request": _HIDDEN, "missing_account": _NOBODYS}, "GET /api/v1/notifications/requests/{id}",
        "POST /api/v1/notifications/requests/{id}/accept", "POST /api/v1/notifications/requests/{id}/dismiss",
    ),
    **_row(
        {"notification_request": ANY}, "POST /api/v1/notifications/requests/accept",
        "POST /api/v1/notifications/requests/dismiss", form={"id[]": "{object}"},
    ),
    # A subscription belongs to a token; these have none yet, and the keys are no keys.
    **_row({"": Codes(404, 404, 404, 401)}, "GET /api/v1/push/subscription", "PUT /api/v1/push/subscription"),
    **_row({"": Codes(422, 422, 422, 401)}, "POST /api/v1/push/subscription"),
    **_row({"": ANY}, "POST /api/v1/markers", form={"home[last_read_id]": "1"}),
    **_row({"": ANY}, "POST /api/v1/domain_blocks", "DELETE /api/v1/domain_blocks", form={"domain": "x.example"}),
    # Lists, filters, conversations
    **_everybody("GET /api/v1/lists", "GET /api/v1/filters", "GET /api/v2/filters", "GET /api/v1/conversations"),
    **_row({"": ANY}, "POST /api/v1/lists", form={"title": "Friends"}),
    # Streams
    **_everybody(
        "GET /api/v1/streaming/health",
        *(
            f"GET /api/v1/streaming/{name}"
            for name in ("user", "user/notification", "public", "public/local", "public/remote", "direct")
        ),
    ),
    "GET /api/v1/streaming/hashtag": Row({"": ANY}, query={"tag": "tea"}),
    "GET /api/v1/streaming/hashtag/local": Row({"": ANY}, query={"tag": "tea"}),
    "GET /api/v1/streaming/list": Row({"list": Codes(200, 401, 401, 401)}, query={"list": "{object}"}),
    "WEBSOCKET /api/v1/streaming": Row({"": Codes(101, 101, 101, 401)}, query={"stream": "user"}),
    **_row(
        {"list": _HIDDEN, "missing_account": _NOBODYS},
        "GET /api/v1/lists/{id}", "PUT /api/v1/lists/{id}", "DELETE /api/v1/lists/{id}",
        "GET /api/v1/lists/{id}/accounts", "POST /api/v1/lists/{id}/accounts", "DELETE /api/v1/lists/{id}/accounts",
        "GET /api/v1/timelines/list/{list_id}", form={"title": "Friends"},
    ),
    **_row({"": ANY}, "POST /api/v2/filters", form={"title": "x", "context[]": "home"}),
    **_row({"": ANY}, "POST /api/v1/filters", form={"phrase": "x", "context[]": "home"}),
    **_row(
        {"filter": _HIDDEN, "missing_account": _NOBODYS},
        "GET /api/v2/filters/{id}", "PUT /api/v2/filters/{id}", "DELETE /api/v2/filters/{id}",
        "GET /api/v2/filters/{id}/keywords", "POST /api/v2/filters/{id}/keywords", "GET /api/v2/filters/{id}/statuses",
        form={"keyword": "x"},
    ),
    # Whose the filter is is not asked before the post has been seen.
    "POST /api/v2/filters/{id}/statuses": Row(
        {"filter": _NOBODYS, "missing_account": _NOBODYS}, form={"status_id": "12"}
    ),
    **_row(
        {"filter_keyword": _HIDDEN, "missing_account": _NOBODYS},
        "GET /api/v2/filters/keywords/{id}", "PUT /api/v2/filters/keywords/{id}", "DELETE /api/v2/filters/keywords/{id}",
        "GET /api/v1/filters/{id}", "PUT /api/v1/filters/{id}", "DELETE /api/v1/filters/{id}",
    ),
    **_row(
        {"filter_status": _HIDDEN, "missing_account": _NOBODYS},
        "GET /api/v2/filters/statuses/{id}", "DELETE /api/v2/filters/statuses/{id}",
    ),
    **_row(
        {"conversation": _HIDDEN, "missing_account": _NOBODYS},
        "POST /api/v1/conversations/{id}/read", "DELETE /api/v1/conversations/{id}",
    ),
    # Hashtags and endorsements
    **_everybody(
        "GET /api/v1/followed_tags", "GET /api/v1/featured_tags", "GET /api/v1/featured_tags/suggestions",
        "GET /api/v1/endorsements",
    ),
    **_row(
        {"tag": ANY},
        *(f"POST /api/v1/tags/{{name}}/{verb}" for verb in ("follow", "unfollow", "feature", "unfeature")),
    ),
    **_row({"": ANY}, "POST /api/v1/featured_tags", form={"name": "town"}),
    **_row({"featured_tag": _HIDDEN, "missing_account": _NOBODYS}, "DELETE /api/v1/featured_tags/{id}"),
    # Nobody follows anybody, so nobody can be endorsed.
    **_row(
        {**_TO_SOMEBODY, "somebody": Codes(422, 422, 422, 401)},
        f"POST {_SOMEBODY}/endorse", f"POST {_SOMEBODY}/pin",
    ),
    **_row(_TO_SOMEBODY, f"POST {_SOMEBODY}/unendorse", f"POST {_SOMEBODY}/unpin"),
    # Accounts
    "GET /api/v1/accounts": Row({"account": ANY, "suspended_account": ANY}, query={"id[]": "{object}"}),
    "GET /api/v1/accounts/lookup": Row(
        {"account_name": ANY, "suspended_name": _NOBODYS, "missing_name": _NOBODYS}, query={"acct": "{object}"}
    ),
    "GET /api/v1/accounts/search": Row({"": ANY}, query={"q": "ann"}),
    "GET /api/v1/accounts/relationships": Row({"account": ANY}, query={"id[]": "{object}"}),
    "GET /api/v1/accounts/familiar_followers": Row({"account": ANY}, query={"id[]": "{object}"}),
    **_row(
        _ACCOUNT,
        f"GET {_SOMEBODY}",
        *(
            f"GET {_SOMEBODY}/{noun}"
            for noun in (
                "followers", "following", "statuses", "lists", "featured_tags", "endorsements", "identity_proofs",
            )
        ),
    ),
    **_row({**_TO_SOMEBODY, "somebody": Codes(200, 200, 403, 401)}, f"POST {_SOMEBODY}/follow"),
    **_row(
        _TO_SOMEBODY,
        *(
            f"POST {_SOMEBODY}/{verb}"
            for verb in ("unfollow", "remove_from_followers", "block", "unblock", "mute", "unmute")
        ),
    ),
    **_row(_TO_SOMEBODY, f"POST {_SOMEBODY}/note", form={"comment": "met at the fair"}),
    **_row(
        {"requester": _HIDDEN, "missing_account": _NOBODYS},
        "POST /api/v1/follow_requests/{account_id}/authorize", "POST /api/v1/follow_requests/{account_id}/reject",
    ),
    **_everybody("GET /api/v1/accounts/verify_credentials", "GET /api/v1/profile"),
    **_row(
        {"": ANY}, "PATCH /api/v1/accounts/update_credentials", "PATCH /api/v1/profile", form={"display_name": "Ann"}
    ),
    # Without a file there is nothing to take.
    **_row({"": Codes(422, 422, 422, 401)}, "POST /api/v2/media", "POST /api/v1/media"),
    **_row(_MEDIA, "GET /api/v1/media/{id}", "PUT /api/v1/media/{id}", "DELETE /api/v1/media/{id}"),
    **_row({"media_file": ANY, "suspended_media_file": _NOBODYS, "missing_media_file": _NOBODYS}, "GET /media/{file}"),
    **_everybody("DELETE /api/v1/profile/avatar", "DELETE /api/v1/profile/header"),
    # Sign-up is for an app's own token: a member has signed up already.
    **_row({"": Codes(403, 403, 403, 401)}, "POST /api/v1/accounts"),
    **_row({"": Codes(403, 403, 403, 401)}, "POST /api/v1/emails/confirmations"),
    # Apps and OAuth
    **_row({"": ANY}, "POST /api/v1/apps", form={"client_name": "A", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}),
    **_everybody("GET /api/v1/apps/verify_credentials", "GET /oauth/userinfo", "POST /oauth/userinfo"),
    **_everybody("DELETE /api/holdfast/v1/session"),
    # These know apps by their secret, whoever brings it.
    **_row({"": Codes(401, 401, 401, 401)}, "POST /oauth/token", form={"grant_type": "client_credentials"}),
    **_row({"": Codes(403, 403, 403, 403)}, "POST /oauth/revoke", form={"token": "x"}),
    # What this server says of itself
    **_everybody(
        "GET /.well-known/nodeinfo", "GET /.well-known/host-meta", "GET /.well-known/oauth-authorization-server",
        "GET /api/v1/custom_emojis", "GET /api/v2/instance", "GET /api/v1/instance", "GET /api/v1/instance/rules",
        "GET /api/v1/instance/peers", "GET /api/v1/instance/activity",
        "GET /api/v1/instance/extended_description",
        "GET /api/v1/instance/languages", "GET /api/v1/instance/translation_languages", "GET /api/v1/directory",
        "GET /instance/thumbnail.png", "GET /instance/icon.png", "GET /health",
        "GET /api/v1/announcements",
        "GET /api/v1/suggestions", "GET /api/v2/suggestions",
        "GET /api/v1/trends", "GET /api/v1/trends/links", "GET /api/v1/trends/statuses", "GET /api/v1/trends/tags",
    ),
    **_row(_ACCOUNT, "DELETE /api/v1/suggestions/{account_id}"),
    **_row({"announcement": ANY, "missing_account": _NOBODYS}, "POST /api/v1/announcements/{id}/dismiss"),
    **_row(
        {"announcement_emoji": ANY, "missing_emoji": _NOBODYS},
        "PUT /api/v1/announcements/{id}/reactions/{name}", "DELETE /api/v1/announcements/{id}/reactions/{name}",
    ),
    # The operator of this site has written neither.
    **_row({"day": _NOBODYS}, "GET /api/v1/instance/terms_of_service/{date}"),
    **_row({"": _NOBODYS}, "GET /api/v1/instance/terms_of_service", "GET /api/v1/instance/privacy_policy"),
    **_row({"nodeinfo_version": ANY}, "GET /nodeinfo/{version}"),
    "GET /.well-known/webfinger": Row(
        {"account_handle": ANY, "suspended_handle": _NOBODYS, "missing_handle": _NOBODYS},
        query={"resource": "acct:{object}"},
    ),
    **_row(
        {"account_image": ANY, "suspended_image": _NOBODYS, "missing_image": _NOBODYS},
        "GET /avatars/{file}", "GET /headers/{file}",
    ),
    "GET /api/v2/search": Row({"": ANY}, query={"q": "ann"}),
    "GET /api/v1/search": Row({"": ANY}, query={"q": "ann"}),
    **LEDGER_ROWS,
    **NOTICE_ROWS,
    **ABOUT_DECISIONS,
    **ABOUT_BREAKER,
}  # fmt: skip
