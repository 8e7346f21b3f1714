"""A member deletes the account."""

from __future__ import annotations

from ...platform.db import Tx
from ...pure.errors import HoldfastError, LimitReached
from ...social.credentials import CodeRefused, CodeRequired
from ...social.removals import RequestedBy, begin_removal
from ...social.second_factors import check_second_factor, has_second_factor
from ..answers import Answer
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit, signed_out_cookies
from .pages import form, page, render
from .settings import reauthenticate

routes = RouteTable()


@routes.get("/settings/delete", Access.browser())
@page
async def delete_page(call: Call, visit: Visit) -> Answer:
    """What will be gone, and the form."""
    return await _show(call, visit)


@routes.post("/settings/delete", Access.browser())
@form
async def delete_account(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Password, code where one is asked for, and the name typed out: then everything goes."""
    member, services = visit.member(), call.services
    if fields.get("confirmation", "").strip().removeprefix("@").lower() != member.username.lower():
        return await _show(call, visit, "confirmation", HoldfastError(f"Type {member.username} here."))
    try:
        await reauthenticate(call, visit, fields.get("current_password", ""))
    except HoldfastError as error:
        return await _show(call, visit, "current_password", error)
    try:
        async with services.database.transaction() as tx:
            await _check_code(call, tx, member.account_id, fields.get("code", ""))
            await begin_removal(tx, member.account_id, by=RequestedBy.MEMBER, now=call.now)
    except (CodeRequired, CodeRefused) as error:
        return await _show(call, visit, "code", error)
    except HoldfastError as error:
        return await _show(call, visit, "", error)
    visit.session = None
    answer = render(
        call,
        visit,
        "deleted.html",
        title="Goodbye",
        domain=services.settings.domain,
        username=member.username,
    )
    answer.headers = [*answer.headers, *signed_out_cookies(visit)]
    return answer


async def _check_code(call: Call, tx: Tx, account_id: int, code: str) -> None:
    if not await has_second_factor(tx, account_id):
        return
    if not code:
        raise CodeRequired
    if not await check_second_factor(tx, account_id, code, keyring=call.services.keyring, now=call.now):
        raise CodeRefused


async def _show(call: Call, visit: Visit, field: str = "", error: HoldfastError | None = None) -> Answer:
    member = visit.member()
    status = 200 if error is None else 429 if isinstance(error, LimitReached) else 422
    return render(
        call, visit, "delete_account.html", title="Delete your account", status=status,
        errors={field: error.public} if error and field else {}, problem=error.public if error and not field else "",
        two_factor=await has_second_factor(call.services.database, member.account_id),
        handle=f"@{member.username}@{call.services.settings.domain}",
    )  # fmt: skip
