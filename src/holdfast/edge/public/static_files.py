"""The stylesheet and the pictures of the pages, under addresses that change with their content."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from ...pure.errors import NotFound
from ..answers import Answer
from ..call import Call
from ..routes import Access, Limit, RouteTable

routes = RouteTable()

_FOLDER = Path(__file__).with_name("static")
_TYPES = {".css": b"text/css; charset=utf-8", ".svg": b"image/svg+xml", ".png": b"image/png"}
_HASH_DIGITS = 12


@cache
def _files() -> dict[str, tuple[str, bytes, bytes]]:
    """Hashed name to (plain name, content type, content)."""
    found = {}
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            mark = sha256(content).hexdigest()[:_HASH_DIGITS]
            found[f"{path.stem}-{mark}{path.suffix}"] = (path.name, _TYPES[path.suffix], content)
    return found


@cache
def static_url(name: str) -> str:
    """The address of a file of the folder `static`; raises KeyError for one that is not there."""
    for hashed, (plain, _, _) in _files().items():
        if plain == name:
            return f"/static/{hashed}"
    raise KeyError(name)


@routes.get("/static/{file}", Access.browser(), limit=Limit.NONE)
async def static_file(call: Call) -> Answer:
    """One file, kept by browsers for a year: another content has another address."""
    entry = _files().get(call.segment("file"))
    if entry is None:
        raise NotFound
    _, content_type, content = entry
    headers = [
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ]
    return Answer(200, content, content_type, headers)
