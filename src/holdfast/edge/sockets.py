"""A WebSocket as handlers see it: text in, text out, until one side leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

GOING_AWAY = 1001
POLICY_VIOLATION = 1008
TOO_LARGE = 1009
TRY_AGAIN_LATER = 1013


class SocketClosed(Exception):
    """The other side is gone; there is nobody to answer."""


class Socket:
    """An accepted WebSocket."""

    def __init__(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        self._receive = receive
        self._send = send
        self._closed = False

    async def hear(self) -> str | bytes:
        """The next message; raises SocketClosed."""
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self._closed = True
                raise SocketClosed
            if message["type"] == "websocket.receive":
                text = message.get("text")
                return text if text is not None else bytes(message.get("bytes") or b"")

    async def say(self, text: str) -> None:
        """Send text; raises SocketClosed."""
        if self._closed:
            raise SocketClosed
        try:
            await self._send({"type": "websocket.send", "text": text})
        except (OSError, RuntimeError) as error:
            # Server programs differ in what they raise when the other side has left.
            self._closed = True
            raise SocketClosed from error

    async def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, with a code of RFC 6455; nothing when it is closed already."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            return
