"""What members wrote, as HTML of our own making (ADR 0013), the same whatever dialect shows it."""

from __future__ import annotations

from ..pure.markup import MentionLink, render_field_value, render_html, render_note
from ..social.accounts import AccountView
from ..social.posts import PostView
from .links import account_url, tag_url
from .ports import Services


def content_html(services: Services, post: PostView, text: str | None = None) -> str:
    """The HTML of a post, or of an earlier `text` of it."""
    links: dict[str, MentionLink] = {}
    for mention in post.mentions:
        acct = mention.username if mention.domain is None else f"{mention.username}@{mention.domain}"
        links[acct.lower()] = MentionLink(account_url(services, acct), mention.username)
        if mention.domain is None:
            links[f"{acct.lower()}@{services.settings.domain.lower()}"] = links[acct.lower()]
    return render_html(
        post.text if text is None else text, mentions=links, tag_url=lambda name: tag_url(services, name)
    )


def note_html(services: Services, account: AccountView) -> str:
    """The HTML of a profile's text."""
    return render_note(account.note, mentions={}, tag_url=lambda name: tag_url(services, name))


def field_html(services: Services, value: str) -> str:
    """The HTML of a value in a profile's table: one line."""
    return render_field_value(value, mentions={}, tag_url=lambda name: tag_url(services, name))
