"""An S3-compatible service in this process: path-style, one bucket, whole objects and ranges, nothing checked."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Bucket:
    """Where it is, what it holds, and what it was asked."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self._note()
        self.bucket.objects[self.path] = self.rfile.read(length)
        self._answer(200, b"", [("etag", '"x"')])

    def do_GET(self) -> None:
        self._note()
        content = self.bucket.objects.get(self.path)
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        headers = [("etag", '"x"'), ("last-modified", "Sat, 31 Jan 2026 12:00:00 GMT")]
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        if wanted is None:
            self._answer(200, content, headers)
            return
        start, end = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
        headers.append(("content-range", f"bytes {start}-{end}/{len(content)}"))
        self._answer(206, content[start : end + 1], headers)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self._note()
        self.bucket.objects.pop(self.path, None)
        self._answer(204, b"")

    def do_POST(self) -> None:
        """Many deletions at once."""
        self._note()
        asked = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        keys = re.findall(r"<Key>([^<]*)</Key>", asked)
        for key in keys:
            bucket = self.path.partition("?")[0].rstrip("/")
            self.bucket.objects.pop(f"{bucket}/{key}", None)
        done = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        told = f"<DeleteResult>{done}</DeleteResult>".encode()
        self._answer(200, told, [("content-type", "application/xml")])

    def _note(self) -> None:
        self.bucket.asked.append((self.command, self.path, self.headers.get("authorization", "")))

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]] | None = None) -> None:
        self.send_response(status)
        for name, value in headers or []:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


@contextmanager
def open_bucket() -> Iterator[Bucket]:
    """The service, until the end of the block."""
    bucket = Bucket()
    handler = type("Handler", (_Handler,), {"bucket": bucket})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        bucket.url = f"http://127.0.0.1:{server.server_address[1]}"
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield bucket
        finally:
            server.shutdown()
            serving.join()
