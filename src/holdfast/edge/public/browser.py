"""The browser at the other end: its session, its cookies, and proof that a form came from our own page.

A form is believed when three things hold: the cookie was sent (SameSite=Lax), the form carries the token
that belongs to the cookie, and the browser does not name a foreign origin.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from ...platform.crypto import new_secret
from ...pure.errors import NotAllowed, NotAuthenticated
from ...social.sessions import BrowserSession, Device
from ..answers import Header
from ..call import Call
from ..kept_tokens import cookies, foreign

HOME = "/"
_SESSION = "holdfast_session"
_FORM = "holdfast_form"
_SECONDS_PER_DAY = 86_400
_PATH_CHARACTERS = 4000


class FormRefused(NotAllowed):
    """The form did not come from a page of ours, or from one that is too old."""

    public = "This form has expired or came from another site. Go back, reload the page, and send it again."


class Visit(msgspec.Struct):
    """Who is there. `seed` binds forms to this browser; `cookies` are to be set by the answer. `closed`: the account is
    suspended or disabled, so the member may read what was decided about it, and nothing else."""

    session: BrowserSession | None
    seed: str
    secure: bool
    cookies: list[Header] = msgspec.field(default_factory=list)
    closed: bool = False

    def member(self) -> BrowserSession:
        """The session; raises NotAuthenticated, which leads to the sign-in page."""
        if self.session is None:
            raise NotAuthenticated
        return self.session


async def find_visit(call: Call) -> Visit:
    """The visit that a request belongs to."""
    secure = call.services.base_url.startswith("https://")
    sent = cookies(call)
    secret = sent.get(_name(_SESSION, secure), "")
    session = await call.services.sessions.find(secret) if secret else None
    if session is not None:
        return Visit(session, secret, secure)
    seed = sent.get(_name(_FORM, secure), "")
    if len(seed) >= 32:
        return Visit(None, seed, secure)
    seed = new_secret()
    return Visit(None, seed, secure, [_cookie(_FORM, seed, secure, max_age_seconds=_SECONDS_PER_DAY)])


async def find_closed_visit(call: Call) -> Visit:
    """The visit, where members whose accounts are suspended or disabled are let in too."""
    visit = await find_visit(call)
    secret = cookies(call).get(_name(_SESSION, visit.secure), "")
    if visit.session is None and secret:
        session = await call.services.sessions.find_closed(secret)
        if session is not None:
            return Visit(session, secret, visit.secure, closed=True)
    return visit


def form_token(call: Call, visit: Visit) -> str:
    """What every form carries as `form_token`."""
    digest = hmac.digest(call.services.keyring.derive("forms"), visit.seed.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


async def read_form(call: Call, visit: Visit) -> dict[str, str]:
    """The fields of a form of ours. Raises FormRefused."""
    if foreign(call):
        raise FormRefused
    tree = await call.tree()
    given = tree.get("form_token")
    if not isinstance(given, str) or not hmac.compare_digest(
        given.encode(), form_token(call, visit).encode()
    ):
        raise FormRefused
    return {name: value for name, value in tree.items() if isinstance(value, str)}


def signed_in_cookies(call: Call, visit: Visit, secret: str) -> list[Header]:
    """Keeps a fresh session in the browser."""
    days = call.services.settings.session_lifetime_days
    return [_cookie(_SESSION, secret, visit.secure, max_age_seconds=days * _SECONDS_PER_DAY)]


def signed_out_cookies(visit: Visit) -> list[Header]:
    """Takes it away."""
    return [_cookie(_SESSION, "", visit.secure, max_age_seconds=0)]


def device(call: Call) -> Device:
    """Where the request comes from."""
    try:
        ip: str | None = str(ipaddress.ip_address(call.client_ip))
    except ValueError:
        ip = None
    agent = "".join(c for c in call.header(b"user-agent") if c.isprintable())
    return Device(agent, ip)


def local_path(path: str) -> str:
    """`path` when it leads to a page of this server, else the start page: never to another site."""
    plain = written = path.partition("?")[0]
    for _ in range(3):
        plain = unquote(plain)
    for form in (written, plain):
        if (
            not form.startswith("/")
            or form.startswith("//")
            or "\\" in form
            or any(ord(character) < 33 or ord(character) == 127 for character in form)
        ):
            return HOME
    if not path.isascii() or any(ord(character) < 33 for character in path) or len(path) > _PATH_CHARACTERS:
        return HOME
    try:
        parts = urlsplit(path)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else path


def _name(plain: str, secure: bool) -> str:
    # The prefix makes browsers refuse the cookie unless it is Secure, for this host and this host alone.
    return f"__Host-{plain}" if secure else plain


def _cookie(plain: str, value: str, secure: bool, *, max_age_seconds: int) -> Header:
    text = f"{_name(plain, secure)}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax"
    return b"set-cookie", (text + ("; Secure" if secure else "")).encode()


def text_of(tree: dict[str, Any], name: str) -> str:
    """A text among parameters; empty when absent or no text."""
    value = tree.get(name)
    return value if isinstance(value, str) else ""
