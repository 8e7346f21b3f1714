"""A worker's part that waits for the outside: one runner for each kind of errand, so that a slow kind delays no other.

To add a kind, name it in `subscriptions.ERRANDS`, and give it a row in `_kinds`.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from ..platform.clock import Clock
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.errands import Errand, ErrandRunner
from ..platform.guarded_http import GuardedClient, guarded_client
from ..platform.jobs import RunnerLimits
from ..records.timestamps import STAMP_CHECKPOINT
from ..records.witnesses import ASK_WITNESS
from ..social.push import SEND_PUSH
from ..trust.notice_work import PAGE_STAFF
from ..trust.trials import TRY_RULE
from ..trust.webhooks import CALL_WEBHOOK
from .answer_mail import ATTEMPTS as ANSWER_ATTEMPTS
from .answer_mail import AnswerMailer, PolicyAnswerer
from .card_fetching import CardFetcher
from .card_fetching import lease_seconds as card_lease_seconds
from .card_pictures import CardPictures
from .notice_mail.reading import ATTEMPTS as READ_ATTEMPTS
from .notice_mail.reading import LEASE_SECONDS as READ_LEASE_SECONDS
from .notice_mail.reading import NoticeMailReader
from .notice_mail.receipts import ATTEMPTS as RECEIPT_ATTEMPTS
from .notice_mail.receipts import ReceiptSender
from .notice_paging import ATTEMPTS as PAGE_ATTEMPTS
from .notice_paging import NoticePager
from .push_sending import PushSender
from .push_sending import lease_seconds as push_lease_seconds
from .rule_trying import LEASE_SECONDS as TRIAL_LEASE_SECONDS
from .rule_trying import RuleTrier
from .statement_mail import ATTEMPTS as MAIL_ATTEMPTS
from .statement_mail import StatementMailer, mailer_of
from .subscriptions import (
    ANSWER_BY_POLICY,
    FETCH_CARD,
    MAIL_ANSWER,
    MAIL_STATEMENT,
    READ_NOTICE_MAIL,
    SEND_RECEIPT,
)
from .time_stamping import LEASE_SECONDS as STAMP_LEASE_SECONDS
from .time_stamping import Stamper
from .webhook_calls import WebhookCaller
from .witness_rounds import LEASE_SECONDS as WITNESS_LEASE_SECONDS
from .witness_rounds import WitnessAsker

_LOOK_EVERY_SECONDS = 1.0
_FIRST_RETRY_SECONDS = 30.0
_WEBHOOK_LEASE_SECONDS = 180.0
# An hour apart after the first few: longer than the longest setting of webhook_give_up_days would need is not tried.
_WEBHOOK_ATTEMPTS = 24 * 14
# What is urgent is stamped for as long as an authority may be away; the hourly one is ordered anew anyway.
_STAMP_ATTEMPTS = 24 * 14


@dataclass(frozen=True)
class Kind:
    """One kind of errand. `lease_seconds`: longer than it can take. `most`: at once, when not as many as of others."""

    errand: Errand
    lease_seconds: float
    attempts: int = 3
    first_retry_seconds: float = _FIRST_RETRY_SECONDS
    most: int | None = None


@dataclass(frozen=True)
class Outside:
    """What errands are given. named_outbound: for addresses that the operator named, which may be private ones
    (`ledger_private_allowed`); without one they are asked like those of strangers."""

    settings: Settings
    database: Database
    clock: Clock
    outbound: GuardedClient
    pictures: CardPictures | None = None
    named_outbound: GuardedClient | None = None


def kinds_of(given: Outside) -> dict[str, Kind]:
    """Every kind of errand to addresses that strangers gave, by the name that `subscriptions.py` has for it."""
    cards = CardFetcher(given.settings, given.database, given.clock, given.outbound, pictures=given.pictures)
    pushes = PushSender(given.settings, given.database, given.clock, given.outbound)
    settings = given.settings
    mailer = mailer_of(settings)
    letters = StatementMailer(settings, given.database, given.clock, mailer)
    mails = NoticeMailReader(settings, given.database, given.clock)
    receipts = ReceiptSender(settings, given.database, given.clock, mailer)
    webhooks = WebhookCaller(given.settings, given.database, given.clock, given.outbound)
    named = given.named_outbound or given.outbound
    witnesses = WitnessAsker(settings, given.database, given.clock, named)
    stamps = Stamper(settings, given.database, given.clock, named)
    mailed = AnswerMailer(settings, given.database, given.clock, mailer_of(settings))
    by_policy = PolicyAnswerer(settings, given.database, given.clock)
    pager = NoticePager(settings, given.database, given.clock, mailer)
    return {
        PAGE_STAFF: Kind(pager.errand, pager.lease_seconds, PAGE_ATTEMPTS),
        MAIL_ANSWER: Kind(mailed.errand, settings.mail_timeout_seconds * 6.0 + 60, ANSWER_ATTEMPTS + 1),
        ANSWER_BY_POLICY: Kind(by_policy.errand, 120.0),
        ASK_WITNESS: Kind(witnesses.errand, WITNESS_LEASE_SECONDS),
        MAIL_STATEMENT: Kind(letters.errand, settings.mail_timeout_seconds * 6.0 + 60, MAIL_ATTEMPTS),
        READ_NOTICE_MAIL: Kind(mails.errand, READ_LEASE_SECONDS, READ_ATTEMPTS, most=2),
        SEND_RECEIPT: Kind(receipts.errand, settings.mail_timeout_seconds * 6.0 + 60, RECEIPT_ATTEMPTS),
        CALL_WEBHOOK: Kind(webhooks.errand, _WEBHOOK_LEASE_SECONDS, _WEBHOOK_ATTEMPTS),
        FETCH_CARD: Kind(cards.errand, card_lease_seconds(settings)),
        SEND_PUSH: Kind(pushes.errand, push_lease_seconds(settings), most=settings.push_concurrent_max),
        TRY_RULE: Kind(RuleTrier(settings, given.database, given.clock).errand, TRIAL_LEASE_SECONDS, most=1),
        STAMP_CHECKPOINT: Kind(stamps.errand, STAMP_LEASE_SECONDS, _STAMP_ATTEMPTS),
    }


def runners_of(given: Outside) -> list[ErrandRunner]:
    """One runner for each kind."""
    most = given.settings.outbound_errands_max
    return [
        ErrandRunner(
            given.database, given.clock, {name: kind.errand},
            RunnerLimits(
                batch=kind.most or most, concurrency=kind.most or most, lease_seconds=kind.lease_seconds, attempts=kind.attempts,
                first_retry_seconds=kind.first_retry_seconds, poll_seconds=_LOOK_EVERY_SECONDS,
            ),
        )
        for name, kind in kinds_of(given).items()
    ]  # fmt: skip


async def keep_running(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Run errands until `stop` is set."""
    async with AsyncExitStack() as stack:
        outbound = await stack.enter_async_context(guarded_client(settings))
        pictures = CardPictures(settings, database, clock, outbound)
        stack.push_async_callback(pictures.aclose)
        named = await stack.enter_async_context(
            guarded_client(settings, private_allowed=settings.ledger_private_allowed)
        )
        runners = runners_of(Outside(settings, database, clock, outbound, pictures, named))
        async with asyncio.TaskGroup() as group:
            for runner in runners:
                group.create_task(runner.run(stop))
