"""Bags (BagIt 1.0, RFC 8493), as bundles use them: SHA-256, UTF-8, sorted; strict where the RFC leaves a choice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from ..errors import Invalid

BAG_DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_MANIFEST, _TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")
_INFO = re.compile(r"([A-Z][A-Za-z-]*): (.+)")


class BagRejected(Invalid):
    """Not a bag, or not a whole one."""


def encode_manifest(digests: Mapping[str, str]) -> bytes:
    """Path -> SHA-256 in hexadecimal, as `sha256sum` writes and checks it, sorted by path."""
    return "".join(f"{digests[path]}  {_encoded(path)}\n" for path in sorted(digests)).encode()


def parse_manifest(data: bytes) -> dict[str, str]:
    """Path -> SHA-256. Raises BagRejected for anything that `encode_manifest` does not write."""
    found: dict[str, str] = {}
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        raise BagRejected("A manifest is UTF-8.") from None
    for line in lines[:-1]:
        match = _LINE.fullmatch(line)
        if match is None:
            raise BagRejected(
                f"A line of a manifest is a SHA-256, two spaces and a path, not {line[:100]!r}."
            )
        found[_decoded(match[2])] = match[1]
    if encode_manifest(found) != data:
        raise BagRejected("The lines of a manifest stand in the order of paths, each once.")
    return found


# RFC 8493, section 2.1.3: line breaks and the per cent sign of a path are written as escapes.
def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _decoded(path: str) -> str:
    return path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def encode_bag_info(facts: Iterable[tuple[str, str]]) -> bytes:
    """Labels and values, one line each, in this order."""
    lines = []
    for label, value in facts:
        if not _INFO.fullmatch(f"{label}: {value}"):
            raise BagRejected(f"{label} of the bag is one line of text.")
        lines.append(f"{label}: {value}\n")
    return "".join(lines).encode()


def parse_bag_info(data: bytes) -> dict[str, str]:
    """Labels and values. Raises BagRejected."""
    found: dict[str, str] = {}
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        raise BagRejected("bag-info.txt is UTF-8.") from None
    for line in lines[:-1]:
        match = _INFO.fullmatch(line)
        if match is None or match[1] in found:
            raise BagRejected("A line of bag-info.txt is a label, once, and a value.")
        found[match[1]] = match[2]
    if lines[-1] or not found:
        raise BagRejected("bag-info.txt ends in a newline.")
    return found


def check_bag(files: Mapping[str, memoryview]) -> dict[str, str]:
    """Check every file of a bag, by paths below its folder, against its manifests; path -> SHA-256 of all but the tag
    manifest. Raises BagRejected with the first file that is changed, missing, or too many."""
    for name in ("bagit.txt", "bag-info.txt", _MANIFEST, _TAG_MANIFEST):
        if name not in files:
            raise BagRejected(f"{name} is missing: this is no bag.")
    if bytes(files["bagit.txt"]) != BAG_DECLARATION:
        raise BagRejected("bagit.txt does not say BagIt 1.0 and UTF-8.")
    payload = parse_manifest(bytes(files[_MANIFEST]))
    tags = parse_manifest(bytes(files[_TAG_MANIFEST]))
    named = {**payload, **tags}
    for path in sorted(files.keys() | named.keys()):
        listed = payload if path.startswith("data/") else tags
        if path not in files:
            raise BagRejected(f"{path} is missing.")
        if path not in listed:
            if path == _TAG_MANIFEST:
                continue
            raise BagRejected(f"{path} stands in no manifest.")
        if hashlib.sha256(files[path]).hexdigest() != listed[path]:
            raise BagRejected(f"{path} was changed.")
    size = sum(len(files[path]) for path in payload)
    if parse_bag_info(bytes(files["bag-info.txt"])).get("Payload-Oxum") != f"{size}.{len(payload)}":
        raise BagRejected("bag-info.txt does not say how much the bag holds.")
    return named
