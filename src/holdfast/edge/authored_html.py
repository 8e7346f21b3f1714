"""What members wrote, as HTML of our own making (ADR 0013), the same whatever dialect shows it."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from ..pure.markup import MentionLink, render_field_value, render_html, render_note
from ..pure.shortcodes import replace_shortcodes
from ..social.accounts import AccountView
from ..social.posts import PostView, Seen
from .links import account_url, media_path, post_url, tag_url
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


def quote_line(services: Services, post: PostView, quoted: Seen | None) -> str:
    """The paragraph that links to the quoted post, which readers that show quotes themselves leave out.

    Empty when nothing is shown as quoted, or the text has the link already.
    """
    if quoted is None:
        return ""
    url = post_url(services, quoted.author.acct, quoted.post.id)
    if url in post.text:
        return ""
    shown = escape(url)
    return f'<p class="quote-inline">RE: <a href="{shown}" rel="nofollow noopener" target="_blank">{shown}</a></p>'


def announcement_html(services: Services, text: str, handles: Collection[str]) -> str:
    """The HTML of an announcement. `handles`: lower-case names in it that are accounts of this server."""
    links: dict[str, MentionLink] = {}
    for name in handles:
        links[name] = links[f"{name}@{services.settings.domain.lower()}"] = MentionLink(
            account_url(services, name), name
        )
    return render_html(text, mentions=links, tag_url=lambda name: tag_url(services, name))


def note_html(services: Services, account: AccountView) -> str:
    """The HTML of a profile's text."""
    return render_note(account.note, mentions={}, tag_url=lambda name: tag_url(services, name))


def field_html(services: Services, value: str) -> str:
    """The HTML of a value in a profile's table: one line."""
    return render_field_value(value, mentions={}, tag_url=lambda name: tag_url(services, name))


def with_emojis(services: Services, html: str) -> str:
    """HTML of ours, or escaped text, with the pictures of this server's emoji in place of their shortcodes: for pages.

    What keeps the result keeps it with `services.emojis.current.version`.
    """
    known = services.emojis.current.emojis
    if not known:
        return html

    def picture(shortcode: str) -> str | None:
        emoji = known.get(shortcode)
        if emoji is None:
            return None
        name, address = f":{shortcode}:", escape(media_path(services, emoji.file))
        return f'<img class="emoji" src="{address}" alt="{name}" title="{name}" loading="lazy">'

    return replace_shortcodes(html, picture)
