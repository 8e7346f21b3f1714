"""The names of streams, and what each lets one follow."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...platform.config import Settings
from ...pure.errors import Invalid, NotAuthenticated
from ...pure.names import normalise_hashtag
from ...social.live import Label, Topic, What
from ...social.tokens import TokenSession, allows
from ..feeds import FeedKind, open_feed
from ..ports import Services

READ = "read:statuses"
NOTICES = "read:notifications"

_PUBLIC: dict[str, Topic] = {
    "public": Topic(What.PUBLIC),
    "public:media": Topic(What.PUBLIC, media=True),
    "public:local": Topic(What.PUBLIC, local=True),
    "public:local:media": Topic(What.PUBLIC, local=True, media=True),
    "public:remote": Topic(What.PUBLIC, remote=True),
    "public:remote:media": Topic(What.PUBLIC, remote=True, media=True),
}
_TAGS = {"hashtag": False, "hashtag:local": True}
NAMES = ("user", "user:notification", *_PUBLIC, *_TAGS, "list", "direct")
_PARAMETER_CHARACTERS = 500


class Stream(NamedTuple):
    """A stream that somebody may follow: what messages call it, and the topics that make it."""

    label: Label
    topics: tuple[Topic, ...]


class UnknownStream(Invalid):
    """There is no such stream, or it lacks its parameter."""


def label_of(name: str, parameters: dict[str, Any]) -> Label:
    """What messages call the stream. Raises UnknownStream."""
    if name not in NAMES:
        raise UnknownStream("Unknown stream type")
    if name in _TAGS:
        tag = _text(parameters.get("tag"))
        if not normalise_hashtag(tag.removeprefix("#")):
            raise UnknownStream("Missing tag name parameter")
        return (name, tag)
    if name == "list":
        given = _text(parameters.get("list"))
        if not given:
            raise UnknownStream("Missing list name parameter")
        return (name, given)
    return (name,)


async def stream_of(services: Services, token: TokenSession, name: str, parameters: dict[str, Any]) -> Stream:
    """What the member of this token would follow. Raises UnknownStream, NotAuthenticated when the token does not do."""
    label = label_of(name, parameters)
    account_id = token.account_id
    posts, notices = allows(token.scopes, (READ,)), allows(token.scopes, (NOTICES,))
    enough = notices if name == "user:notification" else posts or (name == "user" and notices)
    if account_id is None or not enough:
        raise NotAuthenticated("Access token does not have the required scopes")
    if name in _PUBLIC:
        return Stream(label, _shown(services.settings, FeedKind.LIVE, _PUBLIC[name]))
    if name in _TAGS:
        key = normalise_hashtag(label[1].removeprefix("#")) or ""
        topic = Topic(What.TAG, key, local=_TAGS[name])
        return Stream(label, _shown(services.settings, FeedKind.HASHTAG, topic))
    if name == "list":
        return Stream(label, (await _list_topic(services, account_id, label[1]),))
    if name == "direct":
        return Stream(label, (Topic(What.DIRECT, account_id),))
    told = (Topic(What.NOTIFICATIONS, account_id),) if notices else ()
    if name == "user:notification":
        return Stream(label, told)
    home = (Topic(What.HOME, account_id),) if posts else ()
    return Stream(label, (*home, *told, Topic(What.ACCOUNT, account_id)))


def _shown(settings: Settings, kind: FeedKind, topic: Topic) -> tuple[Topic, ...]:
    """What is left of a feed where parts of it are switched off: a stream of the rest, or one that stays quiet."""
    shown = open_feed(settings, kind, member=True, local=topic.local, remote=topic.remote)
    if shown is None:
        return ()
    return (topic._replace(local=shown.only_local, remote=shown.only_remote),)


async def _list_topic(services: Services, account_id: int, given: str) -> Topic:
    list_id = services.ids.decode(given)
    if list_id is None or not await services.live.owns_list(account_id, list_id):
        raise NotAuthenticated("Not authorized to stream this list")
    return Topic(What.LIST, list_id)


def _text(value: Any) -> str:
    """A parameter as it may come from a query or from JSON."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.strip()[:_PARAMETER_CHARACTERS] if isinstance(value, str) else ""
