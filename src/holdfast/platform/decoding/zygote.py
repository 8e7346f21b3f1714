"""The process that decoders are forked from: it has loaded everything and opens nothing that a stranger sent.

`python -m holdfast.platform.decoding.zygote CONTROL_FD PARENT_PID`. Each message on the control socket is an
`ImageOrder` with three descriptors: the file, where the results go, and the socket for the answer. A child is forked for
it, confined, and gone when it has answered; one that takes too long is killed. So no picture ever meets what another
one left behind, and starting costs milliseconds.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
import traceback

import msgspec

from ..processes import die_with_parent
from .confine import confine_decoder
from .images import Unacceptable, prepare, render
from .model import DESCRIPTORS, READY, Decoded, ImageOrder, Outcome, Refused

_MESSAGE_BYTES = 65536
_LOOK_SECONDS = 0.5

_orders = msgspec.json.Decoder(ImageOrder)
_encode = msgspec.json.Encoder().encode


def serve(control: socket.socket) -> None:
    """Fork a decoder for every order until the parent goes away."""
    deadlines: dict[int, float] = {}
    while True:
        readable, _, _ = select.select([control], [], [], _LOOK_SECONDS if deadlines else None)
        if readable:
            message, handles, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, DESCRIPTORS)
            if not message:
                return
            if len(handles) == DESCRIPTORS:
                order = _orders.decode(message)
                pid = os.fork()
                if pid == 0:
                    control.close()
                    _decode(order, *handles)
                deadlines[pid] = time.monotonic() + order.seconds
            for handle in handles:
                os.close(handle)
        _end_late(deadlines)


def _end_late(deadlines: dict[int, float]) -> None:
    now = time.monotonic()
    for pid, deadline in list(deadlines.items()):
        if deadline < now:
            os.kill(pid, signal.SIGKILL)
        if os.waitpid(pid, 0 if deadline < now else os.WNOHANG)[0] == pid:
            del deadlines[pid]


def _decode(order: ImageOrder, source: int, results: int, answer: int) -> None:
    """In the child: decode, write, answer, end. Never returns."""
    code = 1
    try:
        with open(source, "rb", closefd=False) as file:
            confine_decoder(
                memory_bytes=order.memory_bytes, seconds=order.seconds, output_bytes=order.output_bytes
            )
            outcome, contents = _outcome(order, file)
        for content in contents:
            _write(results, content)
        _write(answer, _encode(outcome))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _outcome(order: ImageOrder, file: object) -> tuple[Outcome, list[bytes]]:
    try:
        decoded = render(order, file)  # type: ignore[arg-type]
    except Unacceptable as error:
        return Outcome(refused=Refused(str(error))), []
    except MemoryError:
        return Outcome(refused=Refused("The picture needs too much memory. Make it smaller.")), []
    except Exception:
        return Outcome(refused=Refused("")), []
    made = [one for one in (decoded.original, decoded.small, decoded.still) if one is not None]
    if sum(len(one.content) for one in made) > order.output_bytes:
        return Outcome(refused=Refused("The picture is too large once it is decoded. Make it smaller.")), []
    bare = [msgspec.structs.replace(one, content=len(one.content).to_bytes(8, "big")) for one in made]
    original, small, *still = bare
    plain: Decoded = msgspec.structs.replace(
        decoded, original=original, small=small, still=still[0] if still else None
    )
    return Outcome(decoded=plain), [one.content for one in made]


def _write(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def main() -> None:
    """Load, say so, serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL, int(sys.argv[2]))
    prepare()
    control.send(READY)
    serve(control)


if __name__ == "__main__":
    main()
