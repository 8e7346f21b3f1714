"""What became of a notice, for whoever has its address: state, clocks, outcomes, answers; and what they add."""

from __future__ import annotations

from ...pure.errors import Invalid, LimitReached
from ...pure.notices import StepNotPossible
from ...trust.notices import Channel
from ..answers import Answer, redirect
from ..call import Call
from ..ledger_facts import receipt_links
from ..notice_forms import Words, add_to_notice, other_languages, status_facts, words_for
from ..routes import Access, Limit, RouteTable
from .browser import Visit, text_of
from .notices import title_of
from .pages import form, page, render

routes = RouteTable()
_TOLD = ("sent", "added", "disputed")


@routes.get("/notice/status/{token}", Access.browser(), limit=Limit.LINK)
@page
async def status_page(call: Call, visit: Visit) -> Answer:
    """The page."""
    tree = await call.tree()
    after = text_of(tree, "after")
    told = next((one for one in _TOLD if text_of(tree, one)), "")
    return await _page(
        call,
        visit,
        await words_for(call),
        after=int(after) if after.isdecimal() and len(after) < 7 else 0,
        told=told,
    )


@routes.get("/notices/{token}", Access.browser(), limit=Limit.LINK)
@page
async def status_of_old(call: Call, _visit: Visit) -> Answer:
    """The address that documents of before name."""
    await status_facts(call, call.segment("token"), await words_for(call))
    return redirect(f"/notice/status/{call.segment('token')}", status=302)


@routes.post("/notice/status/{token}", Access.browser(), limit=Limit.LINK)
@form
async def add(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Add something, or ask for another look."""
    words = await words_for(call)
    dispute = fields.get("do") == "dispute"
    try:
        await add_to_notice(
            call, call.segment("token"), fields.get("text", ""), words, dispute=dispute, channel=Channel.FORM
        )
    except (Invalid, LimitReached, StepNotPossible) as error:
        status = 429 if isinstance(error, LimitReached) else 422
        return await _page(call, visit, words, error=error.public, fields=fields, status=status)
    told = "disputed" if dispute else "added"
    return redirect(f"/notice/status/{call.segment('token')}?{told}=1&lang={words.language}")


async def _page(
    call: Call, visit: Visit, words: Words, *, after: int = 0, told: str = "", error: str = "",
    fields: dict[str, str] | None = None, status: int = 200,
) -> Answer:  # fmt: skip
    token = call.segment("token")
    facts = await status_facts(call, token, words, after=after)
    notice = facts.notice
    links = receipt_links(call.services, notice.record_id)
    return render(
        call, visit, "notice_status.html", title=words("status/title"), status=status,
        words=words, page_language=words.language, facts=facts, notice=notice, links=links, token=token, told=told, error=error, fields=fields or {},
        kind=words.find(f"presets/{notice.preset}") or _kind_title(words, notice.preset) or title_of(notice.preset),
        others=other_languages(words.language), here=f"/notice/status/{token}", after=after,
        characters=call.services.settings.notice_form_characters,
    )  # fmt: skip


_TITLES = {"eu.dsa.art16": "content", "us.tida": "intimate-images", "us.dmca.notice": "copyright",
           "us.dmca.counter": "counter-notice", "gdpr.request": "privacy"}  # fmt: skip


def _kind_title(words: Words, preset: str) -> str | None:
    return words.find(f"kinds/{_TITLES[preset]}/title") if preset in _TITLES else None
