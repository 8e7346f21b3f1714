"""What a request counts against: the limit of its route, and for visitors how much they read.

A limit is counted by account where a member is known, else by the caller's address, and by the network around it,
which may do `rate_network_factor` times as much. Every limit that a request meets is noted in `call.spent`, from
which the answer's X-RateLimit headers are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple

from ..platform.config import Settings
from ..platform.limits import Rate, Spent
from ..pure.errors import LimitReached
from ..social.bans import mailbox_hash
from .addresses import Origin, Prefixes, origin_of
from .breaking import tighter_rate
from .call import Call
from .routes import Limit, Route

_HOUR_SECONDS = 3600
_TIGHTER = "New accounts do a little less while more reports come in than the team can answer in time"


class _Budget(NamedTuple):
    """`by_account`: members have it each for themselves; else it is the address's, whoever calls."""

    rate: Callable[[Settings], Rate]
    by_account: bool
    why: str


_BUDGETS: dict[Limit, _Budget] = {
    Limit.DELETE: _Budget(
        lambda s: Rate(s.rate_deletes, s.rate_deletes_window_seconds), True, "You have deleted a lot"
    ),
    Limit.MEDIA: _Budget(
        lambda s: Rate(s.rate_media, s.rate_media_window_seconds), True, "You have uploaded a lot"
    ),
    Limit.POST: _Budget(
        lambda s: Rate(s.rate_posts, s.rate_posts_window_seconds), True, "You have posted a lot"
    ),
    Limit.FOLLOW: _Budget(
        lambda s: Rate(s.rate_follows, s.rate_follows_window_seconds), True, "You have followed many accounts"
    ),
    Limit.SEARCH: _Budget(
        lambda s: Rate(s.rate_searches, s.rate_searches_window_seconds), True, "You have searched a lot"
    ),
    Limit.SIGN_UP: _Budget(
        lambda s: Rate(s.rate_signups, s.rate_signups_window_seconds), False,
        "There were many sign-ups from your network",
    ),
    Limit.SIGN_IN: _Budget(
        lambda s: Rate(s.rate_signin_attempts, s.rate_signin_window_seconds), False,
        "There were many attempts from your network",
    ),
    Limit.LINK: _Budget(
        lambda s: Rate(s.rate_links, s.rate_links_window_seconds), False,
        "Many one-time links were opened from your network",
    ),
    Limit.APP: _Budget(
        lambda s: Rate(s.rate_apps, s.rate_apps_window_seconds), False,
        "Many apps were registered from your network",
    ),
}  # fmt: skip


async def spend_request(call: Call, route: Route) -> None:
    """Count a request against every limit of its route. Raises LimitReached."""
    if route.limit is Limit.NONE:
        return
    settings = call.services.settings
    account_id = call.token.account_id if call.token else None
    rate = Rate(settings.rate_requests, settings.rate_window_seconds)
    spend(call, "all", rate, account_id=account_id)
    if route.limit in _BUDGETS:
        spend_of(call, route.limit, account_id=account_id)
    if route.limit is Limit.POST and account_id is not None and await _is_new(call, account_id):
        rate = Rate(settings.rate_new_account_posts, _HOUR_SECONDS)
        spend(call, "new_account_post", rate, account_id=account_id, why="New accounts post a little less")
    if account_id is not None and (tight := await tighter_rate(call, route.limit, account_id)) is not None:
        spend(call, f"breaker.{route.limit.value}", tight, account_id=account_id, why=_TIGHTER)


def spend_of(call: Call, limit: Limit, *, account_id: int | None = None) -> None:
    """Count one use of a limit, for handlers that know later than the route whether it counts. Raises LimitReached."""
    budget = _BUDGETS[limit]
    rate = budget.rate(call.services.settings)
    spend(call, limit.value, rate, account_id=account_id if budget.by_account else None, why=budget.why)


def spend(call: Call, name: str, rate: Rate, *, account_id: int | None = None, why: str = "") -> None:
    """Count one use of `name` by an account, or by the caller's address and network. Raises LimitReached."""
    limits, now = call.services.limits, call.now
    if account_id is not None:
        note(call, limits.spend(name, account_id, rate, now), why)
        return
    origin, network_rate = origin_and_network(call, rate)
    note(call, limits.spend(name, origin.address, rate, now), why)
    note(call, limits.spend(f"{name}.network", origin.network, network_rate, now), why)


def spend_mailbox(call: Call, email: str) -> None:
    """Count something that is about a mailbox, whoever asks and however it is spelled. Raises LimitReached."""
    settings = call.services.settings
    rate = Rate(settings.rate_mailbox, settings.rate_mailbox_window_seconds)
    spent = call.services.limits.spend("mailbox", mailbox_hash(email), rate, call.now)
    note(call, spent, "That e-mail address was used many times")


async def count_reads(call: Call, things: Iterable[int]) -> None:
    """Count posts and accounts, by their ids, that a visitor is about to read: each once per window. Members read
    what they like. Raises LimitReached."""
    if (await call.viewer()).account_id is not None:
        return
    settings, limits, now = call.services.settings, call.services.limits, call.now
    rate = Rate(settings.visitor_reads, settings.visitor_reads_window_seconds)
    things = list(things)
    origin, network_rate = origin_and_network(call, rate)
    for name, key, most, place in (
        ("reads", origin.address, rate, "address"),
        ("reads.network", origin.network, network_rate, "network"),
    ):
        why = (
            f"Without signing in, {most.most} different posts and accounts can be read from one {place} in"
            f" {_length(most.seconds)}, and yours has"
        )
        note(call, limits.spend_distinct(name, key, things, most, now), why)


def origin_and_network(call: Call, rate: Rate) -> tuple[Origin, Rate]:
    """Where the call comes from, and what all of its network may do of which one address may do `rate`."""
    settings = call.services.settings
    prefixes = Prefixes(
        settings.rate_ipv4_prefix,
        settings.rate_ipv4_network_prefix,
        settings.rate_ipv6_prefix,
        settings.rate_ipv6_network_prefix,
    )
    return origin_of(call.client_ip, prefixes), Rate(rate.most * settings.rate_network_factor, rate.seconds)


def note(call: Call, spent: Spent, why: str = "") -> None:
    """Keep where a limit stands for the answer's headers. Raises LimitReached when it is used up."""
    call.spent.append(spent)
    if not spent.allowed:
        wait = max(1, spent.resets_at - int(call.now.timestamp()))
        public = f"{why}. Wait {_length(wait)} and try again." if why else None
        raise LimitReached(public, retry_after_seconds=wait)


async def _is_new(call: Call, account_id: int) -> bool:
    account = await call.services.accounts.get(account_id)
    young = timedelta(days=call.services.settings.new_account_days)
    return account is not None and call.now - account.created_at < young


def _length(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    if seconds < 2 * _HOUR_SECONDS:
        return f"{-(-seconds // 60)} minutes"
    return f"{-(-seconds // _HOUR_SECONDS)} hours"
