"""A member's own avatar and header, without an app: sent, described, and taken back."""

from __future__ import annotations

from ...pure.errors import HoldfastError, Invalid, NotAuthenticated
from ...social.accounts import Actor, ProfileChange, ProfileLimits, edit_profile
from ...social.media import Purpose, TakenMedia, set_picture, take_upload
from ..answers import Answer, redirect, status_of
from ..call import Call
from ..links import avatar_path, header_path
from ..routes import Access, Limit, RouteTable
from ..uploads import SpooledFile
from .browser import Visit, read_form, text_of
from .pages import page, render

routes = RouteTable()

_PATH = "/settings/pictures"
_DONE = {"saved": "Your pictures are saved."}
_PURPOSES = {"avatar": Purpose.AVATAR, "header": Purpose.HEADER}


@routes.get(_PATH, Access.browser())
@page
async def pictures(call: Call, visit: Visit) -> Answer:
    """Both pictures as they are."""
    return await _show(call, visit, done=_DONE.get(text_of(await call.tree(), "done"), ""))


@routes.post(_PATH, Access.browser(), limit=Limit.MEDIA)
@page
async def save_pictures(call: Call, visit: Visit) -> Answer:
    """Take the pictures that were sent; a field that was left empty leaves its picture as it is."""
    settings = call.services.settings
    tree = await call.spooled_tree(2 * settings.media_picture_max_bytes)
    fields, member = await read_form(call, visit), visit.member()
    taken: list[tuple[Purpose, TakenMedia | None]] = []
    try:
        for name, purpose in _PURPOSES.items():
            sent = tree.get(name)
            if fields.get(f"{name}_remove"):
                taken.append((purpose, None))
            elif isinstance(sent, SpooledFile) and sent.size_bytes:
                picture = await take_upload(call.services.media, sent.file, sent.size_bytes, purpose)
                taken.append((purpose, picture))
        actor = Actor(member.account_id, member.role)
        limits = ProfileLimits(
            picture_description_characters=settings.media_picture_description_max_characters
        )
        described = ProfileChange(
            avatar_description=fields.get("avatar_description", ""),
            header_description=fields.get("header_description", ""),
        )
        async with call.services.database.transaction() as tx:
            await edit_profile(tx, actor, described, limits=limits)
            for purpose, one in taken:
                await set_picture(tx, actor, purpose, one, now=call.now)
    except Invalid as error:
        return await _show(call, visit, error=error)
    return redirect(f"{_PATH}?done=saved")


async def _show(call: Call, visit: Visit, *, done: str = "", error: HoldfastError | None = None) -> Answer:
    services, member = call.services, visit.member()
    account = await services.accounts.get(member.account_id)
    if account is None:
        raise NotAuthenticated
    return render(
        call, visit, "pictures.html", title="Pictures", status=200 if error is None else status_of(error),
        done=done, problem="" if error is None else error.public, account=account,
        avatar=avatar_path(services, account), header=header_path(services, account),
        most_megabytes=services.settings.media_picture_max_bytes // 2**20,
    )  # fmt: skip
