"""One request as a handler sees it: who calls, with what parameters, and the services to answer with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..platform.clock import Instant
from ..platform.limits import Spent
from ..pure.errors import Invalid, NotAuthenticated, NotFound
from ..social.accounts import Actor
from ..social.graph import ANONYMOUS, Viewer
from ..social.tokens import TokenSession
from . import params, uploads
from .addresses import client_ip

if TYPE_CHECKING:
    from .ports import Services

T = TypeVar("T")
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Call:
    """A request in flight. Made by `dispatch.py`, which has already checked access."""

    __slots__ = (
        "_body",
        "_files",
        "_headers",
        "_params",
        "_receive",
        "_segments",
        "_viewer",
        "client_ip",
        "scope",
        "secret",
        "services",
        "spent",
        "token",
    )

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        receive: Receive,
        services: Services,
        segments: Mapping[str, str],
    ) -> None:
        self.scope = scope
        self.services = services
        self.client_ip = client_ip(scope, services.settings.trusted_proxies)
        self.token: TokenSession | None = None
        self.secret = ""
        self.spent: list[Spent] = []
        self._receive = receive
        self._segments = segments
        self._headers: dict[bytes, bytes] | None = None
        self._body: bytes | None = None
        self._files: list[uploads.SpooledFile] = []
        self._params: params.Tree | None = None
        self._viewer: Viewer | None = None

    @property
    def method(self) -> str:
        """The HTTP method, upper case; a WebSocket begins as a GET."""
        return str(self.scope.get("method", "GET"))

    @property
    def path(self) -> str:
        """The path, decoded."""
        return str(self.scope["path"])

    @property
    def now(self) -> Instant:
        """The current instant."""
        return self.services.clock.now()

    def header(self, name: bytes) -> str:
        """A request header by its lower-case name; empty when absent."""
        if self._headers is None:
            self._headers = dict(self.scope["headers"])
        return self._headers.get(name, b"").decode("latin-1")

    def segment(self, name: str) -> str:
        """A `{name}` of the path; raises NotFound for one with NUL in it, which no text in the database can hold."""
        text = self._segments[name]
        if "\x00" in text:
            raise NotFound
        return text

    def id_segment(self, name: str = "id") -> int:
        """A `{name}` of the path that is one of our ids; raises NotFound when we never gave it out."""
        internal = self.services.ids.decode(self.segment(name))
        if internal is None:
            raise NotFound
        return internal

    async def receive(self) -> MutableMapping[str, Any]:
        """The next message of the server program, for whoever goes on talking after the request."""
        return await self._receive()

    async def body(self) -> bytes:
        """The raw body; raises Invalid above the setting `request_body_max_bytes`."""
        if self._body is None:
            limit = self.services.settings.request_body_max_bytes
            chunks: list[bytes] = []
            size = 0
            while True:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    raise Invalid("The request ended before its body did.")
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > limit:
                    raise Invalid(f"The body is larger than {limit} bytes.")
                chunks.append(chunk)
                if not message.get("more_body", False):
                    break
            self._body = b"".join(chunks)
        return self._body

    async def spooled_tree(self, most_bytes: int) -> params.Tree:
        """All parameters, where files of a multipart body may be large: each is an `uploads.SpooledFile`.

        `most_bytes`: of all files together. To be asked before `tree` and `params`, which then give the same.
        """
        content_type = self.header(b"content-type")
        if self._params is None and content_type.startswith("multipart/form-data"):
            body = await uploads.read_multipart(
                self._receive, content_type, folder=self._spool, most_bytes=most_bytes, opened=self._files
            )
            self._params = params.merge(params.from_query(self.scope["query_string"]), body)
        return await self.tree()

    @property
    def _spool(self) -> Path:
        return self.services.settings.data / "run" / "uploads"

    def file(self, sent: Any) -> uploads.SpooledFile | None:
        """The file of a parameter: a part of a multipart body, or a `data:` address. None for what is neither."""
        if isinstance(sent, str):
            return uploads.read_data_url(sent, folder=self._spool, opened=self._files)
        return sent if isinstance(sent, uploads.SpooledFile) else None

    def close_files(self) -> None:
        """Uploaded files that nobody kept are gone from here on."""
        for spooled in self._files:
            spooled.file.close()

    async def tree(self) -> params.Tree:
        """All parameters, query and body merged."""
        if self._params is None:
            tree = params.from_query(self.scope["query_string"])
            content_type = self.header(b"content-type")
            # Some clients send the parameters of a GET as a JSON body.
            if content_type or self.method not in ("GET", "HEAD"):
                body = await self.body()
                if body:
                    tree = params.merge(tree, params.from_body(body, content_type))
            self._params = tree
        return self._params

    async def params(self, into: type[T]) -> T:
        """The parameters as a Struct; raises Invalid naming the wrong one."""
        return params.convert(await self.tree(), into)

    @property
    def actor(self) -> Actor:
        """Who acts; only on routes for members."""
        token = self.token
        if token is None or token.account_id is None:
            raise NotAuthenticated("This method requires an authenticated user")
        return Actor(token.account_id, token.role, token.app_id)

    def looked_at_by(self, viewer: Viewer) -> None:
        """Say who looks, where it is no token that tells: the session of a browser."""
        self._viewer = viewer

    async def viewer(self) -> Viewer:
        """Who looks: a member with relations, or ANONYMOUS."""
        if self._viewer is None:
            token = self.token
            if token is None or token.account_id is None:
                self._viewer = ANONYMOUS
            else:
                self._viewer = await self.services.relations.viewer(token.account_id)
        return self._viewer
