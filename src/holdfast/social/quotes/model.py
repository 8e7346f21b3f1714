"""Consent to quotes, as pure decisions."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from ..drafts import QuotePolicy, Visibility


class QuoteState(IntEnum):
    """What became of a quote, whoever looks.

    PENDING: the post that quotes is held; consent is asked for when it is released. REJECTED: there was none then.
    REVOKED: the quoted author took it back. Neither of the last two ever becomes anything else.
    """

    PENDING = 0
    ACCEPTED = 1
    REJECTED = 2
    REVOKED = 3


class ShownQuote(StrEnum):
    """What one viewer is told of a quote. The quoted post is shown with the last four alone."""

    PENDING = "pending"
    REJECTED = "rejected"
    REVOKED = "revoked"
    DELETED = "deleted"
    UNAUTHORIZED = "unauthorized"
    ACCEPTED = "accepted"
    BLOCKED_ACCOUNT = "blocked_account"
    BLOCKED_DOMAIN = "blocked_domain"
    MUTED_ACCOUNT = "muted_account"


class QuoteView(msgspec.Struct, frozen=True):
    """What a post quotes. `quoted_id` None: that was deleted."""

    quoted_id: int | None
    state: QuoteState


def policy_for(visibility: Visibility, wanted: QuotePolicy) -> QuotePolicy:
    """The policy that a post of this visibility can have: what is not for everybody is quoted by nobody else."""
    return wanted if visibility <= Visibility.UNLISTED else QuotePolicy.NOBODY


def may_quote(
    visibility: Visibility, policy: QuotePolicy, *, own: bool, follows_author: bool, blocked: bool
) -> bool:
    """Whether somebody may quote a post that they see. `own`: its author; `blocked`: in either direction."""
    if visibility is Visibility.DIRECT:
        return False
    if own:
        return True
    if blocked:
        return False
    match policy_for(visibility, policy):
        case QuotePolicy.PUBLIC:
            return True
        case QuotePolicy.FOLLOWERS:
            return follows_author
        case QuotePolicy.NOBODY:
            return False
