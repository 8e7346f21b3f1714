"""What the breaker of the backlog changes while it is in a stage: for new accounts, and for posts that wait for a decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ..platform.clock import Instant
from ..platform.limits import Rate
from ..social.accounts import AccountView
from ..social.posts import Submission
from ..trust.breaker import (
    BreakerReader,
    Measure,
    NewAccountsRead,
    PostTraits,
    SpreadSlowed,
    is_new,
    must_wait,
)
from .call import Call
from .frozen import others_would_see
from .ports import Services
from .routes import Limit, Route

NOTE = "note.breaker"
"""Its name in the verdict of a post that waits because of it."""
_HOUR_SECONDS = 3600


async def check_new_accounts(call: Call, route: Route) -> None:
    """Raises NewAccountsRead when new accounts can only read, the caller is one, and others would see what it does."""
    if call.token is None or call.token.account_id is None or not others_would_see(route):
        return
    if Measure.READ_ONLY_NEW not in (await call.services.breaker.now()).measures:
        return
    if await _is_new(call, call.token.account_id):
        raise NewAccountsRead


async def tighter_rate(call: Call, limit: Limit, account_id: int) -> Rate | None:
    """What a new account may do in an hour while limits are tighter; None: they are not, or not for this one."""
    if limit not in (Limit.POST, Limit.FOLLOW):
        return None
    breaker = call.services.breaker
    if Measure.TIGHTER_LIMITS not in (await breaker.now()).measures or not await _is_new(call, account_id):
        return None
    policy = breaker.policy
    most = policy.new_account_posts_hour if limit is Limit.POST else policy.new_account_follows_hour
    return Rate(most, _HOUR_SECONDS)


async def check_spread(call: Call, post_id: int) -> None:
    """Raises SpreadSlowed for a post that waits for an urgent decision, while those are not passed on."""
    breaker = call.services.breaker
    if Measure.SLOW_SPREAD in (await breaker.now()).measures and await breaker.awaits_review(post_id):
        raise SpreadSlowed


async def as_allowed(
    breaker: BreakerReader, submission: Submission, author: AccountView, now: Instant
) -> Submission:
    """The submission, held where first posts of risky kinds wait for a person."""
    if submission.verdict.action in ("hold", "refuse") or author.role != "member":
        return submission
    measures = (await breaker.now()).measures
    if Measure.HOLD_FIRST_POSTS not in measures:
        return submission
    traits = PostTraits((now - author.created_at) / timedelta(days=1), author.posts, _kinds(submission))
    new = is_new(breaker.policy, age_days=traits.account_age_days, posts=traits.account_posts)
    # Only what the clock publishes gets here while new accounts can only read.
    if not must_wait(breaker.policy, traits) and not (new and Measure.READ_ONLY_NEW in measures):
        return submission
    verdict = submission.verdict
    held = msgspec.structs.replace(
        verdict, action="hold", lane=verdict.lane or "P3", rules=[*verdict.rules, NOTE]
    )
    return msgspec.structs.replace(submission, verdict=held)


async def breaker_now(services: Services) -> dict[str, Any]:
    """What everybody may know of the stage that it is in: for the API, and for banners."""
    found, policy = await services.breaker.now(), services.breaker.policy
    entered = policy.stages[found.stage - 1] if found.stage else None
    return {
        "stage": found.stage,
        "name": found.name,
        "since": None if found.since is None else found.since.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "measures": sorted(found.measures),
        "lane": found.lane if found.stage else None,
        "title": dict(entered.title) if entered else {},
        "says": dict(entered.says) if entered else {},
    }


def _kinds(submission: Submission) -> frozenset[str]:
    draft, composed = submission.draft, submission.composed
    found = {
        "link": bool(composed.urls),
        "media": bool(submission.media),
        "mention": bool(composed.mention_names),
        "quote": draft.quoted_id is not None,
        "reply": draft.in_reply_to_id is not None,
    }
    return frozenset(name for name, there in found.items() if there)


async def _is_new(call: Call, account_id: int) -> bool:
    account = await call.services.accounts.get(account_id)
    if account is None or account.role != "member":
        return False
    age = (call.now - account.created_at) / timedelta(days=1)
    return is_new(call.services.breaker.policy, age_days=age, posts=account.posts)
