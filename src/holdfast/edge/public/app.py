"""The installable app: its page at every address below /app, and the files it is built of (`web/`)."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

import msgspec
from markupsafe import escape

from ...pure.errors import NotFound
from ...pure.web_addresses import origin_of
from ..answers import HTML, Answer, Header, redirect
from ..call import Call
from ..routes import Access, Limit, RouteTable

routes = RouteTable()

_FOLDER = Path(__file__).with_name("app_files")
_TYPES = {
    ".css": b"text/css; charset=utf-8", ".js": b"text/javascript; charset=utf-8", ".svg": b"image/svg+xml",
    ".png": b"image/png", ".json": b"application/json; charset=utf-8",
}  # fmt: skip
_FOREVER: Header = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN: Header = (b"cache-control", b"no-cache")
_SITE = "{{site}}"
_ACROSS: list[Header] = [
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(self), geolocation=()"),
]


class NotBuilt(NotFound):
    """The checkout has the sources of the app alone."""

    public = "The app is not built. Run `make app` where this server runs from a checkout; packages hold it."


@lru_cache(maxsize=1)
def _files(_built_at_ns: int) -> dict[str, tuple[bytes, bytes, bytes]]:
    """Path below the folder to content type, content, and the same compressed."""
    found = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            name = path.relative_to(_FOLDER).as_posix()
            found[name] = (_TYPES[path.suffix], content, gzip.compress(content, 9, mtime=0))
    return found


def _built_at_ns() -> int:
    try:
        return (_FOLDER / "index.html").stat().st_mtime_ns
    except FileNotFoundError:
        raise NotBuilt from None


def is_built() -> bool:
    """Whether there is an app to lead to."""
    return (_FOLDER / "index.html").is_file()


@lru_cache(maxsize=4)
def _shell(_built_at_ns: int, site: str) -> tuple[bytes, bytes]:
    """The page, and the same compressed. It is the same for everybody: what is in it, the app asks for."""
    page = (_FOLDER / "index.html").read_text("utf-8").replace(_SITE, str(escape(site))).encode()
    return page, gzip.compress(page, 9, mtime=0)


def _sent(call: Call, content: bytes, packed: bytes, content_type: bytes, headers: list[Header]) -> Answer:
    headers = [*headers, (b"vary", b"Accept-Encoding")]
    if "gzip" in call.header(b"accept-encoding") and len(packed) < len(content):
        return Answer(200, packed, content_type, [*headers, (b"content-encoding", b"gzip")])
    return Answer(200, content, content_type, headers)


def _policy(call: Call) -> Header:
    media = call.services.settings.media_url.rstrip("/")
    # The address that links are made with is ours too, also where somebody came by another one.
    ours = call.services.base_url
    also = f" {ours} {media}" if media else f" {ours}"
    sockets = ours.replace("http", "ws", 1)
    # Where the app may ask whether this server has moved.
    elsewhere = "".join(sorted({f" {origin_of(one)}" for one in call.services.settings.relaunch_addresses}))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' blob: data:{also}; media-src 'self' blob:{also}; "
        f"connect-src 'self' {sockets}{also}{elsewhere}; manifest-src 'self'; worker-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return b"content-security-policy", policy.encode()


@routes.get("/app", Access.browser(), limit=Limit.NONE)
async def root(_call: Call) -> Answer:
    """To the start of the app, below the folder that its service worker looks after."""
    return redirect("/app/home", status=302)


@routes.get("/app/{page}", Access.browser(), limit=Limit.NONE)
async def shell(call: Call) -> Answer:
    """The app; it reads the address by itself."""
    page, packed = _shell(_built_at_ns(), call.services.settings.title)
    return _sent(call, page, packed, HTML, [_ASK_AGAIN, _policy(call), *_ACROSS])


@routes.get("/app/{page}/{part}", Access.browser(), limit=Limit.NONE)
async def shell_of_part(call: Call) -> Answer:
    """The app."""
    return await shell(call)


@routes.get("/app/{page}/{part}/{detail}", Access.browser(), limit=Limit.NONE)
async def shell_of_detail(call: Call) -> Answer:
    """The app."""
    return await shell(call)


@routes.get("/app/assets/{file}", Access.browser(), limit=Limit.NONE)
async def asset(call: Call) -> Answer:
    """One file of the app, kept by browsers for a year: another content has another address."""
    entry = _files(_built_at_ns()).get(f"assets/{call.segment('file')}")
    if entry is None:
        raise NotFound
    content_type, content, packed = entry
    return _sent(call, content, packed, content_type, [_FOREVER])


@routes.get("/app/icons/{file}", Access.browser(), limit=Limit.NONE)
async def icon(call: Call) -> Answer:
    """An icon of the app."""
    entry = _files(_built_at_ns()).get(f"icons/{call.segment('file')}")
    if entry is None:
        raise NotFound
    content_type, content, packed = entry
    return _sent(call, content, packed, content_type, [(b"cache-control", b"public, max-age=86400")])


@routes.get("/app/sw.js", Access.browser(), limit=Limit.NONE)
async def service_worker(call: Call) -> Answer:
    """The service worker; browsers ask for it anew, which is how the app is updated."""
    entry = _files(_built_at_ns()).get("sw.js")
    if entry is None:
        raise NotBuilt
    content_type, content, packed = entry
    return _sent(call, content, packed, content_type, [_ASK_AGAIN, _policy(call)])


@routes.get("/app/manifest.webmanifest", Access.browser(), limit=Limit.NONE)
async def manifest(call: Call) -> Answer:
    """What the app is called and looks like once it is installed."""
    title = call.services.settings.title
    icons = [
        {"src": f"/app/icons/{name}", "sizes": sizes, "type": kind, "purpose": purpose}
        for name, sizes, kind, purpose in (
            ("icon-192.png", "192x192", "image/png", "any"), ("icon-512.png", "512x512", "image/png", "any"),
            ("maskable-512.png", "512x512", "image/png", "maskable"), ("icon.svg", "any", "image/svg+xml", "any"),
        )
    ]  # fmt: skip
    body = {
        "id": "/app/",
        "name": title,
        "short_name": title[:12],
        "description": call.services.settings.description,
        "start_url": "/app/home",
        "scope": "/app/",
        "display": "standalone",
        "background_color": "#f5f2ea",
        "theme_color": "#f5f2ea",
        "categories": ["social"],
        "icons": icons,
        "shortcuts": [
            {"name": "New post", "url": "/app/compose", "icons": icons[:1]},
            {"name": "Notifications", "url": "/app/notifications", "icons": icons[:1]},
        ],
        "share_target": {
            "action": "/app/compose", "method": "GET", "params": {"title": "title", "text": "text", "url": "url"},
        },
    }  # fmt: skip
    return Answer(200, msgspec.json.encode(body), b"application/manifest+json", [_ASK_AGAIN])
