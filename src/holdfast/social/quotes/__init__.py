"""Quotes: a post shown inside another, as far as its author agrees."""

from .attach import attach_quote
from .errors import QuoteNotAllowed, QuoteNotFound
from .events import PostQuoted, QuotePolicyChanged, QuoteRevoked
from .model import QuoteState, QuoteView, ShownQuote, may_quote, policy_for
from .queries import accepted_quotes, quoting_posts
from .revoke import revoke_quote
from .set_policy import set_quote_policy
from .settle import settle_quote
from .store import count_quote

__all__ = [
    "PostQuoted", "QuoteNotAllowed", "QuoteNotFound", "QuotePolicyChanged", "QuoteRevoked", "QuoteState", "QuoteView",
    "ShownQuote", "accepted_quotes", "attach_quote", "count_quote", "may_quote", "policy_for", "quoting_posts",
    "revoke_quote", "set_quote_policy", "settle_quote",
]  # fmt: skip
