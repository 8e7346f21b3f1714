"""Who may do what about decisions, policies, templates, plans and statements of reasons."""

from __future__ import annotations

from tests.support.access_rows import ANY, NOBODYS, Codes, Row
from tests.support.staff_rows import StaffRow

_D = "/api/holdfast/v1"
_READ, _WRITE = "admin:read:reports", "admin:write:reports"
_ANSWER = {"outcome": "upheld", "answer": "It stays.", "version": "1"}
_RULING = {"version": "1", "actions[0][kind]": "no_violation"}
_PLAN = {"query[text]": "nobody wrote this", "ruling[actions][0][kind]": "no_violation"}
_TEMPLATE = {"id": "hello-{fresh}", "title": "A greeting", "texts[en]": "Good day."}

DECISIONS: dict[str, StaffRow] = {
    f"POST {_D}/cases/{{id}}/preview": StaffRow("moderator", _READ, "case", form=_RULING),
    f"POST {_D}/cases/{{id}}/decide": StaffRow("moderator", _WRITE, "case", form=_RULING),
    f"GET {_D}/decisions": StaffRow("moderator", _READ),
    f"GET {_D}/decisions/{{id}}": StaffRow("moderator", _READ, "decision"),
    f"GET {_D}/decisions/{{id}}/effects": StaffRow("moderator", _READ, "decision"),
    f"POST {_D}/decisions/{{id}}/undo": StaffRow("moderator", _WRITE, "decision"),
    f"GET {_D}/desk/appeals": StaffRow("moderator", _READ),
    f"GET {_D}/desk/appeals/{{id}}": StaffRow("moderator", _READ, "appeal"),
    f"POST {_D}/desk/appeals/{{id}}/messages": StaffRow(
        "moderator", _WRITE, "appeal", form={"text": "Which play?"}
    ),
    f"POST {_D}/desk/appeals/{{id}}/answer": StaffRow("moderator", _WRITE, "appeal", form=_ANSWER),
    f"GET {_D}/desk/overturns": StaffRow("moderator", _READ),
    f"GET {_D}/kept_out": StaffRow("moderator", _READ),
    # The document lacks everything: who may is told so.
    f"POST {_D}/policies": StaffRow("admin", _WRITE, code=422),
    f"GET {_D}/templates": StaffRow("moderator", _READ),
    f"GET {_D}/templates/{{name}}": StaffRow("moderator", _READ, "template"),
    f"POST {_D}/templates/{{name}}/fill": StaffRow("moderator", _READ, "template"),
    f"POST {_D}/templates": StaffRow("admin", _WRITE, form=_TEMPLATE),
    f"GET {_D}/bulk": StaffRow("moderator", _READ),
    f"POST {_D}/bulk": StaffRow("moderator", _WRITE, form=_PLAN),
    f"GET {_D}/bulk/{{id}}": StaffRow("moderator", _READ, "plan"),
    f"POST {_D}/bulk/{{id}}/approve": StaffRow("moderator", _WRITE, "plan"),
    # The digest is another.
    f"POST {_D}/bulk/{{id}}/run": StaffRow("moderator", _WRITE, "plan", 422),
}

_MISSING = {"missing_account": NOBODYS}
_POLICY = {"policy": ANY, "missing_policy": NOBODYS}
ABOUT_DECISIONS: dict[str, Row] = {
    f"GET {_D}/policies": Row({"": ANY}),
    **{f"GET {_D}/policies/{{reference}}{more}": Row(_POLICY) for more in ("", "/versions", "/difference")},
    **{f"GET {_D}/{name}": Row({"": ANY}) for name in ("appeals", "held", "reports")},
    f"POST {_D}/appeals": Row({"": Codes(422, 422, 422, 401)}),
    f"GET {_D}/appeals/{{id}}": Row({"appeal": Codes(200, 404, 404, 404), **_MISSING}),
    f"POST {_D}/appeals/{{id}}/messages": Row(
        {"appeal": Codes(200, 404, 404, 404), **_MISSING}, {"text": "and more"}
    ),
    f"GET {_D}/statements": Row({"": ANY}),
    f"GET {_D}/statements/{{id}}": Row({"statement": Codes(200, 404, 404, 404), "missing_account": NOBODYS}),
}
PUBLIC_POLICIES = frozenset(
    {
        f"GET {_D}/policies",
        f"GET {_D}/policies/{{reference}}",
        f"GET {_D}/policies/{{reference}}/versions",
        f"GET {_D}/policies/{{reference}}/difference",
    }
)
