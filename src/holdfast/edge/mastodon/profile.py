"""The member's own account: credentials, profile, preferences."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import Invalid, NotAuthenticated
from ...social.accounts import AccountView, Field, ProfileChange, ProfileLimits, edit_profile
from ...social.media import Purpose, TakenMedia, set_picture, take_upload
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .render_account import credential_account, profile_json
from .tags import featured_entities

routes = RouteTable()

_READ = Access.member("profile", "read:accounts")
_WRITE = Access.member("write:accounts")


class FieldForm(msgspec.Struct):
    """One row of the profile's table, as a client sends it."""

    name: str = ""
    value: str = ""


class SourceForm(msgspec.Struct):
    """What new posts start with. An empty or null `language` means: none chosen."""

    privacy: str | None = None
    quote_policy: str | None = None
    sensitive: bool | None = None
    language: str | None | msgspec.UnsetType = msgspec.UNSET


class ProfileForm(msgspec.Struct):
    """What update_credentials and the profile route take; absent and null leave a thing as it is."""

    display_name: str | None = None
    note: str | None = None
    fields_attributes: list[FieldForm] | None = None
    locked: bool | None = None
    bot: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    hide_collections: bool | None = None
    show_media: bool | None = None
    show_media_replies: bool | None = None
    show_featured: bool | None = None
    attribution_domains: list[str] | None = None
    source: SourceForm | None = None
    avatar: Any = None
    header: Any = None
    avatar_description: str | None = None
    header_description: str | None = None


@routes.get("/api/v1/accounts/verify_credentials", _READ)
async def verify_credentials(call: Call) -> Answer:
    """Who the token stands for."""
    return json_answer(await credential_account(call.services, await _own(call)))


@routes.patch("/api/v1/accounts/update_credentials", _WRITE)
async def update_credentials(call: Call) -> Answer:
    """Edit the profile and the posting defaults."""
    await _edit(call)
    return json_answer(await credential_account(call.services, await _own(call)))


@routes.get("/api/v1/profile", _READ)
async def profile(call: Call) -> Answer:
    """The profile as its editor shows it."""
    return json_answer(await _profile(call))


async def _profile(call: Call) -> dict[str, Any]:
    account = await _own(call)
    return {
        **profile_json(call.services, account),
        "featured_tags": await featured_entities(call.services, account.id),
    }


@routes.patch("/api/v1/profile", _WRITE)
async def update_profile(call: Call) -> Answer:
    """The same edit as update_credentials, answered as a Profile."""
    await _edit(call)
    return json_answer(await _profile(call))


@routes.delete("/api/v1/profile/avatar", _WRITE, limit=Limit.DEFAULT)
async def delete_avatar(call: Call) -> Answer:
    """Back to the drawn picture."""
    await _without(call, Purpose.AVATAR)
    return json_answer(await credential_account(call.services, await _own(call)))


@routes.delete("/api/v1/profile/header", _WRITE, limit=Limit.DEFAULT)
async def delete_header(call: Call) -> Answer:
    """Back to the drawn picture."""
    await _without(call, Purpose.HEADER)
    return json_answer(await credential_account(call.services, await _own(call)))


@routes.get("/api/v1/preferences", Access.member("read:accounts"))
async def show_preferences(call: Call) -> Answer:
    """What the member chose, under the names that clients know."""
    chosen = await call.services.accounts.preferences(call.actor.account_id)
    if chosen is None:
        raise NotAuthenticated
    return json_answer(
        {
            "posting:default:visibility": chosen.posting_visibility,
            "posting:default:sensitive": chosen.posting_sensitive,
            "posting:default:language": chosen.posting_language,
            "posting:default:quote_policy": chosen.posting_quote_policy,
            "reading:expand:media": chosen.expand_media,
            "reading:expand:spoilers": chosen.expand_spoilers,
            "reading:autoplay:gifs": False,
        }
    )


async def _own(call: Call) -> AccountView:
    account = await call.services.accounts.get(call.actor.account_id)
    if account is None:
        raise NotAuthenticated
    return account


async def _edit(call: Call) -> None:
    settings = call.services.settings
    await call.spooled_tree(2 * settings.media_picture_max_bytes)
    form = await call.params(ProfileForm)
    taken = [
        (purpose, await _taken(call, name, picture, purpose))
        for name, picture, purpose in (
            ("avatar", form.avatar, Purpose.AVATAR),
            ("header", form.header, Purpose.HEADER),
        )
    ]
    limits = ProfileLimits(
        display_name_characters=settings.display_name_max_characters,
        note_characters=settings.bio_max_characters,
        fields=settings.profile_max_fields,
        field_name_characters=settings.profile_field_name_max_characters,
        field_value_characters=settings.profile_field_value_max_characters,
        picture_description_characters=settings.media_picture_description_max_characters,
    )
    async with call.services.database.transaction() as tx:
        await edit_profile(tx, call.actor, _change(form), limits=limits)
        for purpose, picture in taken:
            if picture is not None:
                await set_picture(tx, call.actor, purpose, picture, now=call.now)


async def _taken(call: Call, name: str, picture: Any, purpose: Purpose) -> TakenMedia | None:
    """The picture, read and stored; None when none was sent. Raises what `take_upload` does, with the name in the details."""
    if not picture:
        return None
    sent = call.file(picture)
    if sent is None:
        raise Invalid(
            f"Send the {name} as a file of a multipart form.",
            details={name: [("ERR_INVALID", "must be a file of a multipart form, or a data: address")]},
        )
    if not sent.size_bytes:
        return None
    try:
        return await take_upload(call.services.media, sent.file, sent.size_bytes, purpose)
    except Invalid as error:
        # Which of two pictures it was, a client learns from the details.
        details = {name: [("ERR_INVALID", error.public.removeprefix("Validation failed: "))]}
        raise Invalid(error.public, details=details) from error


async def _without(call: Call, purpose: Purpose) -> None:
    async with call.services.database.transaction() as tx:
        await set_picture(tx, call.actor, purpose, None, now=call.now)


def _change(form: ProfileForm) -> ProfileChange:
    given: dict[str, Any] = {
        name: getattr(form, name)
        for name in (
            "display_name",
            "note",
            "locked",
            "bot",
            "discoverable",
            "indexable",
            "hide_collections",
            "show_media",
            "show_media_replies",
            "show_featured",
            "attribution_domains",
            "avatar_description",
            "header_description",
        )
        if getattr(form, name) is not None
    }
    if form.fields_attributes is not None:
        given["fields"] = [Field(row.name, row.value) for row in form.fields_attributes]
    if form.source is not None:
        if form.source.privacy:
            given["posting_visibility"] = form.source.privacy
        if form.source.quote_policy:
            given["posting_quote_policy"] = form.source.quote_policy
        if form.source.sensitive is not None:
            given["posting_sensitive"] = form.source.sensitive
        if form.source.language is not msgspec.UNSET:
            given["posting_language"] = form.source.language or None
    return ProfileChange(**given)
