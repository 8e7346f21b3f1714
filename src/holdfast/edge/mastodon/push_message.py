"""What a push message says: the members that Mastodon sends, which apps decode strictly; and, where an app asked for it,
those of the declarative format of the Push API, which a browser shows without running anything of the app's.

It is made when it is sent, encrypted for the device, and kept nowhere.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Any, Final

import msgspec

from ...platform.ids import PublicIds
from ...platform.web_push import CONTENT_MAX_BYTES
from ...pure.markup import plain_excerpt
from ...social.notifications import ABOUT_ONESELF, NotificationView
from .notification_ids import group_key, short_id
from .notification_types import TYPE_OF

TITLE_CHARACTERS: Final = 120
BODY_CHARACTERS: Final = 140
_DECLARATIVE = 8030


class Addressed(msgspec.Struct, frozen=True):
    """For whom a message is. `icon`: the address of a picture of whoever did what it tells. `access_token`: the app's own, by which apps know the account; empty when it is not sent."""

    ids: PublicIds
    base_url: str
    access_token: str
    locale: str
    declarative: bool
    icon: str


def push_message(item: NotificationView, to: Addressed) -> bytes:
    """The message as JSON, short enough for every push service."""
    title = plain_excerpt(
        TYPE_OF[item.kind].title.format(name=item.author.display_name or item.author.acct), TITLE_CHARACTERS
    )
    content = _encoded(item, to, title, _body(item))
    return content if len(content) <= CONTENT_MAX_BYTES else _encoded(item, to, title, "")


def push_headers(item: NotificationView, ids: PublicIds, topic_key: bytes) -> dict[str, str]:
    """`Urgency`, and a `Topic` so that of a group a device that was away is sent the last alone, and nothing twice.

    The topic tells the push service nothing: it is a keyed hash.
    """
    key = group_key(ids, item.group, item.id).encode()
    topic = urlsafe_b64encode(blake2b(key, digest_size=24, key=topic_key).digest()).decode()
    return {"urgency": "high" if TYPE_OF[item.kind].urgent else "normal", "topic": topic}


def _body(item: NotificationView) -> str:
    if item.seen is None:
        # What comes from oneself is not told with what one says of oneself.
        note = "" if item.kind in ABOUT_ONESELF else item.author.note
        return plain_excerpt(note, BODY_CHARACTERS)
    post = item.seen.post
    return plain_excerpt(post.spoiler or post.text, BODY_CHARACTERS)


def _encoded(item: NotificationView, to: Addressed, title: str, body: str) -> bytes:
    message: dict[str, Any] = {
        "access_token": to.access_token,
        "preferred_locale": to.locale,
        "notification_id": short_id(item.id),
        "notification_type": TYPE_OF[item.kind].name,
        "icon": to.icon,
        "title": title,
        "body": body,
    }
    if to.declarative:
        page = to.base_url + (TYPE_OF[item.kind].path or f"/@{item.author.acct}")
        if item.seen is not None:
            page = f"{to.base_url}/@{item.seen.author.acct}/{to.ids.encode(item.seen.post.id)}"
        message |= {
            "web_push": _DECLARATIVE,
            "notification": {
                "title": title,
                "body": body,
                "navigate": page,
                "icon": to.icon,
                "tag": group_key(to.ids, item.group, item.id),
            },
        }
    return msgspec.json.encode(message)
