"""The web application: mounts the route tables of every dialect, and health checks beside them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Method

from .. import __version__
from ..edge import desk, evidence, mastodon, notice_forms, public
from ..edge.answers import JSON, Answer, json_answer
from ..edge.api_description import describe
from ..edge.call import Call
from ..edge.dispatch import Dispatch, dispatcher, socket_dispatcher
from ..edge.ports import Services
from ..edge.routes import WEBSOCKET, Access, Limit, Route, RouteTable
from ..platform.config import Settings
from ..records.sequencing import last_census_matches
from .ledger_versions import try_to_record_versions
from .wiring import open_services

_METHODS: list[Method] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# A segment of a route's path: text before the name is allowed, as in `/@{name}`.
_SEGMENT = re.compile(r"([^/{}]*)\{(\w+)\}")

health = RouteTable()


@health.get("/healthz", Access.browser(), limit=Limit.NONE)
async def alive(_call: Call) -> Answer:
    """This process answers."""
    return json_answer({"status": "ok"})


@health.get("/readyz", Access.browser(), limit=Limit.NONE)
async def ready(call: Call) -> Answer:
    """This process answers and reaches its database. `ledger` is there when the last census found something missing."""
    matches = await last_census_matches(call.services.database)
    alarm = (
        {"ledger": "the last census does not match; see holdfast ledger check"} if matches is False else {}
    )
    return json_answer({"status": "ready", **alarm})


@health.get("/api/holdfast/openapi.json", Access.anyone())
async def openapi(call: Call) -> Answer:
    """A description of the client API, made from its route tables."""
    settings = call.services.settings
    body = await asyncio.to_thread(_description, settings.title, settings.public_url)
    return Answer(200, body, JSON)


@health.get(f"{desk.API}/openapi.json", Access.anyone())
async def own_openapi(call: Call) -> Answer:
    """A description of our own API alone: the desk, the ledger, notices."""
    settings = call.services.settings
    body = await asyncio.to_thread(_description, settings.title, settings.public_url, desk.API)
    return Answer(200, body, JSON)


@lru_cache(maxsize=2)
def _description(title: str, url: str, under: str = "") -> bytes:
    told = [route for route in ROUTES if route.path.startswith(under)]
    return msgspec.json.encode(describe(told, title=title, version=__version__, url=url))


ROUTES: list[Route] = [
    route
    for table in (
        *mastodon.TABLES,
        *desk.TABLES,
        *evidence.TABLES,
        *notice_forms.TABLES,
        *public.TABLES,
        health,
    )
    for route in table.routes
]

# What has no route is answered by the same way in, so that errors look alike everywhere.
_NOT_FOUND = Route("GET", "", Access.browser(), public.not_found)


class _Answered(Response[Any]):
    """Lets one of our dispatchers answer where Litestar wants a response."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(None)
        self._app = app

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        """The dispatcher itself."""
        return self._app


class Holder:
    """Gives the dispatchers their services, which exist only between start-up and shutdown."""

    services: Services


class _Application(Litestar):
    """Litestar, but for paths without placeholders, as those of most requests are: finding them takes no router.

    Its layers cost as much as a small handler, and each message of thousands of streams would pass all of them.
    """

    holder: Holder
    fixed: dict[str, Dispatch]
    sockets: dict[str, Dispatch]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI entry."""
        kind = scope["type"]
        if kind == "websocket":
            dispatch: Dispatch | None = self.sockets.get(scope["path"], _NO_SOCKET)
        else:
            dispatch = self.fixed.get(scope["path"]) if kind == "http" else None
        if dispatch is None:
            await super().__call__(scope, receive, send)
        else:
            await dispatch(Call(scope, receive, self.holder.services, {}), send)


_NO_SOCKET = socket_dispatcher(None)


def create_app(settings: Settings) -> Litestar:
    """The ASGI application; connects at start-up, closes at shutdown."""
    holder = Holder()

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        async with open_services(settings) as services:
            holder.services = services
            # Beside the first requests: a post that needs the second tier would wait for it otherwise.
            warming = asyncio.gather(
                asyncio.to_thread(services.screen.warm),
                services.media.warm(),
                try_to_record_versions(services),
                return_exceptions=True,
            )
            yield
            await warming

    return application(holder, [lifespan])


def application(
    holder: Holder, lifespan: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]] = ()
) -> Litestar:
    """Every route, over the services that `holder` has by the time a request comes."""
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        if route.method == WEBSOCKET:
            continue
        methods = by_path.setdefault(route.path, {})
        if route.method in methods:
            raise ValueError(f"{route.method} {route.path} is declared twice")
        methods[route.method] = route
    nowhere = dispatcher(dict.fromkeys(_METHODS, _NOT_FOUND))

    def no_route(_request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await nowhere(Call(scope, receive, holder.services, {}), send)

        return _Answered(app)

    app = _Application(
        route_handlers=[_mount(path, methods, holder) for path, methods in by_path.items()],
        lifespan=list(lifespan),
        openapi_config=None,
        logging_config=None,
        exception_handlers={NotFoundException: no_route},
    )
    app.holder = holder
    app.fixed = {path: dispatcher(methods) for path, methods in by_path.items() if "{" not in path}
    app.sockets = {route.path: socket_dispatcher(route) for route in ROUTES if route.method == WEBSOCKET}
    return app


def _mount(path: str, methods: dict[str, Route], holder: Holder) -> HTTPRouteHandler:
    """One path of the table as a Litestar handler that hands the request to the dispatcher of that path."""
    prefixes = {name: prefix for prefix, name in _SEGMENT.findall(path) if prefix}
    dispatch, nothing = dispatcher(methods), dispatcher(dict.fromkeys(_METHODS, _NOT_FOUND))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        segments = scope["path_params"]
        answer = dispatch
        for name, prefix in prefixes.items():
            if not segments[name].startswith(prefix):
                answer = nothing
            segments = {**segments, name: segments[name].removeprefix(prefix)}
        await answer(Call(scope, receive, holder.services, segments), send)

    async def handler(request: Request[Any, Any, Any]) -> ASGIApp:
        return app

    mounted = _SEGMENT.sub(r"{\2:str}", path)
    return HTTPRouteHandler(mounted, http_method=_METHODS, status_code=200)(handler)
