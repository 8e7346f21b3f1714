"""The listening socket, made before anything else starts, so that a taken port is said at once."""

from __future__ import annotations

import errno
import socket

from holdfast.platform.config import Settings
from holdfast.pure.errors import Conflict

_SUGGESTIONS = 50


class CannotListen(Conflict):
    """The address or port cannot be used; the text says why and what to do."""


def listen(settings: Settings) -> socket.socket:
    """A listening socket on the settings' host and port. Raises CannotListen."""
    try:
        return _bind(settings.host, settings.port, settings.listen_backlog)
    except socket.gaierror:
        raise CannotListen(
            f"'{settings.host}' is no address of this machine; choose one with --host"
        ) from None
    except OSError as error:
        raise CannotListen(_explanation(settings, error)) from None


def _bind(host: str, port: int, backlog: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        # Connections of the run before, still in TIME_WAIT, must not keep the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(backlog)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _explanation(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        free = _free_port(settings)
        other = f"--port {free}" if free else "--port"
        return (
            f"port {settings.port} on {settings.host} is in use by another program; "
            f"stop that one or choose another port with {other}"
        )
    if error.errno == errno.EACCES:
        return f"port {settings.port} needs root's rights; choose one above 1023 with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{settings.host} is no address of this machine; choose one with --host"
    return (
        f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; choose another with --port"
    )


def _free_port(settings: Settings) -> int | None:
    for port in range(settings.port + 1, min(settings.port + _SUGGESTIONS, 65536)):
        try:
            _bind(settings.host, port, 1).close()
        except OSError:
            continue
        return port
    return None
