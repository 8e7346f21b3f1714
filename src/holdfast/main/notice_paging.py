"""Paging the staff about clocks of notices: in the app and by push, by webhooks, by mail, by a program of the operator's.

An errand for each cause. What is to go out is kept before it goes; a mail is handed over at most once for each cause.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from typing import Any

import msgspec
import structlog

from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.ids import PublicIds
from ..platform.mail import MailDelayed, Mailer, MailRefused, MailUncertain, plain_mail
from ..trust.notice_work import Facts, Page, Planned, Ways, note_page, plan_pages
from ..trust.webhooks import tell_notice_clock

log = structlog.get_logger(__name__)

ATTEMPTS = 3
_TRIES = 5
_PAUSE_SECONDS = 5.0
_OUTPUT_KEPT = 500
_SUBJECTS = {
    "received": "{reference}: an urgent notice came",
    "warned": "{reference}: {percent} % of the time of {clock} is gone",
    "breached": "{reference}: the time of {clock} is over",
}


class NoticePager:
    """Pages the staff."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, mailer: Mailer) -> None:
        self._settings, self._database, self._clock, self._mailer = settings, database, clock, mailer

    @property
    def lease_seconds(self) -> float:
        """Longer than one page can take."""
        settings = self._settings
        mails = (
            len(settings.notice_page_mails) * _TRIES * (settings.mail_timeout_seconds * 6 + _PAUSE_SECONDS)
        )
        return mails + settings.notice_page_command_seconds + 60.0

    async def errand(self, payload: bytes) -> Instant | None:
        """One cause."""
        page, now = msgspec.json.decode(payload, type=Page), self._clock.now()
        settings = self._settings
        mails = settings.notice_page_mails if settings.mail_host else ()
        ways = Ways(
            settings.notice_page_push,
            mails,
            bool(settings.notice_page_command.strip()),
            settings.notice_page_percent,
        )
        async with self._database.transaction() as tx:
            planned = await plan_pages(tx, page, ways, now=now)
            if planned is not None:
                await tell_notice_clock(tx, page.notice_id, planned[0].cause, now)
        if planned is None:
            return None
        facts, outgoing = planned
        log.warning(
            "notice.paged", reference=facts.reference, cause=facts.cause, clock=facts.clock, lane=facts.lane
        )
        for one in outgoing:
            done, detail = await (self._mail(facts, one) if one.via == "mail" else self._run(facts))
            async with self._database.transaction() as tx:
                await note_page(tx, one.id, done=done, detail=detail, now=self._clock.now())
        return None

    async def _mail(self, facts: Facts, planned: Planned) -> tuple[bool, str]:
        settings = self._settings
        host = settings.domain.partition(":")[0]
        sender = settings.mail_from or f"no-reply@{host}"
        message = plain_mail(
            sender=sender, recipient=planned.target, subject=_SUBJECTS[facts.cause].format(**msgspec.structs.asdict(facts)),
            text="\n".join(f"{name}: {value}" for name, value in self._facts(facts).items()) + "\n",
            message_id=f"<page.{planned.id}@{host}>", at=self._clock.now(), language="en",
        )  # fmt: skip
        trouble = ""
        for attempt in range(_TRIES):
            try:
                return True, await self._mailer.send(message, sender=sender, recipient=planned.target)
            except MailDelayed as error:
                trouble = error.private
                if attempt + 1 < _TRIES:
                    await asyncio.sleep(_PAUSE_SECONDS)
            except (MailRefused, MailUncertain) as error:
                return False, error.private
        return False, trouble

    async def _run(self, facts: Facts) -> tuple[bool, str]:
        """The operator's program, without a shell; it gets the facts on standard input."""
        settings = self._settings
        try:
            process = await asyncio.create_subprocess_exec(
                *shlex.split(settings.notice_page_command), stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            return False, str(error)
        try:
            _, said = await asyncio.wait_for(
                process.communicate(msgspec.json.encode(self._facts(facts))),
                settings.notice_page_command_seconds,
            )
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            return False, "it took too long"
        return process.returncode == 0, said.decode("utf-8", "replace")[
            :_OUTPUT_KEPT
        ] or f"ended with {process.returncode}"

    def _facts(self, facts: Facts) -> dict[str, Any]:
        ids = PublicIds(self._database.keyring.derive("public ids"))
        tree: dict[str, Any] = msgspec.to_builtins(facts)
        tree["notice_id"] = ids.encode(facts.notice_id)
        tree["url"] = f"{self._settings.public_url.rstrip('/')}/app/desk/notices/{tree['notice_id']}"
        return tree
