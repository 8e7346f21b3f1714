"""Live streams of the Mastodon API: Server-Sent Events, one stream each, and a WebSocket for many."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from ...pure.errors import HoldfastError, LimitReached, NotAuthenticated, Unavailable
from ...social.live import Ending, LiveConnection
from ..answers import Answer, Header, SocketAnswer, StreamingAnswer, status_of
from ..call import Call
from ..params import from_query
from ..ports import Services
from ..routes import Access, Limit, RouteTable
from ..sockets import GOING_AWAY, POLICY_VIOLATION, TOO_LARGE, TRY_AGAIN_LATER, Socket, SocketClosed
from .streaming_frames import frame_of
from .streaming_names import NOTICES, READ, UnknownStream, label_of, stream_of

routes = RouteTable()

MESSAGE_MAX_BYTES = 8_192
"""Longest message that a WebSocket takes; the commands of clients have at most some hundred bytes."""

_EVENT_STREAM = b"text/event-stream"
_SSE_HEADERS: list[Header] = [(b"cache-control", b"private, no-store"), (b"x-accel-buffering", b"no")]
_POSTS = Access.member(READ)
_THUMP = b":thump\n"
# A WebSocket's own pings are the server program's business; this one is seen by every proxy in between, and clients
# pass over events that they do not know. It has no payload: `masto`, of which Elk and Phanpy are made, reads any payload as
# JSON before it looks whose event it is, and ends the stream where it cannot.
_HEARTBEAT = '{"stream":[],"event":"heartbeat"}'

_CLOSING: dict[Ending, tuple[int, str]] = {
    Ending.ACCESS: (POLICY_VIOLATION, "the access token is no longer valid"),
    Ending.SLOW: (TRY_AGAIN_LATER, "too many events were waiting for you"),
    Ending.STOPPING: (GOING_AWAY, "the server stops"),
    Ending.GONE: (1000, ""),
}


@routes.get("/api/v1/streaming/health", Access.anyone(), limit=Limit.NONE)
async def health(_call: Call) -> Answer:
    """Whether streams are served."""
    return Answer(200, b"OK", b"text/plain; charset=utf-8")


@routes.stream("/api/v1/streaming/user", Access.member(READ, NOTICES))
async def user(call: Call) -> StreamingAnswer:
    """The member's home timeline, and notifications, each as far as the token's scopes go."""
    return await _events(call, "user")


@routes.stream("/api/v1/streaming/user/notification", Access.member(NOTICES))
async def user_notification(call: Call) -> StreamingAnswer:
    """The member's notifications alone."""
    return await _events(call, "user:notification")


@routes.stream("/api/v1/streaming/public", _POSTS)
async def public(call: Call) -> StreamingAnswer:
    """Public posts. `only_media`."""
    return await _events(call, "public", narrows=True)


@routes.stream("/api/v1/streaming/public/local", _POSTS)
async def public_local(call: Call) -> StreamingAnswer:
    """Public posts of this server. `only_media`."""
    return await _events(call, "public:local", narrows=True)


@routes.stream("/api/v1/streaming/public/remote", _POSTS)
async def public_remote(call: Call) -> StreamingAnswer:
    """Public posts of other servers. `only_media`."""
    return await _events(call, "public:remote", narrows=True)


@routes.stream("/api/v1/streaming/hashtag", _POSTS)
async def hashtag(call: Call) -> StreamingAnswer:
    """Public posts with the hashtag `tag`."""
    return await _events(call, "hashtag")


@routes.stream("/api/v1/streaming/hashtag/local", _POSTS)
async def hashtag_local(call: Call) -> StreamingAnswer:
    """Public posts of this server with the hashtag `tag`."""
    return await _events(call, "hashtag:local")


@routes.stream("/api/v1/streaming/list", _POSTS)
async def list_(call: Call) -> StreamingAnswer:
    """Posts of the accounts in one of the member's lists, `list`."""
    return await _events(call, "list")


@routes.stream("/api/v1/streaming/direct", _POSTS)
async def direct(call: Call) -> StreamingAnswer:
    """Conversations of the member."""
    return await _events(call, "direct")


@routes.socket("/api/v1/streaming", Access.member(READ, NOTICES))
async def socket(call: Call) -> SocketAnswer:
    """Many streams over one WebSocket: `stream` names the first, messages subscribe to others."""
    query = from_query(call.scope["query_string"])
    connection = await _open(call)
    protocol = call.header(b"sec-websocket-protocol").partition(",")[0].strip()
    conversation = _Conversation(call, connection, query)
    return SocketAnswer(conversation.hold, lambda: call.services.live.release(connection), protocol or None)


async def _open(call: Call) -> LiveConnection:
    if call.token is None:
        raise NotAuthenticated
    return await call.services.live.open(call.token, secret=call.secret, address=call.client_ip)


async def _events(call: Call, name: str, *, narrows: bool = False) -> StreamingAnswer:
    live = call.services.live
    query = from_query(call.scope["query_string"])
    if narrows and query.get("only_media") in ("true", "1", "on", "t"):
        name = f"{name}:media"
    label_of(name, query)
    if call.method == "HEAD":
        return StreamingAnswer(_no_chunks(), lambda: None, _EVENT_STREAM, list(_SSE_HEADERS))
    connection = await _open(call)
    try:
        found = await stream_of(call.services, connection.token, name, query)
        live.subscribe(connection, found.label, found.topics)
    except BaseException:
        live.release(connection)
        raise
    return StreamingAnswer(
        _chunks(call.services, connection),
        lambda: live.release(connection),
        _EVENT_STREAM,
        list(_SSE_HEADERS),
    )


async def _no_chunks() -> AsyncIterator[bytes]:
    none: tuple[bytes, ...] = ()
    for chunk in none:
        yield chunk


async def _chunks(services: Services, connection: LiveConnection) -> AsyncIterator[bytes]:
    connection.writer = asyncio.current_task()
    yield b":)\n"
    while not connection.over():
        taken = await connection.take(services.settings.stream_heartbeat_seconds)
        parts = [frame.sse for _, item in taken if (frame := await frame_of(services, item)) is not None]
        if not connection.over():
            yield b"".join(parts) if parts else _THUMP


class _Command(msgspec.Struct):
    """What a client may say. Other fields are the parameters of a stream."""

    type: str = ""
    stream: Any = ""
    tag: Any = None
    list: Any = None


_commands = msgspec.json.Decoder(_Command)


class _Conversation:
    """One WebSocket: a task that listens beside the one that tells."""

    def __init__(self, call: Call, connection: LiveConnection, query: dict[str, Any]) -> None:
        self._services = call.services
        self._call = call
        self._connection = connection
        self._query = query

    async def hold(self, socket: Socket) -> None:
        """Talk until either side ends it; raises SocketClosed when the other has."""
        if self._query.get("stream"):
            await self._subscribe(socket, self._query.get("stream"), self._query)
        hearing = asyncio.create_task(self._hear(socket))
        # Whatever ends the listening ends the telling, which waits for the queue.
        hearing.add_done_callback(lambda _: self._connection.end(Ending.GONE))
        try:
            await self._tell(socket)
        finally:
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError, SocketClosed):
                await hearing
        code, reason = _CLOSING[self._connection.ending or Ending.GONE]
        await socket.close(code, reason)

    async def _tell(self, socket: Socket) -> None:
        connection, services = self._connection, self._services
        connection.writer = asyncio.current_task()
        while not connection.over():
            taken = await connection.take(services.settings.stream_heartbeat_seconds)
            if not taken and not connection.over():
                await socket.say(_HEARTBEAT)
            for label, item in taken:
                frame = await frame_of(services, item)
                if connection.over():
                    return
                if frame is not None and label in connection.labels:
                    await socket.say(frame.message(label))

    async def _hear(self, socket: Socket) -> None:
        while True:
            said = await socket.hear()
            if len(said) > MESSAGE_MAX_BYTES:
                await socket.close(TOO_LARGE, "messages must be shorter")
                return
            try:
                command = _commands.decode(said)
            except (msgspec.DecodeError, UnicodeDecodeError):
                # Not for us; the API has no answer to it.
                continue
            parameters = {"tag": command.tag, "list": command.list}
            if command.type == "subscribe":
                await self._subscribe(socket, command.stream, parameters)
            elif command.type == "unsubscribe":
                await self._unsubscribe(socket, command.stream, parameters)

    async def _subscribe(self, socket: Socket, name: Any, parameters: dict[str, Any]) -> None:
        connection, services = self._connection, self._services
        try:
            found = await stream_of(services, connection.token, _name(name), parameters)
            most = services.settings.stream_subscriptions_max
            if found.label not in connection.labels and len(connection.labels) >= most:
                raise LimitReached(f"One connection may follow at most {most} streams at once.")
            services.live.subscribe(connection, found.label, found.topics)
        except Unavailable as error:
            await socket.say(_error(error.public, 503))
        except HoldfastError as error:
            status = 400 if isinstance(error, UnknownStream) else status_of(error)
            await socket.say(_error(error.public, status))

    async def _unsubscribe(self, socket: Socket, name: Any, parameters: dict[str, Any]) -> None:
        try:
            label = label_of(_name(name), parameters)
        except UnknownStream:
            await socket.say(_error("Error unsubscribing from channel", None))
            return
        self._services.live.unsubscribe(self._connection, label)


def _name(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _error(public: str, status: int | None) -> str:
    body: dict[str, Any] = {"error": public}
    if status is not None:
        body["status"] = status
    return msgspec.json.encode(body).decode()
