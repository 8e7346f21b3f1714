"""The seven weeks, hour by hour, and the bundle at the end."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

from holdfast.main.running_database import running_database
from holdfast.main.wiring import open_database
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.crypto import random_bytes
from holdfast.pure.notice_answers import AnswerKind
from holdfast.pure.notice_exports import score, span_text
from holdfast.trust.evidence import (
    ExportQuery,
    ExportTerms,
    Form,
    Root,
    export_ports,
    make_bundle,
    make_form,
    record_export,
    record_form,
)
from holdfast.trust.notice_exports import Wanted, notice_facts, wanted_notices
from holdfast.trust.notices import NoticeState
from holdfast.trust.policies import publish_shipped
from holdfast.trust.staff_actions import Staff

from .mails import Signer, delivery_report, plain
from .model import HOST, START, STORE, TOWN, HostMail, Options, Plan, Replay, Texts, Truth
from .plan import make_plan
from .team import Team
from .world import World

Progress = Callable[[str, int, int], None]
Act = Callable[[], Awaitable[None]]

_TRUST_SAFETY = f"trust-safety@{HOST}"
_PREVENTION = (
    "Posts that call for violence against people or places are held before anybody sees them since the 12th of this month;"
    " who wrote these was warned, and a second one suspends the account."
)
_DISPUTE = "Items that we left as they are criticise people in office in strong words. Our policy allows that, and so does the law here."
_TERMS = b"Section 4.2: the customer answers for what its users store. Section 7: either side may end the contract within 30 days of a notice of breach.\n"
_LATE = "98 items in 54 days are many for four people; two of us were ill."


def scenario_settings(folder: Path, database_url: str | None = None) -> Settings:
    """The settings of the town."""
    given = {
        "data": str(folder), "domain": TOWN, "public_url": f"https://{TOWN}", "mail_host": f"mail.{TOWN}",
        "notice_mail_addresses": f"abuse@{TOWN}=host.abuse,legal@{TOWN}=host.breach,stores@{TOWN}=store.apple,press@{TOWN}=report.press",
    }  # fmt: skip
    environment = {} if database_url is None else {"HOLDFAST_DATABASE_URL": database_url}
    # The town and its keys are gone when the replay ends.
    return load_settings({**given, "master_key": random_bytes(32).hex()}, environment=environment)


def run_seven_weeks(options: Options, texts: Texts, out: Path, progress: Progress) -> Replay:
    """The replay over an embedded database of its own, which is removed; the bundle goes to `out`."""

    async def work(folder: Path) -> Replay:
        async with running_database(scenario_settings(folder), create=True) as ready:
            async with open_database(ready, 1) as database:
                # This database is removed when the replay ends: nothing in it has to outlive a loss of power.
                await database.fetch("alter role current_user set synchronous_commit = off")
            return await replay(ready, texts, options, out, progress)

    with tempfile.TemporaryDirectory(prefix="holdfast-seven-weeks-") as folder:
        return asyncio.run(work(Path(folder)))


async def replay(settings: Settings, texts: Texts, options: Options, out: Path, progress: Progress) -> Replay:
    """The same over a database that is empty but for its schema."""
    began = time.perf_counter()
    async with open_database(settings) as database:
        async with database.transaction() as tx:
            await publish_shipped(tx, START)
        world = World(settings, database, options)
        weeks = _Weeks(world, texts, make_plan(options), progress)
        await world.people()
        await weeks.play()
        return await weeks.export(out, began)


class _Weeks:
    """What happens when."""

    def __init__(self, world: World, texts: Texts, plan: Plan, progress: Progress) -> None:
        self.world, self.texts, self.plan, self.progress = world, texts, plan, progress
        self.team = Team(world)
        self._chance = random.Random(world.options.seed + 2)
        self._waiting: list[tuple[float, int, Act]] = []
        self._count = itertools.count()
        self._cited: list[tuple[str, int]] = []
        self._idents = itertools.count(1)
        self.reports = 0

    def at(self, hours: float, act: Act) -> None:
        """Have something happen so many hours after the start."""
        heapq.heappush(self._waiting, (hours, next(self._count), act))

    @property
    def hours(self) -> float:
        """Since the start."""
        return (self.world.now - START).total_seconds() / 3600

    def after(self, hours: float, act: Act) -> None:
        """The same, from now."""
        self.at(self.hours + hours, act)

    async def play(self) -> None:
        """All of it, in order; the clock never runs back."""
        options, plan = self.world.options, self.plan
        for mail in plan.mails:
            self.at(mail.at_hours, lambda mail=mail: self._host_writes(mail))  # type: ignore[misc]
        for number, at in enumerate(plan.press_at):
            self.at(at, lambda number=number: self._press_writes(number))  # type: ignore[misc]
        self.at(plan.store_at, self._store_writes)
        self.at(plan.breach_at, self._host_breaks_off)
        self.at(options.days * 12.0, self.team.take_back_one)
        self.at(plan.breach_at + 2, self._hand_to_lawyer)
        for day in range(options.days):
            self.at(day * 24 + 1.0, self._members_report)
        total = options.days * 24
        for hour in range(0, total, options.hours_a_step):
            self.at(hour + 0.5, self._team_works)
        while self._waiting:
            hours, _, act = heapq.heappop(self._waiting)
            self.world.clock.at = max(self.world.now, START + timedelta(hours=hours))
            await act()
            self.progress("hours", min(int(self.hours), total), total)
        await self.world.tick()

    async def _team_works(self) -> None:
        await self.world.tick()
        share = self.world.options.hours_a_step / 24
        # In the fourth and fifth week somebody is ill, and the backlog grows.
        slow = 0.3 < self.hours / (self.world.options.days * 24) < 0.6
        await self.team.work(max(1, round(self.world.options.reports_a_day * share * (0.8 if slow else 1.6))))

    async def _members_report(self) -> None:
        many = self.world.options.reports_a_day
        kinds: list[Truth] = self._chance.choices(("lawful", "abuse", "threat"), (70, 27, 3), k=many)
        texts = [self._chance.choice(self.texts[kind]) for kind in kinds]
        first = self._chance.randrange(len(self.world.members))
        posts = await self.world.publish(texts, author=first)
        self.team.truths.update(zip(posts, kinds, strict=False))
        self.world.clock.advance(timedelta(minutes=5))
        await self.world.report(posts, first=first + 1)
        self.reports += len(posts)
        await self.world.settle()

    async def _write_posts(self, number: int, *, threats: bool) -> None:
        """What is about to be cited; some of it is nothing that anybody should take away."""
        kinds: list[Truth] = self._chance.choices(
            ("threat", "abuse", "lawful"), (40, 40, 20) if threats else (10, 60, 30), k=number
        )
        first = self._chance.randrange(len(self.world.members))
        texts = [self._chance.choice(self.texts[kind]) for kind in kinds]
        posts = await self.world.publish(texts, author=first)
        self.team.truths.update(zip(posts, kinds, strict=False))
        self._cited += [(self.world.author_of(first, at), post) for at, post in enumerate(posts)]
        await self.world.settle()
        self.world.clock.advance(timedelta(minutes=self._chance.randint(20, 50)))

    async def _posts_up_to(self, number: int, *, threats: bool = True) -> None:
        if number > len(self._cited):
            await self._write_posts(number - len(self._cited), threats=threats)

    def _urls(self, cites: Sequence[int]) -> list[str]:
        found = []
        for place, number in enumerate(cites):
            url = self.world.address(*self._cited[number])
            # Hosts copy addresses from wherever they find them.
            found.append(
                url.replace("/@", "/%40")
                if place % 9 == 4
                else url.removeprefix("https://")
                if place % 9 == 7
                else url
            )
        return found

    def _ident(self, host: str) -> str:
        return f"{next(self._idents):05d}.{self.world.options.seed}@{host}"

    async def _mail(
        self, signer: Signer, sender: str, recipient: str, subject: str, text: str, *, answers: str = "",
        attached: Sequence[tuple[str, bytes]] = (),
    ) -> int:  # fmt: skip
        """A mail comes in; the newest notice of its sender."""
        raw = plain(
            sender=sender, recipient=recipient, subject=subject, text=text, at=self.world.now,
            ident=self._ident(signer.domain), answers=answers, attached=attached,
        )  # fmt: skip
        await self.world.mail_in(signer.signed(raw), sender=sender, recipient=recipient)
        found: int = await self.world.database.fetchval(
            "select id from notices where sender_key = $1 order by id desc limit 1", f"mail:{sender}"
        )
        return found

    async def _host_writes(self, mail: HostMail) -> None:
        await self._posts_up_to(max(mail.cites, default=-1) + 1)
        lost = [f"https://{TOWN}/@m1/{'x' * (6 + one)}" for one in range(mail.unfound)]
        lines = [*self._urls(mail.cites), *lost]
        text = "Hello,\n\nwe were told that your service shows the following. Please look at it, act, and tell us what you did"
        text += " within 24 hours.\n\n" + "\n".join(lines) + "\n\nTrust & Safety\n"
        subject = f"Abuse report, case: HT-{4700 + mail.number}"
        notice_id = await self._mail(self.world.host, _TRUST_SAFETY, f"abuse@{TOWN}", subject, text)
        if mail.asks_for_time:
            self.after(min(4.0, mail.answer_hours / 3), lambda: self._ask_for_time(notice_id))
        self.after(mail.answer_hours * 0.3, lambda: self.team.look(notice_id))
        self.after(mail.answer_hours * 0.6, lambda: self.team.decide_items(notice_id))
        self.after(mail.answer_hours, lambda: self._answer_host(notice_id, bounces=mail.bounces))

    async def _ask_for_time(self, notice_id: int) -> None:
        until = f"{self.world.now + timedelta(hours=48):%Y-%m-%d %H:%M} UTC"
        await self.team.answer(
            notice_id, kind=AnswerKind.EXTENSION, notes={"asked_until": until, "reason": _LATE}
        )

    async def _answer_host(self, notice_id: int, *, bounces: bool = False) -> None:
        notes = {"prevention": _PREVENTION, "dispute": _DISPUTE}
        answer = await self.team.answer(notice_id, kind=AnswerKind.HOST_REPLY, notes=notes)
        await self._arrives(answer.mail_id, answer.recipient, arrived=not bounces)
        if bounces:
            self.world.clock.advance(timedelta(minutes=40))
            again = await self.team.answer(notice_id, kind=AnswerKind.HOST_REPLY, notes=notes, again=True)
            await self._arrives(again.mail_id, again.recipient, arrived=True)
        self.after(24.0, lambda: self._close(notice_id))

    async def _close(self, notice_id: int) -> None:
        state = await self.world.database.fetchval("select state from notices where id = $1", notice_id)
        if state == NoticeState.ANSWERED.value:
            await self.team.close(notice_id)

    async def _arrives(self, mail_id: str, recipient: str, *, arrived: bool) -> None:
        """The other side's server says what became of a mail."""
        self.world.clock.advance(timedelta(minutes=2))
        host = recipient.rpartition("@")[2]
        raw = delivery_report(
            of=mail_id,
            recipient=recipient,
            host=host,
            at=self.world.now,
            ident=self._ident(host),
            arrived=arrived,
        )
        await self.world.mail_in(raw, sender="", recipient=f"abuse@{TOWN}")

    async def _press_writes(self, number: int) -> None:
        sender = f"desk{number}@paper{number}.example"
        signer = self.world.host if number == 99 else Signer(f"paper{number}.example")
        self.world.records.names |= signer.records()
        text = "Bonjour,\n\nnous préparons un article sur la modération de votre service. Combien de signalements attendent en ce moment,"
        text += " et que faites-vous des menaces ?\n\nMerci de votre réponse.\n"
        notice_id = await self._mail(signer, sender, f"press@{TOWN}", "Question pour un article", text)

        async def answered() -> None:
            await self.team.settle_question(notice_id, "The press is told what anybody may know.")
            body = "Les chiffres de notre modération sont publics : /transparency. Les menaces sont traitées en premier."
            made = await self.team.answer(notice_id, kind=AnswerKind.LETTER, notes={"body": body})
            await self._arrives(made.mail_id, made.recipient, arrived=True)
            await self._close(notice_id)

        self.after(20.0, answered)

    async def _store_writes(self) -> None:
        await self._posts_up_to(max(self.plan.store_cites) + 1)
        text = "Your app does not comply with guideline 1.2. Remove the content below and send us your plan of moderation within"
        text += (
            " 24 hours, or the app is removed from sale.\n\n"
            + "\n".join(self._urls(self.plan.store_cites))
            + "\n"
        )
        notice_id = await self._mail(
            self.world.store,
            f"review@{STORE}",
            f"stores@{TOWN}",
            "App review: removal in 24 hours, ref: 88-1",
            text,
        )

        async def answered() -> None:
            await self.team.look(notice_id)
            await self.team.decide_items(notice_id)
            await self._answer_host(notice_id)

        self.after(9.0, answered)

    async def _host_breaks_off(self) -> None:
        text = "You remove some content when contacted by us or others, but not always with urgency. You are in breach of section"
        text += " 4.2 of the agreement. Your account is suspended tomorrow at 23:59.\n"
        await self._mail(
            self.world.host, f"legal@{HOST}", f"legal@{TOWN}", "Notice of breach and suspension", text,
            attached=(("terms-of-that-day.txt", _TERMS),),
        )  # fmt: skip

    async def _hand_to_lawyer(self) -> None:
        """What is handed out is written down: to whom, what for, and what it was."""
        await self.world.tick()
        world, keeper = self.world, Staff(self.world.admin, "admin")
        query = ExportQuery(Root.SENDER, sender=f"mail:{_TRUST_SAFETY}")
        terms = ExportTerms("Counsel of the operator", "advice on the notice of breach")
        made = await make_form(world.database, keeper, query, terms, Form.SUMMARY_HTML, ids=world.ids)
        async with world.database.transaction() as tx:
            await record_form(tx, keeper, made, now=world.now)

    async def export(self, out: Path, began: float) -> Replay:
        """The bundle of the whole time, and what there is to say of it."""
        world, keeper = self.world, Staff(self.world.admin, "admin")
        query = ExportQuery(
            Root.PERIOD, since=START - timedelta(hours=1), before=world.now + timedelta(hours=1)
        )
        terms = ExportTerms("The court", "what was done about each warning, and when")
        made = await make_bundle(
            world.database,
            keeper,
            query,
            terms,
            ports=export_ports(world.settings, world.database.keyring),
            now=world.now,
        )
        async with world.database.transaction() as tx:
            disclosed = await record_export(tx, keeper, made, now=world.now)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made.path, out)
        ids = await wanted_notices(world.database, Wanted(sender_key=f"mail:{_TRUST_SAFETY}"), most=1000)
        card = score(await notice_facts(world.database, world.ids, ids, named=True))
        rows = await world.database.fetch(
            "select (select count(*) from notices) as notices, (select count(*) from notice_items) as items,"
            " (select count(*) from notice_answers where status = 'accepted') as answered,"
            " (select count(*) from notice_clocks where breached_at is not null) as late,"
            " (select count(*) from notice_messages where delivery = 'failed') as bounced,"
            " (select count(*) from decisions) as decisions"
        )
        counted = {name: int(value) for name, value in dict(rows[0]).items()}
        low, high = card.upheld.interval
        return Replay(
            str(out), disclosed.file_sha256.hex(), counted["notices"], counted["items"], card.outcomes, counted["answered"],
            counted["late"], counted["bounced"], self.reports, counted["decisions"], made.records, made.documents,
            round(time.perf_counter() - began, 1), _TRUST_SAFETY,
            {
                "notices": card.notices, "items": card.items, "upheld": f"{card.upheld.k} of {card.upheld.n}",
                "upheld_interval": [round(low, 3), round(high, 3)], "first_look_median": span_text(card.first_look.median),
                "act_median": span_text(card.act.median), "answer_median": span_text(card.answer.median),
                "answer_slowest": span_text(card.answer.slowest), "clocks": card.clocks, "missed": card.late,
            },
        )  # fmt: skip
