"""What the pages for browsers answer to whom: a row for every page and form."""

from __future__ import annotations

from dataclasses import dataclass, field

from holdfast.edge.public import app_is_built


@dataclass(frozen=True)
class PageCodes:
    """What a page answers to nobody, to the member whose `{object}` it is about, to another member, and to one
    whom the owner blocks (as to another, unless said).

    303 to nobody leads to the sign-in page; a suspended member is nobody.
    """

    visitor: int
    owner: int
    stranger: int
    object: str = ""
    blocked: int | None = None
    form: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


_WRONG_PASSWORD = {
    "current_password": "wrong",
    "password": "a new good one 1",
    "password_again": "a new good one 1",
}
_APP_ASKS = {
    "client_id": "{object}",
    "response_type": "code",
    "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
    "scope": "read",
}


def _profile(code: int) -> tuple[PageCodes, ...]:
    return (
        PageCodes(code, code, code, "account_name"),
        PageCodes(404, 404, 404, "suspended_name"),
        PageCodes(404, 404, 404, "missing_name"),
    )


def _post_pages(kind: str, code: int) -> tuple[PageCodes, ...]:
    return (
        PageCodes(code, code, code, f"public_{kind}_page", blocked=404),
        PageCodes(404, code, 404, f"private_{kind}_page"),
        PageCodes(404, code, 404, f"held_{kind}_page"),
        PageCodes(404, 404, 404, "missing_post_page"),
        PageCodes(404, 404, 404, "post_page_of_another"),
    )


# Who cannot see a thing cannot report it.
_SPAM = {"category": "spam"}
_REPORT_ACCOUNT = (
    PageCodes(303, 200, 200, "account_name", form=_SPAM),
    PageCodes(404, 404, 404, "suspended_name", form=_SPAM),
    PageCodes(404, 404, 404, "missing_name", form=_SPAM),
)
_REPORT_POST = (
    PageCodes(303, 200, 200, "public_post_page", blocked=404, form=_SPAM),
    PageCodes(404, 200, 404, "private_post_page", form=_SPAM),
    PageCodes(404, 200, 404, "held_post_page", form=_SPAM),
    PageCodes(404, 404, 404, "missing_post_page", form=_SPAM),
    PageCodes(404, 404, 404, "post_page_of_another", form=_SPAM),
)

# A checkout without node has no app; where there is one it is the same page for everybody.
_APP = 200 if app_is_built() else 404

PAGES: dict[str, tuple[PageCodes, ...]] = {
    "GET /oauth/authorize": (PageCodes(303, 200, 200, "client_id", query=_APP_ASKS),),
    "POST /oauth/authorize": (
        PageCodes(303, 200, 200, "client_id", form={**_APP_ASKS, "decision": "allow"}),
    ),
    "GET /auth/settings": (PageCodes(303, 200, 200),),
    "GET /statements": (PageCodes(303, 200, 200),),
    "GET /statements/{id}": (
        PageCodes(303, 200, 404, "statement"),
        PageCodes(303, 404, 404, "missing_account"),
    ),
    "POST /statements/{id}": (
        PageCodes(303, 303, 404, "statement", form={"text": "It was a joke"}),
        PageCodes(303, 404, 404, "missing_account", form={"text": "It was a joke"}),
    ),
    "GET /statements/post/{id}": (
        PageCodes(303, 200, 404, "held_post"),
        PageCodes(303, 404, 404, "missing_post"),
    ),
    "POST /statements/post/{id}": (
        PageCodes(303, 303, 404, "held_post", form={"text": "It was a joke"}),
        PageCodes(303, 404, 404, "missing_post", form={"text": "It was a joke"}),
    ),
    "GET /policies": (PageCodes(200, 200, 200),),
    "GET /policies/{reference}": (
        PageCodes(200, 200, 200, "policy"),
        PageCodes(404, 404, 404, "missing_policy"),
    ),
    "GET /settings/pictures": (PageCodes(303, 200, 200),),
    "POST /settings/pictures": (PageCodes(303, 303, 303),),
    "GET /settings/export": (PageCodes(303, 200, 200),),
    "GET /settings/export/{file}": (PageCodes(303, 404, 404, "session"),),
    "GET /settings/import": (PageCodes(303, 200, 200),),
    "POST /settings/import": (PageCodes(303, 422, 422, form={"kind": "blocks"}),),
    "GET /settings/import/{id}/failures": (PageCodes(303, 404, 404, "session"),),
    "GET /settings/archive": (PageCodes(303, 200, 200),),
    "POST /settings/archive": (PageCodes(303, 303, 303),),
    "GET /settings/archive/{id}": (PageCodes(303, 404, 404, "session"),),
    "POST /settings/archive/import": (PageCodes(303, 422, 422),),
    "POST /announcements/{id}/dismiss": (
        PageCodes(303, 303, 303, "announcement"),
        PageCodes(303, 404, 404, "missing_account"),
    ),
    "GET /settings/notifications": (PageCodes(303, 200, 200),),
    "POST /settings/notifications": (PageCodes(303, 303, 303, form={"bots": "filter"}),),
    "POST /settings/notifications/requests/{id}/accept": (PageCodes(303, 303, 404, "notification_request"),),
    "POST /settings/notifications/requests/{id}/dismiss": (PageCodes(303, 303, 404, "notification_request"),),
    "GET /settings/move": (PageCodes(303, 200, 200),),
    "POST /settings/move": (PageCodes(303, 422, 422, form={"target": "x", "current_password": "wrong"}),),
    "POST /settings/move/aliases": (PageCodes(303, 422, 422, form={"handle": "?"}),),
    "POST /settings/move/aliases/remove": (PageCodes(303, 303, 303),),
    "POST /settings/move/cancel": (PageCodes(303, 303, 303),),
    "GET /settings/delete": (PageCodes(303, 200, 200),),
    "POST /settings/delete": (PageCodes(303, 422, 422, form={"confirmation": "somebody else"}),),
    "POST /auth/settings/password": (PageCodes(303, 422, 422, form=_WRONG_PASSWORD),),
    "POST /auth/settings/language": (PageCodes(303, 303, 303, form={"language": "en"}),),
    "POST /auth/settings/sessions/{id}/end": (PageCodes(303, 303, 404, "session"),),
    "POST /auth/settings/sessions/end_others": (PageCodes(303, 303, 303),),
    "POST /auth/settings/apps/{id}/end": (PageCodes(303, 303, 303, "app"),),
    "GET /auth/settings/two_factor": (PageCodes(303, 200, 200),),
    "POST /auth/settings/two_factor": (PageCodes(303, 303, 303),),
    "POST /auth/settings/two_factor/disable": (PageCodes(303, 422, 422, form=_WRONG_PASSWORD),),
    "POST /auth/settings/recovery_codes": (PageCodes(303, 422, 422, form=_WRONG_PASSWORD),),
    "GET /auth/sign_in": (PageCodes(200, 303, 303),),
    "POST /auth/sign_in": (PageCodes(422, 422, 422, form={"login": "nobody", "password": "wrong"}),),
    "POST /auth/sign_in/code": (PageCodes(422, 422, 422, form={"proof": "x", "code": "123456"}),),
    "POST /auth/sign_out": (PageCodes(303, 303, 303),),
    "GET /report": (PageCodes(200, 200, 200),),
    "POST /report": (PageCodes(422, 422, 422, form={"address": "/@nobody_at_all"}),),
    "GET /report/{id}/{secret}": (PageCodes(404, 404, 404, "missing_account"),),
    "GET /notice": (PageCodes(200, 200, 200),),
    "GET /notice/{kind}": (
        PageCodes(200, 200, 200, "notice_kind"),
        PageCodes(404, 404, 404, "missing_record"),
    ),
    "POST /notice/{kind}": (
        PageCodes(422, 422, 422, "notice_kind"),
        PageCodes(404, 404, 404, "missing_record"),
    ),
    "GET /notice/status/{token}": (PageCodes(404, 404, 404, "missing_record"),),
    "POST /notice/status/{token}": (PageCodes(404, 404, 404, "missing_record", form={"text": "more"}),),
    "GET /notices/new": (PageCodes(302, 302, 302),),
    "GET /notices/{token}": (PageCodes(404, 404, 404, "missing_record"),),
    "GET /auth/sign_up": (PageCodes(200, 303, 303),),
    "POST /auth/sign_up": (PageCodes(422, 422, 422, form={"username": ""}),),
    "GET /auth/password/{secret}": (PageCodes(200, 200, 200, "link"),),
    "POST /auth/password/{secret}": (PageCodes(422, 422, 422, "link", form={"password": "x"}),),
    "GET /static/{file}": (PageCodes(200, 200, 200, "static_file"),),
    "GET /app": (PageCodes(302, 302, 302),),
    **{
        f"GET /app/{path}": (PageCodes(_APP, _APP, _APP, "app_path"),)
        for path in ("{page}", "{page}/{part}", "{page}/{part}/{detail}", "sw.js")
    },
    "GET /app/assets/{file}": (PageCodes(404, 404, 404, "session"),),
    "GET /app/icons/{file}": (PageCodes(404, 404, 404, "session"),),
    "GET /app/manifest.webmanifest": (PageCodes(200, 200, 200),),
    # Without the header that only the app sends.
    "POST /api/holdfast/v1/session": (PageCodes(403, 403, 403),),
    "GET /": (PageCodes(200, 200, 200),),
    "GET /about": (PageCodes(200, 200, 200),),
    "GET /transparency": (PageCodes(200, 200, 200),),
    "GET /transparency/ledger": (PageCodes(200, 200, 200),),
    "GET /receipts/{record_id}": (
        PageCodes(200, 200, 200, "ledger_record"),
        PageCodes(404, 404, 404, "missing_record"),
    ),
    # The operator of this site has written neither.
    "GET /privacy-policy": (PageCodes(404, 404, 404),),
    "GET /terms-of-service": (PageCodes(404, 404, 404),),
    "GET /tags/{tag}": (PageCodes(200, 200, 200, "tag"),),
    "GET /@{name}": _profile(200),
    "GET /@{name}/feed.atom": _profile(200),
    "GET /users/{name}": _profile(302),
    "GET /@{name}/{id}": _post_pages("post", 200),
    "GET /@{name}/{id}/history": _post_pages("edited_post", 200),
    "GET /@{name}/{id}/embed": (
        PageCodes(200, 200, 200, "public_post_page", blocked=200),
        PageCodes(404, 404, 404, "private_post_page"),
        PageCodes(404, 404, 404, "held_post_page"),
        PageCodes(404, 404, 404, "missing_post_page"),
        PageCodes(404, 404, 404, "post_page_of_another"),
    ),
    "GET /users/{name}/statuses/{id}": _post_pages("post", 302),
    "GET /@{name}/report": _REPORT_ACCOUNT,
    "POST /@{name}/report": _REPORT_ACCOUNT,
    "GET /@{name}/{id}/report": _REPORT_POST,
    "POST /@{name}/{id}/report": _REPORT_POST,
    "GET /healthz": (PageCodes(200, 200, 200),),
    "GET /readyz": (PageCodes(200, 200, 200),),
}
