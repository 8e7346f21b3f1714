"""Access tokens that the browser keeps for the app, out of reach of its scripts (ADR 0025).

Each account that is signed in has a cookie of its own. A request names the account it is for, in a header that a page
of another site cannot send along with cookies; a WebSocket, which can send no header, names it as its protocol and
must come from our own origin. The cookie alone opens nothing.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .answers import Header
from .call import Call

ACCOUNT_HEADER = b"x-holdfast-account"
PROTOCOL_PREFIX = "holdfast.account."
COOKIE_PATH = "/api"

_COOKIE = "holdfast_app_"
_ACCOUNT = re.compile(r"[0-9]{1,40}")
_SECONDS_PER_DAY = 86_400


def named_account(call: Call, *, socket: bool = False) -> str:
    """The public id of the account that the app says it acts for; empty when it does not say."""
    if not socket:
        named = call.header(ACCOUNT_HEADER)
    else:
        protocol = call.header(b"sec-websocket-protocol").partition(",")[0].strip()
        named = protocol.removeprefix(PROTOCOL_PREFIX) if protocol.startswith(PROTOCOL_PREFIX) else ""
    return named if _ACCOUNT.fullmatch(named) else ""


def kept_secret(call: Call, account: str, *, socket: bool = False) -> str:
    """The token kept for `account`, if the request came from our own page; else empty."""
    if foreign(call) or (socket and not call.header(b"origin")):
        return ""
    return cookies(call).get(_name(call, account), "")


def keep(call: Call, account: str, secret: str) -> Header:
    """Has the browser keep a token for `account`."""
    days = call.services.settings.session_lifetime_days
    return _cookie(call, account, secret, max_age_seconds=days * _SECONDS_PER_DAY)


def forget(call: Call, account: str) -> Header:
    """Takes it away."""
    return _cookie(call, account, "", max_age_seconds=0)


def foreign(call: Call) -> bool:
    """Whether the browser says that another site sent this."""
    if call.header(b"sec-fetch-site") in ("cross-site", "same-site"):
        return True
    origin = call.header(b"origin")
    if not origin:
        return False
    ours = urlsplit(call.services.base_url)
    try:
        sender = urlsplit(origin)
    except ValueError:
        return True
    if (sender.scheme, sender.netloc.lower()) == (ours.scheme, ours.netloc.lower()):
        return False
    return not sender.netloc or sender.netloc.lower() != call.header(b"host").lower()


def cookies(call: Call) -> dict[str, str]:
    """The cookies of a request; of two with one name the first."""
    found: dict[str, str] = {}
    for name, value in call.scope["headers"]:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, text = part.strip().partition("=")
                found.setdefault(key, text)
    return found


def _secure(call: Call) -> bool:
    return call.services.base_url.startswith("https://")


def _name(call: Call, account: str) -> str:
    # `__Host-` would ask for Path=/, and so be sent with every picture.
    return f"{'__Secure-' if _secure(call) else ''}{_COOKIE}{account}"


def _cookie(call: Call, account: str, value: str, *, max_age_seconds: int) -> Header:
    text = f"{_name(call, account)}={value}; Path={COOKIE_PATH}; Max-Age={max_age_seconds}; HttpOnly; SameSite=Strict"
    return b"set-cookie", (text + ("; Secure" if _secure(call) else "")).encode()
