"""Labels on accounts and domains: what moderators know of them, for as long as it holds. Rules may ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from holdfast.platform.clock import Instant
from holdfast.platform.db import Reader, Tx
from holdfast.platform.ids import new_id
from holdfast.platform.stamps import Kind
from holdfast.screening.model import Content
from holdfast.screening.rules import MAX_LINKS, url_keys
from holdfast.screening.state.errors import LabelNotAllowed

DOMAIN_LABELS: Final = -1
"""The id of the stamp of all labels of domains; those of accounts have the accounts' ids."""
MAX_REASON_CHARACTERS: Final = 1_000

_LABEL: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DOMAIN: Final = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


class LabelSubject(NamedTuple):
    """What carries a label: one of the two is set."""

    account_id: int | None = None
    domain: str | None = None


class LabelRow(msgspec.Struct, frozen=True):
    """One label as it stands in the table. `account`: NAME or NAME@DOMAIN."""

    account: str | None
    domain: str | None
    label: str
    expires_at: Instant | None
    set_by: str
    reason: str
    at: Instant


class Expiring(NamedTuple):
    """A label and when it ends; None: when it is removed."""

    label: str
    expires_at: Instant | None


class AuthorFacts(NamedTuple):
    """What rules may know of an author that no post tells, as of one moment."""

    account_id: int
    posts_this_hour: int
    labels: frozenset[str]
    domains: Mapping[str, tuple[Expiring, ...]]
    now: Instant

    def about(self, content: Content) -> Content:
        """The content with these facts filled in; labels of linked domains are those of parent domains too."""
        return msgspec.structs.replace(
            content,
            author_id=self.account_id,
            author_posts_this_hour=self.posts_this_hour,
            author_labels=self.labels,
            link_labels=self._of_links(content.link_urls) if self.domains else frozenset(),
        )

    def _of_links(self, urls: Iterable[str]) -> frozenset[str]:
        keys = {key for url in list(urls)[:MAX_LINKS] for key in url_keys(url.lower())}
        return unexpired((one for key in keys for one in self.domains.get(key, ())), self.now)


def unexpired(found: Iterable[Expiring], now: Instant) -> frozenset[str]:
    """Names of the labels that still hold."""
    return frozenset(one.label for one in found if one.expires_at is None or one.expires_at > now)


async def add_label(
    tx: Tx,
    subject: LabelSubject,
    label: str,
    *,
    expires_at: Instant | None,
    set_by: str,
    reason: str,
    now: Instant,
) -> None:
    """Put a label on an account or a domain; a label that is there gets the new end. Raises LabelNotAllowed."""
    if not _LABEL.fullmatch(label):
        raise LabelNotAllowed(f"{label!r} is no label: a-z, 0-9 and underscore, a letter first, at most 64")
    if subject.domain is not None and not _DOMAIN.fullmatch(subject.domain):
        raise LabelNotAllowed(f"{subject.domain!r} is no domain; write it like example.com")
    if expires_at is not None and expires_at <= now:
        raise LabelNotAllowed("the label would have ended already")
    if len(reason) > MAX_REASON_CHARACTERS:
        raise LabelNotAllowed(f"a reason has at most {MAX_REASON_CHARACTERS} characters")
    await remove_label(tx, subject, label)
    await tx.execute(
        "insert into screening_labels (id, account_id, domain, label, expires_at, set_by, reason, at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(now), subject.account_id, subject.domain, label, expires_at, set_by, reason, now,
    )  # fmt: skip


async def remove_label(tx: Tx, subject: LabelSubject, label: str) -> bool:
    """Take a label away; False when it is not there."""
    removed = await tx.execute(
        "delete from screening_labels where (account_id = $1 or domain = $2) and label = $3",
        subject.account_id, subject.domain, label,
    )  # fmt: skip
    tx.touch(Kind.SCREENING, DOMAIN_LABELS if subject.account_id is None else subject.account_id)
    return removed > 0


async def labels(reader: Reader, now: Instant, *, limit: int) -> list[LabelRow]:
    """Labels that hold, the newest first."""
    rows = await reader.fetch(
        "select a.username || coalesce('@' || a.domain, '') as account, l.domain, l.label, l.expires_at, l.set_by,"
        " l.reason, l.at from screening_labels l left join accounts a on a.id = l.account_id"
        " where l.expires_at is null or l.expires_at > $1 order by l.id desc limit $2",
        now, limit,
    )  # fmt: skip
    return [LabelRow(**dict(row)) for row in rows]


async def labels_of_account(reader: Reader, account_id: int) -> tuple[Expiring, ...]:
    """Every label of an account, ended ones too."""
    rows = await reader.fetch(
        "select label, expires_at from screening_labels where account_id = $1", account_id
    )
    return tuple(Expiring(row["label"], row["expires_at"]) for row in rows)


async def labels_of_domains(reader: Reader) -> dict[str, tuple[Expiring, ...]]:
    """Every label of every domain."""
    found: dict[str, tuple[Expiring, ...]] = {}
    for row in await reader.fetch(
        "select domain, label, expires_at from screening_labels where domain is not null"
    ):
        found[row["domain"]] = (
            *found.get(row["domain"], ()),
            Expiring(row["label"], row["expires_at"]),
        )
    return found


async def forget_ended_labels(tx: Tx, before: Instant) -> None:
    """Remove labels that ended before then."""
    await tx.execute("delete from screening_labels where expires_at < $1", before)
