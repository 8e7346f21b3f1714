"""Atom feeds of accounts (RFC 4287), for readers that need no account here."""

from __future__ import annotations

import re
from datetime import UTC
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, SubElement, tostring

from ... import __version__
from ...platform.clock import Instant
from ...pure.markup import plain_excerpt
from ...pure.window import Window
from ...social.accounts import AccountView
from ...social.graph import ANONYMOUS
from ...social.posts import PostView, Seen, Visibility
from ...social.timelines import ProfileFeed
from ..answers import Answer
from ..authored_html import content_html, quote_line
from ..budgets import count_reads
from ..call import Call
from ..links import account_url, avatar_url, feed_path, post_uri, post_url
from ..ports import Services
from ..routes import Access, RouteTable
from .attachments import attachments
from .browser import Visit
from .cards import excerpt, warning_of
from .pages import page
from .reading import kept_if_unchanged, shown_account, viewer_of

routes = RouteTable()

_ATOM = b"application/atom+xml; charset=utf-8"
_TITLE_CHARACTERS = 80
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@routes.get("/@{name}/feed.atom", Access.browser())
@page
async def feed(call: Call, visit: Visit) -> Answer:
    """GET /@name/feed.atom: the newest public posts, without replies and boosts. Whoever asks, it is what a
    stranger may see; a text behind a content warning is left out."""
    await viewer_of(call, visit)
    services = call.services
    account = await shown_account(call, call.segment("name"))
    wanted = ProfileFeed(account.id, exclude_replies=True, exclude_boosts=True)
    window = Window(services.settings.page_size_max)
    found = (await services.timelines.profile(ANONYMOUS, wanted, window)).posts
    posts = [seen for seen in found if seen.post.visibility is Visibility.PUBLIC]
    await count_reads(call, (seen.post.id for seen in posts[: services.settings.page_size_default]))
    body = _document(services, account, posts[: services.settings.page_size_default])
    headers = [] if account.indexable else [(b"x-robots-tag", b"noindex")]
    return kept_if_unchanged(call, Answer(200, body, _ATOM, headers))


def _document(services: Services, account: AccountView, posts: list[Seen]) -> bytes:
    name = account.display_name or account.username
    root = Element(
        "feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": services.settings.languages[0]}
    )
    address = services.base_url + feed_path(account.acct)
    _text(root, "id", account_url(services, account.acct))
    _text(root, "title", f"{name} (@{account.acct})")
    if account.note:
        _text(root, "subtitle", plain_excerpt(account.note, 300))
    _text(root, "updated", _instant(max((_changed(seen.post) for seen in posts), default=account.created_at)))
    _link(root, "self", address, "application/atom+xml")
    _link(root, "alternate", account_url(services, account.acct), "text/html")
    _text(root, "icon", avatar_url(services, account))
    SubElement(root, "generator", {"version": __version__}).text = "Holdfast"
    author = SubElement(root, "author")
    _text(author, "name", name)
    _text(author, "uri", account_url(services, account.acct))
    for seen in posts:
        _entry(SubElement(root, "entry"), services, account, seen)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(entry: Element, services: Services, account: AccountView, seen: Seen) -> None:
    post = seen.post
    address = post_url(services, account.acct, post.id)
    _text(entry, "id", post_uri(services, account.acct, post.id))
    _text(entry, "title", excerpt(post, _TITLE_CHARACTERS))
    _text(entry, "published", _instant(post.created_at))
    _text(entry, "updated", _instant(_changed(post)))
    _link(entry, "alternate", address, "text/html")
    for name, _ in post.tags:
        SubElement(entry, "category", {"term": _clean(name)})
    if warning_of(post):
        content = "<p>The author put a content warning on this post. Open it to read it.</p>"
    else:
        quoted = None if seen.quote is None else seen.quote.quoted
        content = quote_line(services, post, quoted) + content_html(services, post)
        for one in attachments(services, post):
            _link(entry, "enclosure", urljoin(services.base_url, one.url), one.content_type)
    attributes = {"type": "html"}
    if post.language:
        attributes["xml:lang"] = post.language
    SubElement(entry, "content", attributes).text = _clean(content)


def _changed(post: PostView) -> Instant:
    return post.edited_at or post.created_at


def _instant(instant: Instant) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _clean(text)


def _link(parent: Element, rel: str, address: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": rel, "href": address, "type": kind})


def _clean(text: str) -> str:
    """Without the characters that XML cannot carry."""
    return _NOT_IN_XML.sub("\ufffd", text)
