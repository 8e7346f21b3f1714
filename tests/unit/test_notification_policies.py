"""What a policy makes of a notification, over everything that it may be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.edge.mastodon.notification_ids import cursor, group_key, id_range, read_group_key, short_id
from holdfast.platform.ids import PublicIds, id_at
from holdfast.social.notification_policies import (
    DEFAULT_POLICY,
    NotificationPolicy,
    Sender,
    Standing,
    Treatment,
    treatment,
)
from holdfast.social.notifications import GROUPED, GroupKey, NotificationNotVisible

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLD = Sender(NOW - timedelta(days=400), limited=False, staff=False)
STRANGER = Standing(following=False, follower_since=None, allowed=False)
FRIEND = Standing(following=True, follower_since=NOW - timedelta(days=30), allowed=False)
IDS = PublicIds(b"k" * 32)

treatments = st.sampled_from(list(Treatment))
policies = st.builds(NotificationPolicy, *[treatments] * 6)
senders = st.builds(
    Sender, st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 24), timezones=st.just(UTC)), st.booleans(),
    st.booleans(), st.booleans(),
)  # fmt: skip
standings = st.builds(
    Standing, st.booleans(), st.none() | st.just(NOW - timedelta(days=1)) | st.just(NOW - timedelta(days=9)),
    st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip


def test_without_a_choice_strangers_letters_and_limited_accounts_wait_apart() -> None:
    assert treatment(DEFAULT_POLICY, OLD, STRANGER, NOW) is Treatment.ACCEPT
    letter = Standing(following=False, follower_since=None, allowed=False, private=True)
    assert treatment(DEFAULT_POLICY, OLD, letter, NOW) is Treatment.FILTER
    answer = Standing(following=False, follower_since=None, allowed=False, private=True, answered=True)
    assert treatment(DEFAULT_POLICY, OLD, answer, NOW) is Treatment.ACCEPT
    limited = Sender(OLD.created_at, limited=True, staff=False)
    assert treatment(DEFAULT_POLICY, limited, STRANGER, NOW) is Treatment.FILTER
    assert treatment(DEFAULT_POLICY, limited, FRIEND, NOW) is Treatment.ACCEPT


@pytest.mark.parametrize(
    ("rule", "meets"), list(product(("not_following", "not_followers", "new_accounts", "bots"), Treatment))
)
def test_each_rule_meets_whom_it_names(rule: str, meets: Treatment) -> None:
    policy = NotificationPolicy(**{rule: meets})
    new = Sender(NOW - timedelta(days=1), limited=False, staff=False, bot=True)
    assert treatment(policy, new, STRANGER, NOW) is meets
    assert treatment(policy, new, FRIEND, NOW) is Treatment.ACCEPT


def test_a_follow_of_yesterday_does_not_count_yet() -> None:
    policy = NotificationPolicy(not_followers=Treatment.FILTER)
    for age, meets in (
        (timedelta(days=2, hours=23), Treatment.FILTER),
        (timedelta(days=3), Treatment.ACCEPT),
    ):
        follower = Standing(following=False, follower_since=NOW - age, allowed=False)
        assert treatment(policy, OLD, follower, NOW) is meets


@given(policy=policies, sender=senders, standing=standings)
def test_who_is_let_through_and_the_staff_are_always_heard(
    policy: NotificationPolicy, sender: Sender, standing: Standing
) -> None:
    if standing.allowed or sender.staff:
        assert treatment(policy, sender, standing, NOW) is Treatment.ACCEPT


@given(
    policy=policies,
    sender=senders,
    standing=standings,
    rule=st.sampled_from(NotificationPolicy.__struct_fields__),
)
def test_a_stricter_rule_never_lets_more_through(
    policy: NotificationPolicy, sender: Sender, standing: Standing, rule: str
) -> None:
    order = list(Treatment)
    values = {name: getattr(policy, name) for name in NotificationPolicy.__struct_fields__}
    stricter = NotificationPolicy(**{**values, rule: Treatment.DROP})
    before, after = (treatment(each, sender, standing, NOW) for each in (policy, stricter))
    assert order.index(after) >= order.index(before)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 2**21 - 1),
)
def test_a_short_id_is_one_that_apps_can_read_and_leads_back(at: datetime, random: int) -> None:
    internal = id_at(at) | random
    short = short_id(internal)
    assert 0 < short < 2**53
    first, last = id_range(IDS, str(short))
    assert first <= internal <= last
    older, newer = cursor(IDS, str(short), newer=False), cursor(IDS, str(short), newer=True)
    assert older is not None
    assert newer is not None
    # What is asked for below or above does not hold the notification itself.
    assert (IDS.before(older) or 0) <= internal
    assert (IDS.after(newer) or 0) >= internal


@given(st.sampled_from(sorted(GROUPED)), st.integers(2**60, 2**62), st.integers(400_000, 900_000))
def test_keys_of_groups_lead_back(kind: str, post_id: int, hour: int) -> None:
    for about in (post_id, 0):
        key = GroupKey(next(one for one in GROUPED if one == kind), about, hour)
        assert read_group_key(IDS, group_key(IDS, key, 5)) == key
    assert read_group_key(IDS, group_key(IDS, None, post_id)) == (post_id, post_id)


@given(st.text(max_size=40))
def test_no_text_is_a_key_by_accident(text: str) -> None:
    for made in (text, f"favourite-{text}", f"ungrouped-{text}", f"follow-{text}-1"):
        try:
            read_group_key(IDS, made)
        except NotificationNotVisible:
            continue
        assert made.isascii()
