"""A mailbox in this process that speaks as much IMAP as a client needs that fetches and moves. One connection at a time."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer


@dataclass
class FakeMailbox:
    """Mails by UID. `moves`: whether the server can MOVE; else it copies, and deletes when the folder is closed."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    moves: bool = True
    seen: set[int] = field(default_factory=set)
    done: dict[int, bytes] = field(default_factory=dict)
    port: int = 0
    deleted: set[int] = field(default_factory=set)


class _Handler(StreamRequestHandler):
    box: FakeMailbox

    def handle(self) -> None:
        self._say(b"* OK here")
        while line := self.rfile.readline():
            tag, _, rest = line.strip().partition(b" ")
            verb = rest.split(b" ")[0].upper()
            if verb == b"UID":
                self._uid(rest[4:])
            elif verb == b"CAPABILITY":
                self._say(b"* CAPABILITY IMAP4REV1" + (b" MOVE" if self.box.moves else b""))
            elif verb == b"SELECT":
                self._say(b"* %d EXISTS" % len(self.box.mails))
                self._say(b"* OK [UIDVALIDITY %d] fine" % self.box.validity)
            elif verb == b"CLOSE":
                for uid in self.box.deleted:
                    self.box.mails.pop(uid, None)
            elif verb == b"LOGIN" and b"wrong" in rest:
                self._say(tag + b" NO go away")
                continue
            self._say(tag + b" OK done")
            if verb == b"LOGOUT":
                return

    def _uid(self, command: bytes) -> None:
        box = self.box
        if found := re.match(rb"SEARCH UID (\d+):\*", command):
            last = max(box.mails, default=0)
            uids = [uid for uid in sorted(box.mails) if uid >= int(found[1]) or uid == last]
            self._say(b"* SEARCH " + b" ".join(str(uid).encode() for uid in uids))
        elif found := re.match(rb"FETCH (\d+) \(RFC822.SIZE BODY.PEEK\[\]<0.(\d+)>\)", command):
            raw = box.mails.get(int(found[1]))
            if raw is not None:
                part = raw[: int(found[2])]
                self._say(
                    b"* 1 FETCH (UID %s RFC822.SIZE %d BODY[]<0> {%d}" % (found[1], len(raw), len(part))
                )
                self.wfile.write(part + b")\r\n")
        elif found := re.match(rb"(MOVE|COPY) (\d+) \"([^\"]*)\"", command):
            uid = int(found[2])
            box.done[uid] = box.mails[uid]
            if found[1] == b"MOVE":
                del box.mails[uid]
        elif found := re.match(rb"STORE (\d+) \+FLAGS.SILENT \((.*)\)", command):
            if b"Deleted" in found[2]:
                box.deleted.add(int(found[1]))
            box.seen.add(int(found[1]))

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def open_mailbox() -> Iterator[FakeMailbox]:
    """The server, until the end of the block."""
    box = FakeMailbox()
    handler = type("Handler", (_Handler,), {"box": box})
    with ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield box
        finally:
            server.shutdown()
            serving.join()
