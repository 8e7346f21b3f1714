"""Server-rendered pages: one layout, one policy, no script.

    @routes.get("/about", Access.browser())
    @page
    async def about(call: Call, visit: Visit) -> Answer:
        return render(call, visit, "about.html", title="About")

    @routes.post("/auth/sign_out", Access.browser())
    @form
    async def sign_out(call: Call, visit: Visit, fields: dict[str, str]) -> Answer: ...

Templates extend `layout.html`, use the macros of `parts.html`, and are escaped by themselves. Every form
holds `{{ form_token_field() }}`, else `form` refuses it. A page whose template marks its sentences is in the reader's
language (translations.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ...pure.errors import HoldfastError, LimitReached, NotAuthenticated, NotFound
from ..answers import Answer, Header, html_answer, redirect, status_of
from ..call import Call
from ..frozen import check_thawed_form
from ..site_standing import standing_in
from .app import is_built
from .browser import Visit, find_closed_visit, find_visit, form_token, read_form
from .static_files import static_url
from .translations import LANGUAGES, is_marked, teach, wanted_language

log = structlog.get_logger(__name__)

Page = Callable[[Call, Visit], Awaitable[Answer]]
Form = Callable[[Call, Visit, dict[str, str]], Awaitable[Answer]]
Shown = Callable[[Call], Awaitable[Answer]]

NO_STORE: Header = (b"cache-control", b"no-store")
# A page that others may frame: no script, no form, no cookie of ours, and links that open beside it.
FRAMED: tuple[Header, ...] = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; base-uri 'self';"
            b" form-action 'none'; frame-ancestors *; sandbox allow-popups allow-popups-to-escape-sandbox"
        ),
    ),
)
_NOT_FOUND = "It was never there, it was removed, or it is not for everybody to see."
_HEADINGS = {
    401: "Please sign in",
    403: "That is not allowed",
    404: "There is nothing here",
    410: "This is gone",
    422: "That did not work",
    429: "A little slower, please",
    503: "Back in a moment",
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static_url"] = static_url
    environment.globals["app_is_built"] = is_built
    teach(environment)
    return environment


@cache
def _is_marked(template: str) -> bool:
    return is_marked(_environment(), template)


def page(handler: Page) -> Shown:
    """A handler of a page: it is given the visit, and its errors become pages too."""

    @wraps(handler)
    async def handle(call: Call) -> Answer:
        visit = await find_visit(call)
        return await _answered(call, visit, handler.__name__, lambda: handler(call, visit))

    return handle


def closed_page(handler: Page) -> Shown:
    """A page that also members see whose accounts are suspended or disabled."""

    @wraps(handler)
    async def handle(call: Call) -> Answer:
        visit = await find_closed_visit(call)
        return await _answered(call, visit, handler.__name__, lambda: handler(call, visit))

    return handle


def form(handler: Form) -> Shown:
    """A handler of a form: it is given the fields, once it is sure that one of our pages sent them."""
    return _form(handler, find_visit)


def closed_form(handler: Form) -> Shown:
    """A form that also members can send whose accounts are suspended or disabled."""
    return _form(handler, find_closed_visit)


def _form(handler: Form, find: Callable[[Call], Awaitable[Visit]]) -> Shown:
    @wraps(handler)
    async def handle(call: Call) -> Answer:
        visit = await find(call)

        async def read_and_handle() -> Answer:
            if visit.session is not None and visit.session.frozen:
                check_thawed_form(call.path)
            return await handler(call, visit, await read_form(call, visit))

        return await _answered(call, visit, handler.__name__, read_and_handle)

    return handle


async def _answered(call: Call, visit: Visit, name: str, make: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        answer = await make()
    except NotAuthenticated:
        answer = redirect(sign_in_path(_here(call)))
    except HoldfastError as error:
        if error.private:
            log.info("page.refused", page=name, why=error.private)
        answer = error_page(call, visit, error)
    except Exception:
        # Named by its page, not by its address: an address can hold the secret of a one-time link.
        log.exception("page.failed", page=name)
        answer = error_page(call, visit, HoldfastError("Something went wrong here. Try again in a moment."))
    answer.headers = [*answer.headers, *visit.cookies]
    return answer


def _here(call: Call) -> str:
    """Where to come back to after signing in: only pages that can be asked for again."""
    if call.method not in ("GET", "HEAD"):
        return "/auth/settings"
    query = call.scope["query_string"].decode("latin-1")
    return quote(call.path, safe="/@:") + (f"?{query}" if query else "")


def sign_in_path(back_to: str) -> str:
    """The sign-in page, which leads back afterwards."""
    return f"/auth/sign_in?next={quote(back_to, safe='/')}"


def render(
    call: Call, visit: Visit, template: str, *, title: str, status: int = 200,
    headers: Iterable[Header] = (NO_STORE,), form_targets: Iterable[str] = (),
    policy: Iterable[Header] | None = None, page_language: str = "", **values: Any,
) -> Answer:  # fmt: skip
    """A page. `form_targets` are CSP sources where a form of it may lead besides this server; `policy`: in place of
    the usual one, which lets nobody frame the page. `page_language`: of a page that is not translated by marks, and is
    in that language all the same."""
    settings = call.services.settings
    token = form_token(call, visit)
    if not page_language:
        page_language = wanted_language(call, visit) if _is_marked(template) else LANGUAGES[0]
    body = _environment().get_template(template).render(
        title=title,
        page_language=page_language,
        site=settings.title,
        site_description=settings.description,
        registrations=settings.registrations,
        session=visit.session,
        anybody_reports=settings.anonymous_reports,
        notices_open=settings.notice_forms,
        standing=standing_in(settings.data.resolve()),
        form_token_field=lambda: Markup('<input type="hidden" name="form_token" value="{}">').format(token),
        **values,
    )  # fmt: skip
    shown = [
        (name, _with_files(value, settings.media_url)) for name, value in policy or _policy(form_targets)
    ]
    return html_answer(body, status=status, headers=[*headers, *shown])


def _with_files(policy: bytes, media_url: str) -> bytes:
    """Pictures, videos and sounds may also come from the address that files are served from, if there is another one."""
    if not media_url:
        return policy
    there = media_url.rstrip("/").encode()
    for kind in (b"img-src 'self'", b"media-src 'self'"):
        policy = policy.replace(kind, kind + b" " + there)
    return policy


def error_page(call: Call, visit: Visit, error: HoldfastError) -> Answer:
    """What went wrong, in words, with the status of its family."""
    status = status_of(error)
    headers = [NO_STORE]
    if isinstance(error, LimitReached):
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    heading = _HEADINGS.get(status, "Something went wrong")
    # What the API says of a missing thing is written for programs.
    message = _NOT_FOUND if error.public == NotFound.public else error.public
    return render(call, visit, "error.html", title=heading, status=status, headers=headers, message=message)


def refusal_page(call: Call, error: HoldfastError) -> Answer:
    """What went wrong before it was looked who is there: the page of a visitor, which costs no look at the database."""
    secure = call.services.base_url.startswith("https://")
    return error_page(call, Visit(None, "", secure), error)


def _policy(form_targets: Iterable[str]) -> list[Header]:
    targets = " ".join(("'self'", *form_targets))
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; manifest-src 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'; form-action {targets}"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
