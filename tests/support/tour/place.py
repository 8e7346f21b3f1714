"""The server itself, apps, and signing up."""

from __future__ import annotations

from tests.support.tour.guide import Guide

TEXTS = "rules peers activity extended_description privacy_policy terms_of_service languages translation_languages".split()


async def about(guide: Guide) -> None:
    """What the server says of itself to anybody."""
    for path in ("/api/v1/instance", "/api/v2/instance", "/api/v1/custom_emojis", "/health"):
        await guide.ask(None, "GET", path)
    for name in TEXTS:
        await guide.ask(None, "GET", f"/api/v1/instance/{name}")
    terms = await guide.ask(None, "GET", "/api/v1/instance/terms_of_service")
    await guide.ask(None, "GET", f"/api/v1/instance/terms_of_service/{terms['effective_date']}")
    for path in (
        "/instance/thumbnail.png", "/instance/icon.png", "/.well-known/nodeinfo", "/nodeinfo/2.0", "/.well-known/host-meta",
        "/.well-known/webfinger?resource=acct:ann@" + guide.site.services.settings.domain, "/.well-known/oauth-authorization-server",
    ):  # fmt: skip
        await guide.ask(None, "GET", path)


async def apps(guide: Guide) -> None:
    """An app, its own token, somebody who signs up in it, and the end."""
    made = await guide.ask(
        None, "POST", "/api/v1/apps",
        data={"client_name": "Tour", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write", "website": "https://app.example"},
    )  # fmt: skip
    client = {"client_id": made["client_id"], "client_secret": made["client_secret"]}
    token = await guide.ask(
        None, "POST", "/oauth/token",
        data={**client, "grant_type": "client_credentials", "scope": "read write", "redirect_uri": "urn:ietf:wg:oauth:2.0:oob"},
    )  # fmt: skip
    bearer = {"authorization": f"Bearer {token['access_token']}"}
    await guide.ask(None, "GET", "/api/v1/apps/verify_credentials", headers=bearer)
    form = {
        "username": "newcomer",
        "email": "newcomer@example.org",
        "password": "correct horse battery",
        "agreement": "true",
        "locale": "en",
    }
    await guide.ask(None, "POST", "/api/v1/accounts", data=form, headers=bearer)
    await guide.walk(guide.admin, "/api/v2/admin/accounts?username=newcomer")
    await guide.ask(None, "POST", "/oauth/revoke", data={**client, "token": token["access_token"]})
