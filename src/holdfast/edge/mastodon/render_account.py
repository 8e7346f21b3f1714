"""Accounts and relationships as the Mastodon API writes them.

The public half of an account is the same for everybody, so it is rendered once per version of the account
and kept with it as ready JSON; what only the owner sees is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ...pure.permissions import OF_THE_API, PERMISSIONS
from ...social.accounts import AccountState, AccountView, Preferences
from ...social.graph import Relationship, requests_pending
from ..authored_html import field_html, note_html
from ..links import account_url, avatar_url, header_url
from ..ports import Services
from .emojis import emojis_in
from .times import iso, iso_or_none

_PUBLIC = "mastodon"
_OWN = "mastodon-own"
_encode = msgspec.json.Encoder().encode

# Ids, names, and permission bits as the Mastodon API numbers them. Bits say which desks a client may offer.
_ROLES: dict[str, dict[str, Any]] = {
    role: {
        "id": ident, "name": name, "permissions": str(int(PERMISSIONS[role] & OF_THE_API)), "color": "", "highlighted": bool(name),
    }
    for role, ident, name in (
        ("member", "-99", ""), ("moderator", "1", "Moderator"), ("admin", "2", "Admin"), ("owner", "3", "Owner"),
    )
}  # fmt: skip


def account_raw(services: Services, account: AccountView) -> msgspec.Raw:
    """The Account entity as ready JSON. Ask only for accounts that are shown."""
    return msgspec.Raw(account_json(services, account))


def account_json(services: Services, account: AccountView) -> bytes:
    """The same as bytes."""
    key = _PUBLIC + services.emojis.current.version
    body: bytes | None = account.rendered.get(key)
    if body is None:
        body = account.rendered[key] = _encode(_public(services, account))
    return body


async def accounts_raw(services: Services, ids: Iterable[int]) -> list[msgspec.Raw]:
    """Account entities in the order of `ids`, without those that are not shown."""
    wanted = list(ids)
    found = await services.accounts.get_many(wanted)
    return [account_raw(services, found[ident]) for ident in wanted if ident in found and found[ident].shown]


def muted_account_raw(services: Services, account: AccountView, expires_at: Any) -> msgspec.Raw:
    """The MutedAccount entity: an Account and when the mute ends."""
    body = account_json(services, account)
    tail = _encode({"mute_expires_at": iso_or_none(expires_at)})
    return msgspec.Raw(body[:-1] + b"," + tail[1:])


async def credential_account(services: Services, account: AccountView) -> msgspec.Raw:
    """The CredentialAccount entity: an Account with `source` and `role`, for its owner alone.

    Kept with the account: whatever it is made of touches the account's stamp when it changes.
    """
    key = _OWN + services.emojis.current.version
    body = account.rendered.get(key)
    if body is None:
        chosen = await services.accounts.preferences(account.id)
        waiting = await requests_pending(services.database, account.id)
        body = account.rendered[key] = _encode(
            {
                **_public(services, account),
                "source": _source(account, chosen, waiting),
                "role": _ROLES.get(account.role, _ROLES["member"]),
            }
        )
    return msgspec.Raw(body)


def role_entity(role: str) -> dict[str, Any]:
    """The Role entity."""
    return _ROLES.get(role, _ROLES["member"])


def role_of_id(ident: str) -> str | None:
    """The role that the API knows by this id."""
    return next((role for role, entity in _ROLES.items() if entity["id"] == ident), None)


def profile_json(services: Services, account: AccountView) -> dict[str, Any]:
    """The Profile entity but for its hashtags: what an editor shows. A picture is null while the account has none of its own."""
    return {
        "id": services.ids.encode(account.id),
        "display_name": account.display_name,
        "note": account.note,
        "fields": _source_fields(account),
        "avatar": avatar_url(services, account) if account.avatar else None,
        "avatar_static": avatar_url(services, account, still=True) if account.avatar else None,
        "avatar_description": account.avatar_description,
        "header": header_url(services, account) if account.header else None,
        "header_static": header_url(services, account, still=True) if account.header else None,
        "header_description": account.header_description,
        "locked": account.locked,
        "bot": account.bot,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "hide_collections": account.hide_collections,
        "show_media": account.show_media,
        "show_media_replies": account.show_media_replies,
        "show_featured": account.show_featured,
        "attribution_domains": account.attribution_domains,
    }


def relationship_json(services: Services, between: Relationship) -> dict[str, Any]:
    """The Relationship entity."""
    return {
        "id": services.ids.encode(between.id),
        "following": between.following,
        "showing_reblogs": between.showing_boosts,
        "notifying": between.notifying,
        "languages": list(between.languages) if between.languages else None,
        "followed_by": between.followed_by,
        "blocking": between.blocking,
        "blocked_by": between.blocked_by,
        "muting": between.muting,
        "muting_notifications": between.muting_notifications,
        "muting_expires_at": iso_or_none(between.muting_expires_at),
        "requested": between.requested,
        "requested_by": between.requested_by,
        "domain_blocking": between.domain_blocking,
        "endorsed": between.endorsed,
        "note": between.note,
    }


def _public(services: Services, account: AccountView) -> dict[str, Any]:
    public_id = services.ids.encode(account.id)
    url = account_url(services, account.acct)
    avatar = avatar_url(services, account)
    header = header_url(services, account)
    return {
        "id": public_id,
        "username": account.username,
        "acct": account.acct,
        "display_name": account.display_name,
        "locked": account.locked,
        "bot": account.bot,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "group": False,
        "created_at": iso(account.created_at),
        "note": note_html(services, account),
        "url": url,
        "uri": url,
        "avatar": avatar,
        "avatar_static": avatar_url(services, account, still=True),
        "avatar_description": account.avatar_description,
        "header": header,
        "header_static": header_url(services, account, still=True),
        "header_description": account.header_description,
        "followers_count": account.followers,
        "following_count": account.following,
        "statuses_count": account.posts,
        "last_status_at": account.last_post_on.isoformat() if account.last_post_on else None,
        "hide_collections": account.hide_collections,
        "noindex": not account.indexable,
        "show_media": account.show_media,
        "show_media_replies": account.show_media_replies,
        "show_featured": account.show_featured,
        "moved": _public(services, account.moved) if account.moved else None,
        "suspended": account.state is AccountState.SUSPENDED,
        "limited": account.limited,
        "memorial": False,
        "emojis": emojis_in(
            services,
            account.display_name,
            account.note,
            *(text for field in account.fields for text in (field.name, field.value)),
        ),
        "roles": _public_roles(account),
        "fields": [
            {
                "name": field.name,
                "value": field_html(services, field.value),
                "verified_at": iso_or_none(field.verified_at),
            }
            for field in account.fields
        ],
    }


def _public_roles(account: AccountView) -> list[dict[str, Any]]:
    role = _ROLES.get(account.role, _ROLES["member"])
    return [{key: role[key] for key in ("id", "name", "color")}] if role["highlighted"] else []


def _source(account: AccountView, chosen: Preferences | None, waiting: int) -> dict[str, Any]:
    return {
        "privacy": chosen.posting_visibility if chosen else "public",
        "sensitive": chosen.posting_sensitive if chosen else False,
        "language": chosen.posting_language if chosen else None,
        "quote_policy": chosen.posting_quote_policy if chosen else "public",
        "note": account.note,
        "fields": _source_fields(account),
        "follow_requests_count": waiting,
        "hide_collections": account.hide_collections,
        "discoverable": account.discoverable,
        "indexable": account.indexable,
        "attribution_domains": account.attribution_domains,
    }


def _source_fields(account: AccountView) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "value": field.value, "verified_at": iso_or_none(field.verified_at)}
        for field in account.fields
    ]
