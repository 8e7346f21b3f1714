"""Registration of apps: `/api/v1/apps`."""

from __future__ import annotations

from typing import Any

from ...pure.errors import NotAuthenticated
from ...social.tokens import App, get_app, register_app
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, Limit, RouteTable

routes = RouteTable()


@routes.post("/api/v1/apps", Access.anyone(), limit=Limit.APP)
async def create(call: Call) -> Answer:
    """Register an app; its secret is in this answer only."""
    tree = await call.tree()
    async with call.services.database.transaction() as tx:
        new = await register_app(
            tx,
            _text(tree.get("client_name")),
            redirect_uris=_addresses(tree.get("redirect_uris", tree.get("redirect_uri"))),
            scopes=_scopes(tree.get("scopes")),
            website=_text(tree.get("website")),
            now=call.now,
        )
    return json_answer(
        {
            **_application(call.services, new.app),
            "client_id": new.app.client_id,
            "client_secret": new.client_secret,
            "client_secret_expires_at": 0,
        },
        headers=[(b"cache-control", b"no-store")],
    )


@routes.get("/api/v1/apps/verify_credentials", Access.app())
async def verify_credentials(call: Call) -> Answer:
    """The app that the token belongs to."""
    app = await get_app(call.services.database, call.token.app_id) if call.token else None
    if app is None:
        raise NotAuthenticated
    return json_answer(_application(call.services, app))


def _application(services: Services, app: App) -> dict[str, Any]:
    return {
        "id": services.ids.encode(app.app_id),
        "name": app.name,
        "website": app.website,
        "scopes": list(app.scopes),
        "redirect_uri": "\n".join(app.redirect_uris),
        "redirect_uris": list(app.redirect_uris),
        "vapid_key": services.keyring.vapid_public(),
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _addresses(value: Any) -> list[str]:
    """One text with the addresses apart by white space, or a list of them."""
    parts = value if isinstance(value, list) else [value]
    return [address for part in parts if isinstance(part, str) for address in part.split()]


def _scopes(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(part for part in value if isinstance(part, str))
    return _text(value)
