"""What an account is, and the pure decisions about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Any, NewType

import msgspec

from ...platform.clock import Instant
from ...pure.entities import ascii_domain
from ...pure.markup import clean_text

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)

AccountId = NewType("AccountId", int)


class AccountState(IntEnum):
    """Where an account stands. Only ACTIVE and UNCLAIMED are shown to others."""

    ACTIVE = 0
    PENDING = 1  # waits for a moderator's approval of the sign-up
    SUSPENDED = 2
    DELETED = 3
    UNCLAIMED = 4  # imported; its owner has not signed in yet
    DELETING = 5  # nobody sees it any more, and its rows are being removed


SHOWN_STATES = frozenset({AccountState.ACTIVE, AccountState.UNCLAIMED})


class Restriction(StrEnum):
    """What the staff may take from an account without hiding it. Each may have an end."""

    LIMITED = "limited"  # kept out of public timelines and of searches by those who do not follow it
    SENSITIZED = "sensitized"  # everything it shows is marked sensitive
    FROZEN = "frozen"  # may sign in and read, and do nothing that others see
    DISABLED = "disabled"  # nobody can sign in to it, and no token opens anything


ATTRIBUTION_DOMAINS_MOST = 10
"""As the documentation of the API has it."""
QUOTE_POLICIES = ("public", "followers", "nobody")
ROLES = ("member", "moderator", "admin", "owner")


class Actor(msgspec.Struct, frozen=True):
    """Who does something: an account, with its role, through an app (None: the browser or the command line)."""

    account_id: int
    role: str = "member"
    app_id: int | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is one of the people who run the place."""
        return self.role != "member"


class Field(msgspec.Struct, frozen=True):
    """A row of the profile's table; `verified_at` when the link there links back."""

    name: str
    value: str
    verified_at: Instant | None = None


class AccountView(msgspec.Struct):
    """An account as anybody may see it. `rendered` keeps what a dialect made of it, by dialect name; `moved` is the
    account that it points to, when that is shown."""

    id: int
    username: str
    domain: str | None
    display_name: str
    note: str
    fields: list[Field]
    state: AccountState
    locked: bool
    bot: bool
    discoverable: bool
    indexable: bool
    hide_collections: bool
    badge: str | None
    created_at: Instant
    followers: int
    following: int
    posts: int
    last_post_on: Any
    role: str
    limited: bool = False
    sensitized: bool = False
    avatar: str | None = None
    avatar_still: str | None = None
    avatar_description: str = ""
    header: str | None = None
    header_still: str | None = None
    header_description: str = ""
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True
    attribution_domains: list[str] = msgspec.field(default_factory=list)
    moved_to_id: int | None = None
    moved: AccountView | None = None
    rendered: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def acct(self) -> str:
        """`name` for a local account, `name@domain` for one of another server."""
        return self.username if self.domain is None else f"{self.username}@{self.domain}"

    @property
    def shown(self) -> bool:
        """Whether others may see it at all."""
        return self.state in SHOWN_STATES


class Picture(msgspec.Struct, frozen=True):
    """An avatar or a header of one's own: names of files, with its motion and without."""

    file: str
    still: str


class Preferences(msgspec.Struct, frozen=True):
    """What a member chose for posting and reading, and the private half of the profile."""

    email: str
    role: str
    locale: str
    posting_visibility: str
    posting_sensitive: bool
    posting_language: str | None
    posting_quote_policy: str
    expand_media: str
    expand_spoilers: bool


class ProfileChange(msgspec.Struct, frozen=True):
    """What an edit of the profile sets; UNSET leaves a thing as it is. `attribution_domains`: sites that may name the
    member as the author of their pages."""

    display_name: str | msgspec.UnsetType = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    fields: list[Field] | msgspec.UnsetType = msgspec.UNSET
    locked: bool | msgspec.UnsetType = msgspec.UNSET
    bot: bool | msgspec.UnsetType = msgspec.UNSET
    discoverable: bool | msgspec.UnsetType = msgspec.UNSET
    indexable: bool | msgspec.UnsetType = msgspec.UNSET
    hide_collections: bool | msgspec.UnsetType = msgspec.UNSET
    show_media: bool | msgspec.UnsetType = msgspec.UNSET
    show_media_replies: bool | msgspec.UnsetType = msgspec.UNSET
    show_featured: bool | msgspec.UnsetType = msgspec.UNSET
    attribution_domains: list[str] | msgspec.UnsetType = msgspec.UNSET
    posting_visibility: str | msgspec.UnsetType = msgspec.UNSET
    posting_sensitive: bool | msgspec.UnsetType = msgspec.UNSET
    posting_language: str | None | msgspec.UnsetType = msgspec.UNSET
    posting_quote_policy: str | msgspec.UnsetType = msgspec.UNSET
    avatar_description: str | msgspec.UnsetType = msgspec.UNSET
    header_description: str | msgspec.UnsetType = msgspec.UNSET
    expand_media: str | msgspec.UnsetType = msgspec.UNSET
    expand_spoilers: bool | msgspec.UnsetType = msgspec.UNSET


class ProfileLimits(msgspec.Struct, frozen=True):
    """How long the parts of a profile may be, in characters; every number is a setting."""

    display_name_characters: int = 30
    note_characters: int = 500
    fields: int = 4
    field_name_characters: int = 255
    field_value_characters: int = 255
    picture_description_characters: int = 150


def canonical_email(email: str) -> str:
    """One form for all spellings of a mailbox: lower case, no `+tag`, no dots in Gmail's local part.

    Sign-up and mail limits count by it, so that one mailbox is one person.
    """
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def looks_like_email(email: str) -> bool:
    """A cheap check that catches slips; only a mail that arrives proves an address."""
    local, at, domain = email.strip().rpartition("@")
    return bool(
        at and local and domain and " " not in email and len(email) <= 254 and len(local) <= 64
    ) and not any(ord(character) < 33 for character in email)


def cleaned(change: ProfileChange) -> ProfileChange:
    """The change with texts as they are kept: one line each for names and values, no rows that say nothing."""
    given: dict[str, Any] = {}
    if isinstance(change.display_name, str):
        given["display_name"] = _one_line(change.display_name)
    if isinstance(change.note, str):
        given["note"] = clean_text(change.note)
    for name in ("avatar_description", "header_description"):
        if isinstance(text := getattr(change, name), str):
            given[name] = clean_text(text)
    if isinstance(change.attribution_domains, list):
        written = (name.strip().strip(".") for name in change.attribution_domains)
        # What is no domain is kept as it was written, for `profile_problems` to name.
        given["attribution_domains"] = list(
            dict.fromkeys(ascii_domain(name) or name for name in written if name)
        )
    if isinstance(change.fields, list):
        rows = [Field(_one_line(row.name), _one_line(row.value), row.verified_at) for row in change.fields]
        given["fields"] = [row for row in rows if row.name or row.value]
    return msgspec.structs.replace(change, **given)


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def profile_problems(change: ProfileChange, limits: ProfileLimits) -> Mapping[str, list[tuple[str, str]]]:
    """What is wrong with a change, per field; empty when nothing is."""
    problems: dict[str, list[tuple[str, str]]] = {}

    def too_long(field: str, value: str | msgspec.UnsetType, characters: int) -> None:
        if isinstance(value, str) and len(value) > characters:
            problems.setdefault(field, []).append(
                ("ERR_TOO_LONG", f"is too long (maximum is {characters} characters)")
            )

    too_long("display_name", change.display_name, limits.display_name_characters)
    too_long("note", change.note, limits.note_characters)
    too_long("avatar_description", change.avatar_description, limits.picture_description_characters)
    too_long("header_description", change.header_description, limits.picture_description_characters)
    if isinstance(change.fields, list):
        if len(change.fields) > limits.fields:
            problems["fields"] = [("ERR_TOO_LONG", f"has more than {limits.fields} rows")]
        for field in change.fields:
            too_long("fields", field.name, limits.field_name_characters)
            too_long("fields", field.value, limits.field_value_characters)
            if field.value and not field.name:
                problems.setdefault("fields", []).append(("ERR_BLANK", "has a row without a label"))
    if isinstance(change.attribution_domains, list):
        if len(change.attribution_domains) > ATTRIBUTION_DOMAINS_MOST:
            problems["attribution_domains"] = [
                ("ERR_TOO_LONG", f"has more than {ATTRIBUTION_DOMAINS_MOST} domains")
            ]
        for name in change.attribution_domains:
            if ascii_domain(name) is None or "." not in name:
                problems["attribution_domains"] = [
                    ("ERR_INVALID", f"has {name[:80]!r}, which is not a domain")
                ]
    if isinstance(change.posting_visibility, str) and change.posting_visibility not in {
        "public", "unlisted", "private", "direct",
    }:  # fmt: skip
        problems["source[privacy]"] = [("ERR_INCLUSION", "is not one of public, unlisted, private, direct")]
    if isinstance(change.posting_quote_policy, str) and change.posting_quote_policy not in QUOTE_POLICIES:
        problems["source[quote_policy]"] = [("ERR_INCLUSION", "is not one of public, followers, nobody")]
    if isinstance(change.posting_language, str) and not _LANGUAGE.fullmatch(change.posting_language):
        problems["source[language]"] = [("ERR_INCLUSION", "must be an ISO 639 code such as en or pt-BR")]
    return problems
