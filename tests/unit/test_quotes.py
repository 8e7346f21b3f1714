"""Consent to quotes and what a viewer is told of one, over all relations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from holdfast.social.accounts import AccountState, AccountView
from holdfast.social.graph import ANONYMOUS, Following, Mute, Viewer
from holdfast.social.posts import (
    MentionView,
    PostState,
    PostView,
    QuotePolicy,
    Visibility,
    may_see,
    shown_quote,
    viewer_may_quote,
)
from holdfast.social.quotes import QuoteState, QuoteView, ShownQuote, may_quote, policy_for

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AUTHOR, ME, OTHER = 1, 2, 3
WITH_THE_POST = {
    ShownQuote.ACCEPTED,
    ShownQuote.BLOCKED_ACCOUNT,
    ShownQuote.BLOCKED_DOMAIN,
    ShownQuote.MUTED_ACCOUNT,
}

ids = st.sampled_from([AUTHOR, ME, OTHER])
some = st.frozensets(ids)


@st.composite
def viewers(draw: st.DrawFn) -> Viewer:
    if draw(st.booleans()) and draw(st.booleans()):
        return ANONYMOUS
    ends = st.sampled_from([None, NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)])
    return Viewer(
        draw(ids),
        following={one: Following(True, False, None) for one in draw(some)},
        blocking=draw(some),
        blocked_by=draw(some),
        mutes={one: Mute(True, draw(ends)) for one in draw(some)},
        blocked_domains=draw(st.frozensets(st.sampled_from(["elsewhere.example", "third.example"]))),
    )


@st.composite
def posts(draw: st.DrawFn) -> tuple[PostView, AccountView]:
    post = PostView(
        id=10, account_id=AUTHOR, thread_id=10, in_reply_to_id=None, in_reply_to_account_id=None, boost_of_id=None,
        visibility=draw(st.sampled_from(Visibility)), state=draw(st.sampled_from(PostState)), sensitive=False,
        text="x", spoiler="", language=None, created_at=NOW, edited_at=None, imported=None, replies=0, boosts=0,
        favourites=0, app_name=None, app_website=None,
        mentions=[MentionView(one, "n", None) for one in draw(some)], tags=[], poll=None, hold_reason=None,
        quote_policy=draw(st.sampled_from(QuotePolicy)),
    )  # fmt: skip
    return post, account(
        draw(st.sampled_from(AccountState)), draw(st.sampled_from([None, "elsewhere.example"]))
    )


def account(state: AccountState, domain: str | None) -> AccountView:
    values: dict[str, Any] = {
        "id": AUTHOR, "username": "ann", "domain": domain, "display_name": "", "note": "", "fields": [],
        "state": state, "locked": False, "bot": False, "discoverable": False, "indexable": False,
        "hide_collections": False, "badge": None, "created_at": NOW, "followers": 0, "following": 0, "posts": 0,
        "last_post_on": None, "role": "member",
    }  # fmt: skip
    return AccountView(**values)


@given(post=posts(), viewer=viewers(), state=st.sampled_from(QuoteState))
def test_a_quoted_post_is_shown_to_those_who_may_see_it_and_to_nobody_else(
    post: tuple[PostView, AccountView], viewer: Viewer, state: QuoteState
) -> None:
    told = shown_quote(QuoteView(10, state), post, viewer, NOW)
    agreed = state is QuoteState.ACCEPTED
    assert (told in WITH_THE_POST) == (agreed and may_see(*post, viewer))
    if not agreed:
        assert told.name == state.name


@given(post=posts(), viewer=viewers())
def test_relations_are_said_only_of_posts_that_can_be_seen(
    post: tuple[PostView, AccountView], viewer: Viewer
) -> None:
    told = shown_quote(QuoteView(10, QuoteState.ACCEPTED), post, viewer, NOW)
    if told is ShownQuote.BLOCKED_ACCOUNT:
        assert AUTHOR in viewer.blocking
    if told is ShownQuote.MUTED_ACCOUNT:
        assert viewer.mutes_now(AUTHOR, NOW)
    if told is ShownQuote.BLOCKED_DOMAIN:
        assert post[1].domain in viewer.blocked_domains
    if told is ShownQuote.ACCEPTED:
        assert AUTHOR not in viewer.blocking
        assert not viewer.mutes_now(AUTHOR, NOW)


@given(viewer=viewers())
def test_a_quoted_post_that_is_gone_is_gone_for_everybody(viewer: Viewer) -> None:
    for quote in (QuoteView(None, QuoteState.ACCEPTED), QuoteView(10, QuoteState.ACCEPTED)):
        assert shown_quote(quote, None, viewer, NOW) is ShownQuote.DELETED


@given(post=posts(), viewer=viewers())
def test_who_may_quote_a_post_would_show_it_to_nobody_new(
    post: tuple[PostView, AccountView], viewer: Viewer
) -> None:
    if viewer_may_quote(post[0], viewer) and viewer.account_id != AUTHOR:
        assert post[0].visibility <= Visibility.UNLISTED
        assert post[0].quote_policy is not QuotePolicy.NOBODY
        assert AUTHOR not in viewer.blocking | viewer.blocked_by


@given(
    visibility=st.sampled_from(Visibility), policy=st.sampled_from(QuotePolicy), follows=st.booleans(), blocked=st.booleans()
)  # fmt: skip
def test_authors_may_always_quote_themselves_but_for_private_mentions(
    visibility: Visibility, policy: QuotePolicy, follows: bool, blocked: bool
) -> None:
    own = may_quote(visibility, policy, own=True, follows_author=follows, blocked=blocked)
    assert own == (visibility is not Visibility.DIRECT)
    if visibility > Visibility.UNLISTED:
        assert policy_for(visibility, policy) is QuotePolicy.NOBODY
