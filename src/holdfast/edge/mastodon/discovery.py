"""How other programs find out what runs here and who is here: NodeInfo, WebFinger, host-meta."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import quoteattr

import msgspec

from ... import __version__
from ...pure.errors import NotFound
from ...social.accounts import AccountNotVisible, AccountView, find_by_handle
from ..answers import Answer, json_answer
from ..call import Call
from ..links import account_url, avatar_url
from ..ports import Services
from ..routes import Access, RouteTable
from .instance_entity import source_url

routes = RouteTable()

_JRD = b"application/jrd+json; charset=utf-8"
_XRD = b"application/xrd+xml; charset=utf-8"
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
_PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
_AVATAR = "http://webfinger.net/rel/avatar"
_VERSIONS = ("2.0", "2.1")


class WebFingerQuery(msgspec.Struct):
    """Whom: `acct:name@domain`, or the address of a profile."""

    resource: str = ""


@routes.get("/.well-known/nodeinfo", Access.anyone())
async def nodeinfo_links(call: Call) -> Answer:
    """Where the NodeInfo documents are."""
    base = call.services.base_url
    links = [{"rel": _SCHEMA + version, "href": f"{base}/nodeinfo/{version}"} for version in _VERSIONS]
    return json_answer({"links": links})


@routes.get("/nodeinfo/{version}", Access.anyone())
async def nodeinfo(call: Call) -> Answer:
    """What runs here and how much it is used. No protocol is listed, because this version speaks none to others."""
    version = call.segment("version").removesuffix(".json")
    if version not in _VERSIONS:
        raise NotFound
    document = await _nodeinfo(call.services, version)
    profile = f'application/json; profile="{_SCHEMA}{version}#"; charset=utf-8'
    return Answer(200, msgspec.json.encode(document), profile.encode())


async def _nodeinfo(services: Services, version: str) -> dict[str, Any]:
    settings, usage = services.settings, await services.instance.usage()
    software = {"name": "holdfast", "version": __version__}
    if version == "2.1":
        software |= {"repository": source_url(services), "homepage": services.base_url}
    return {
        "version": version,
        "software": software,
        "protocols": [],
        "services": {"inbound": [], "outbound": ["atom1.0"]},
        "usage": {
            "users": {
                "total": usage.users,
                "activeMonth": usage.active_month,
                "activeHalfyear": usage.active_half_year,
            },
            "localPosts": usage.posts,
        },
        "openRegistrations": settings.registrations != "closed",
        "metadata": {"nodeName": settings.title, "nodeDescription": settings.description},
    }


@routes.get("/.well-known/webfinger", Access.anyone())
async def webfinger(call: Call) -> Answer:
    """A local account by its name or by the address of its profile (RFC 7033)."""
    resource = (await call.params(WebFingerQuery)).resource.strip()
    if not resource:
        return json_answer({"error": "Name the account: ?resource=acct:name@domain"}, status=400)
    account = await _account(call, resource)
    services = call.services
    profile = account_url(services, account.acct)
    avatar = avatar_url(services, account)
    document = {
        "subject": f"acct:{account.username}@{services.settings.domain}",
        "aliases": [profile, f"{services.base_url}/users/{account.username}"],
        "links": [
            {"rel": _PROFILE_PAGE, "type": "text/html", "href": profile},
            {"rel": _AVATAR, "type": "image/png", "href": avatar},
        ],
    }
    return Answer(200, msgspec.json.encode(document), _JRD)


async def _account(call: Call, resource: str) -> AccountView:
    name = _local_name(call.services, resource)
    found = await find_by_handle(call.services.database, name) if name else None
    account = None if found is None else await call.services.accounts.get(found)
    if account is None or not account.shown:
        raise AccountNotVisible
    return account


def _local_name(services: Services, resource: str) -> str | None:
    """The name in a resource that is of this server, else None."""
    ours = {services.settings.domain, urlsplit(services.base_url).netloc.lower()}
    if resource.lower().startswith(("https://", "http://")):
        try:
            parts = urlsplit(resource)
        except ValueError:
            return None
        steps = unquote(parts.path).strip("/").split("/")
        if parts.netloc.lower() not in ours:
            return None
        if len(steps) == 1 and steps[0].startswith("@"):
            return steps[0][1:]
        return steps[1] if len(steps) == 2 and steps[0] == "users" else None
    bare = resource[5:] if resource.lower().startswith("acct:") else resource
    name, _, domain = bare.removeprefix("@").rpartition("@")
    return name if domain.lower() in ours else None


@routes.get("/.well-known/host-meta", Access.anyone())
async def host_meta(call: Call) -> Answer:
    """Where WebFinger is, for programs that ask the old way (RFC 6415)."""
    template = quoteattr(f"{call.services.base_url}/.well-known/webfinger?resource={{uri}}")
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template={template}/>\n</XRD>\n'
    )
    return Answer(200, body.encode(), _XRD)
