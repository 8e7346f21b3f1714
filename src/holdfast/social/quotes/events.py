"""Facts about quotes."""

from __future__ import annotations

from ...platform.outbox import Event


class PostQuoted(Event, frozen=True):
    """A post that can be seen quotes another with its author's consent."""

    post_id: int
    quoted_id: int
    account_id: int


class QuoteRevoked(Event, frozen=True):
    """The author of the quoted post took the consent back; the quoting post stays, without it."""

    post_id: int
    quoted_id: int


class QuotePolicyChanged(Event, frozen=True):
    """An author changed who may quote a post from now on."""

    post_id: int
