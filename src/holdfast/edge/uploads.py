"""Multipart bodies with files: parsed as they come, files into temporary ones, under a cap."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import msgspec
from multipart import MultipartError, PushMultipartParser, parse_options_header

from ..pure.errors import Invalid
from . import params

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_FILES_AT_MOST = 4
_TEXT_BYTES_AT_MOST = 1024 * 1024
_OVERHEAD_BYTES = 64 * 1024  # of boundaries and headers of parts


class SpooledFile(msgspec.Struct):
    """A file of a multipart body, in a temporary file without a name: it is gone when nothing has it open."""

    filename: str
    file: Any  # a BinaryIO, open for reading from anywhere
    size_bytes: int = 0


async def read_multipart(
    receive: Receive, content_type: str, *, folder: Path, most_bytes: int, opened: list[SpooledFile]
) -> params.Tree:
    """The tree of a multipart body, with a `SpooledFile` for each file.

    `most_bytes`: of all files together. `opened`: gets every file, for the caller to close. Raises Invalid for a body that is broken, ends early, or is too large.
    """
    options = parse_options_header(content_type)[1]
    body, received = _Body(folder, most_bytes, opened), 0
    try:
        parser = PushMultipartParser(
            options.get("boundary", ""),
            max_segment_count=params.MAX_PARAMETERS,
        )
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Invalid("The request ended before its body did.")
            chunk = message.get("body", b"")
            received += len(chunk)
            if received > most_bytes + _TEXT_BYTES_AT_MOST + _OVERHEAD_BYTES:
                raise Invalid(f"The body is larger than {most_bytes / 2**20:.4g} MB.")
            # To the parser an empty piece means the end; on the way there may be some.
            for event in parser.parse(chunk) if chunk else ():
                body.take(event)
            if not message.get("more_body", False):
                break
        parser.close()
    except (MultipartError, ValueError, LookupError) as error:
        raise Invalid("The multipart body is broken, or too large.", private=repr(error)) from error
    return params.nest(body.pairs)


def read_data_url(text: str, *, folder: Path, opened: list[SpooledFile]) -> SpooledFile | None:
    """The file that a `data:...;base64,...` address holds; None for any other text. `opened`: as for `read_multipart`."""
    head, comma, encoded = text.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        return None
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise Invalid("The base64 of a data: address is broken.", private=repr(error)) from error
    spooled = _spooled("", folder)
    opened.append(spooled)
    spooled.file.write(content)
    spooled.file.flush()
    spooled.size_bytes = len(content)
    return spooled


def _spooled(filename: str, folder: Path) -> SpooledFile:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # It lasts as long as the request: whoever takes it has it, and no name leads to it.
    return SpooledFile(filename, tempfile.TemporaryFile(dir=folder))


class _Body:
    def __init__(self, folder: Path, most_bytes: int, opened: list[SpooledFile]) -> None:
        self.pairs: list[tuple[str, Any]] = []
        self._folder = folder
        self._most_bytes = most_bytes
        self._opened = opened
        self._name = ""
        self._text: list[bytes] | None = None
        self._file: SpooledFile | None = None
        self._text_bytes = self._file_bytes = 0

    def take(self, event: Any) -> None:
        """One event of the parser: a part begins, has some bytes, or ends (None)."""
        if event is None:
            self._end()
        elif isinstance(event, bytes | bytearray):
            self._bytes(bytes(event))
        else:
            self._begin(event)

    def _begin(self, segment: Any) -> None:
        self._name = segment.name
        if segment.filename is None:
            self._text = []
            return
        if len(self._opened) >= _FILES_AT_MOST:
            raise Invalid(f"More than {_FILES_AT_MOST} files in one request.")
        self._file = _spooled(segment.filename, self._folder)
        self._opened.append(self._file)

    def _bytes(self, content: bytes) -> None:
        if self._file is not None:
            self._file_bytes += len(content)
            if self._file_bytes > self._most_bytes:
                raise Invalid(f"The file is larger than {self._most_bytes / 2**20:.4g} MB.")
            self._file.file.write(content)
            self._file.size_bytes += len(content)
        elif self._text is not None:
            self._text_bytes += len(content)
            if self._text_bytes > _TEXT_BYTES_AT_MOST:
                raise Invalid("The texts of the request are too long.")
            self._text.append(content)

    def _end(self) -> None:
        if self._file is not None:
            self._file.file.flush()
            self.pairs.append((self._name, self._file))
        elif self._text is not None:
            text = b"".join(self._text).decode("utf-8", "replace").replace("\x00", "")
            self.pairs.append((self._name, text))
        self._file, self._text = None, None
