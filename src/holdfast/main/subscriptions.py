"""What follows from what: the one table from events to reactions.

A reaction is an idempotent job with its own retries. Its kind is the name of its function, so a job that was written
before an upgrade still finds its handler as long as the function keeps its name.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from ..platform.clock import SystemClock
from ..platform.jobs import Handler
from ..platform.outbox import Event, NewJob
from ..records import holds, timestamps, witnesses
from ..social import (
    accounts,
    announcements,
    archives,
    blocks,
    cards,
    conversations,
    endorsements,
    follows,
    lists,
    media,
    moves,
    notifications,
    portability,
    posts,
    push,
    quotes,
    reactions,
    removals,
    schedules,
    search,
)
from ..trust import (
    answers,
    appeals,
    breaker,
    bulk,
    cases,
    decisions,
    intake,
    notice_intake,
    notice_work,
    notices,
    reporters,
    reports,
    staff_actions,
    statements,
    trials,
    webhooks,
)

SUBSCRIPTIONS: dict[type[Event], tuple[Handler, ...]] = {
    posts.PostPublished: (notifications.notify_published, search.index_post, conversations.file_message),
    posts.PostEdited: (
        notifications.notify_edited,
        notifications.notify_quoters,
        search.index_post,
        conversations.file_edited_message,
        intake.link_edited,
    ),
    # A person decides about these.
    posts.PostHeld: (search.index_post, intake.take_flagged),
    posts.PostFlagged: (intake.take_flagged,),
    posts.PostHidden: (conversations.unfile_hidden,),
    posts.PostReachChanged: (search.index_post,),
    posts.PostDeleted: (conversations.unfile_deleted,),
    cards.CardShown: (search.index_carded,),
    quotes.PostQuoted: (notifications.notify_quoted,),
    quotes.QuoteRevoked: (),
    quotes.QuotePolicyChanged: (),
    reactions.PostBoosted: (notifications.notify_boosted,),
    reactions.PostFavourited: (notifications.notify_favourited,),
    reactions.PostUnfavourited: (notifications.forget_favourite,),
    reactions.PollClosed: (notifications.notify_poll_closed,),
    follows.AccountFollowed: (notifications.notify_followed,),
    follows.FollowRequested: (notifications.notify_requested,),
    follows.FollowAccepted: (notifications.notify_accepted,),
    follows.FollowRejected: (notifications.forget_request, lists.leave_lists_of_rejected),
    follows.FollowEnded: (notifications.forget_follow, lists.leave_lists, endorsements.forget_endorsement),
    blocks.AccountBlocked: (conversations.forget_blocked,),
    # Only those of members who have an app that waits for pushes: see `_handlers`.
    notifications.NotificationMade: (push.queue_pushes,),
    notifications.NotificationsMerged: (),
    # Worked on as an errand: see `reactions_to`.
    media.MediaTaken: (),
    # Told to open apps by `live_events.py`.
    announcements.AnnouncementPublished: (),
    announcements.AnnouncementReacted: (),
    announcements.AnnouncementRemoved: (),
    accounts.AccountCreated: (notifications.notify_signed_up, webhooks.tell_account_created),
    accounts.AccountApproved: (webhooks.tell_account_approved,),
    accounts.AccountRejected: (),
    accounts.AccountReinstated: (webhooks.tell_account_updated,),
    accounts.AccountRestricted: (webhooks.tell_account_updated,),
    accounts.AccountSuspended: (webhooks.tell_account_updated,),
    removals.AccountRemovalBegun: (removals.remove_account,),
    removals.AccountRemoved: (),
    holds.HoldReleased: (
        removals.finish_deletions,
        removals.finish_discards,
        removals.resume_removals,
        holds.forget_held_copies,
    ),
    moves.AccountMoved: (moves.move_followers,),
    portability.RelationImportBegun: (portability.import_relations,),
    reports.ReportFiled: (intake.take_report, reports.notify_reported, webhooks.tell_report_created),
    reports.ReportChanged: (
        webhooks.tell_report_updated,
        intake.settle_share,
        reporters.count_report,
        appeals.notify_reporter,
    ),
    reports.LegalReportFiled: (notice_work.take_legal_report,),
    # Those who notify of decisions, teach from them and answer notices subscribe here.
    decisions.DecisionMade: (
        bulk.close_covered,
        reporters.count_decided,
        appeals.settle_held,
        notice_work.settle_notice_items,
    ),
    decisions.DecisionReversed: (
        reporters.count_reversed,
        appeals.settle_reversed,
        notice_work.unsettle_reversed,
    ),
    decisions.StatementHeld: (notice_work.note_held_statement,),
    # By mail as an errand, where that is set up: see `reactions_to`.
    statements.StatementSent: (),
    # By mail as an errand: see `reactions_to`.
    answers.AnswerQueued: (),
    staff_actions.AccountWarned: (staff_actions.notify_warned,),
    staff_actions.StaffActed: (),
    cases.CaseOpened: (),
    cases.CaseJoined: (),
    cases.CaseClosed: (intake.settle_reports, appeals.notify_reporters, notice_work.settle_closed_case),
    cases.CaseReopened: (appeals.forget_outcomes,),
    # Notices and figures subscribe here.
    appeals.AppealFiled: (notice_work.note_appeal,),
    appeals.AppealDecided: (notice_work.note_appeal_decided,),
    breaker.BreakerMoved: (),
    notices.NoticeReceived: (
        notice_intake.stamp_urgent_notice,
        answers.slow_new_notice,
        notice_work.open_notice_cases,
        notice_work.open_readiness,
    ),
    notices.NoticeChangedState: (),
    notices.NoticeVerified: (notice_work.raise_notice_cases,),
    notices.GagEnded: (decisions.tell_held,),
    notices.NoticeMessageAdded: (),
    notices.NoticeItemSettled: (),
    notices.ClockWarned: (),
    notices.ClockBreached: (),
    # Read, and answered with a receipt, as errands: see `reactions_to`.
    notice_intake.NoticeMailTaken: (),
    notice_intake.ReceiptOrdered: (),
    # Decisions subscribe here: what was decided goes for the copy, too.
    cases.CopyArrived: (decisions.decide_copy,),
}

# What only direct posts lead to: the many others are not made to wait for it.
_OF_DIRECT_POSTS = frozenset(
    {conversations.file_message, conversations.unfile_hidden, conversations.unfile_deleted}
)

# Only where the operator wants posts told to webhooks: it is a job more for each.
_WEBHOOKS_OF_POSTS: dict[type[Event], Handler] = {
    posts.PostPublished: webhooks.tell_post_created,
    posts.PostEdited: webhooks.tell_post_updated,
}

HANDLERS: dict[str, Handler] = {
    handler.__name__: handler
    for handlers in (
        *SUBSCRIPTIONS.values(),
        tuple(_WEBHOOKS_OF_POSTS.values()),
        (search.index_stored,),  # a migration asks for it
        (decisions.settle_decision, decisions.settle_undo),  # each part asks for the next
    )
    for handler in handlers
}


SECOND_OPINION = "ask_second_opinion"
"""The kind of the errands that ask an outside judge about a queued post (main/second_opinions.py)."""
FETCH_CARD = "fetch_card"
"""The kind of the errands that ask the address of a post's first link for its card (main/card_fetching.py)."""
LOOK_CLOSER = "look_closer"
"""The kind of the errands that screen what was reported with everything there is (main/reported_posts.py)."""
PROCESS_MEDIA = "process_media"
"""The kind of the errands that make videos, sounds and animations ready (main/media_work.py)."""
MAIL_STATEMENT = "mail_statement"
"""The kind of the errands that send statements of reasons by mail (main/statement_mail.py)."""
READ_NOTICE_MAIL = "read_notice_mail"
"""The kind of the errands that make notices of mails (main/notice_mail/reading.py)."""
SEND_RECEIPT = "send_receipt"
"""The kind of the errands that send receipts of notices by mail (main/notice_mail/receipts.py)."""
MAIL_ANSWER = "mail_answer"
"""The kind of the errands that send answers to notices by mail (main/answer_mail.py)."""
ANSWER_BY_POLICY = "answer_by_policy"
"""The kind of the errands that answer notices without a person, where that is set (main/answer_mail.py)."""
ERRANDS = frozenset(
    {
        notice_work.PAGE_STAFF,
        ANSWER_BY_POLICY,
        MAIL_ANSWER,
        archives.MAKE_ARCHIVE,
        archives.IMPORT_ARCHIVE,
        webhooks.CALL_WEBHOOK,
        trials.TRY_RULE,
        LOOK_CLOSER,
        MAIL_STATEMENT,
        PROCESS_MEDIA,
        READ_NOTICE_MAIL,
        SECOND_OPINION,
        SEND_RECEIPT,
        FETCH_CARD,
        schedules.PUBLISH_SCHEDULED,
        push.SEND_PUSH,
        witnesses.ASK_WITNESS,
        timestamps.STAMP_CHECKPOINT,
    }
)
_AFTER_EVERYTHING_ELSE = 9


def reactions_to(
    event: Event,
    *,
    second_opinions: bool = False,
    cards_within_seconds: float | None = None,
    webhooks_of_posts: bool = False,
    mails: bool = False,
    answers_by_policy: bool = False,
) -> Iterable[NewJob]:
    """The jobs that an event leads to. `second_opinions`: whether an outside judge is asked about queued posts.

    mails: whether a mail server is set up. answers_by_policy: whether some kind of answer to notices goes out by itself.
    cards_within_seconds: None for no cards; else an address is asked at a random time within so many seconds, so that servers
    to which a post travels do not all ask in the same moment.
    """
    payload = msgspec.json.encode(event)
    jobs = [NewJob(handler.__name__, payload) for handler in _handlers(event)]
    if second_opinions and isinstance(event, posts.PostHeld | posts.PostFlagged):
        key = f"{SECOND_OPINION} {event.post_id}"
        jobs.append(NewJob(SECOND_OPINION, payload, priority=_AFTER_EVERYTHING_ELSE, unique_key=key))
    if mails and isinstance(event, statements.StatementSent):
        jobs.append(NewJob(MAIL_STATEMENT, payload, unique_key=f"{MAIL_STATEMENT} {event.statement_id}"))
    if isinstance(event, notice_intake.NoticeMailTaken):
        jobs.append(NewJob(READ_NOTICE_MAIL, payload, unique_key=f"{READ_NOTICE_MAIL} {event.mail_id}"))
    if isinstance(event, notice_intake.ReceiptOrdered):
        jobs.append(NewJob(SEND_RECEIPT, payload, unique_key=f"{SEND_RECEIPT} {event.notice_id}"))
    if isinstance(event, answers.AnswerQueued):
        jobs.append(NewJob(MAIL_ANSWER, payload, unique_key=f"{MAIL_ANSWER} {event.message_id}"))
    if (page := _page_of(event)) is not None:
        jobs.append(NewJob(notice_work.PAGE_STAFF, msgspec.json.encode(page)))
    if isinstance(event, notices.NoticeDecided) and answers_by_policy:
        jobs.append(NewJob(ANSWER_BY_POLICY, payload))
    if isinstance(event, media.MediaTaken):
        jobs.append(NewJob(PROCESS_MEDIA, payload, unique_key=f"{PROCESS_MEDIA} {event.media_id}"))
    if webhooks_of_posts and type(event) in _WEBHOOKS_OF_POSTS:
        jobs.append(NewJob(_WEBHOOKS_OF_POSTS[type(event)].__name__, payload))
    if isinstance(event, reports.ReportFiled) and event.post_ids:
        jobs.append(NewJob(LOOK_CLOSER, payload, priority=_AFTER_EVERYTHING_ELSE))
    if cards_within_seconds is not None and isinstance(event, posts.PostPublished | posts.PostEdited):
        jobs += _card_jobs(event, payload, cards_within_seconds)
    return jobs


def _page_of(event: Event) -> notice_work.Page | None:
    """Why the staff may have to be paged."""
    match event:
        case notices.NoticeReceived(notice_id):
            return notice_work.Page(notice_id)
        case notices.ClockWarned(notice_id, clock_id, percent):
            return notice_work.Page(notice_id, clock_id, percent)
        case notices.ClockBreached(notice_id, clock_id):
            return notice_work.Page(notice_id, clock_id, 100)
        case _:
            return None


def _handlers(event: Event) -> Iterable[Handler]:
    handlers = SUBSCRIPTIONS.get(type(event), ())
    if isinstance(event, notifications.NotificationMade):
        return handlers if event.devices else ()
    if isinstance(event, posts.PostPublished):
        direct = event.direct
    elif isinstance(event, posts.PostDeleted | posts.PostHidden):
        direct = event.visibility == posts.Visibility.DIRECT
    else:
        return handlers
    return handlers if direct else [one for one in handlers if one not in _OF_DIRECT_POSTS]


def _card_jobs(
    event: posts.PostPublished | posts.PostEdited, payload: bytes, within_seconds: float
) -> list[NewJob]:
    if isinstance(event, posts.PostPublished) and not event.links:
        return []
    soon = timedelta(seconds=random.uniform(0, within_seconds))
    run_at = SystemClock().now() + soon if within_seconds else None
    return [NewJob(FETCH_CARD, payload, run_at=run_at, unique_key=f"{FETCH_CARD} {event.post_id}")]
