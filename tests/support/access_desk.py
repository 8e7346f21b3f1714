"""Who of the staff may do what at the desk: one row for every route under /api/holdfast/v1 that asks for a permission."""

from __future__ import annotations

from tests.support.staff_rows import StaffRow

_D = "/api/holdfast/v1"
_READ, _WRITE = "admin:read:reports", "admin:write:reports"
_MUTE = {"days": "3", "reason": "a test"}

DESK: dict[str, StaffRow] = {
    **{
        f"GET {_D}/{path}": StaffRow("moderator", _READ)
        for path in ("lanes", "backlog", "queues", "cases", "log")
    },
    **{f"GET {_D}/desk/{path}": StaffRow("admin", _READ) for path in ("mirror", "drills", "doctor")},
    f"GET {_D}/subjects/{{kind}}/{{key}}": StaffRow("moderator", _READ, "account", 404),
    f"POST {_D}/subjects/{{kind}}/{{key}}/mute": StaffRow("moderator", _WRITE, "account", 404, form=_MUTE),
    f"DELETE {_D}/subjects/{{kind}}/{{key}}/mute": StaffRow("moderator", _WRITE, "account", 404),
    f"PUT {_D}/queues/{{name}}": StaffRow("admin", _WRITE, "queue", form={"title": "A queue"}, makes=True),
    f"DELETE {_D}/queues/{{name}}": StaffRow("admin", _WRITE, "queue"),
    f"POST {_D}/cases": StaffRow("moderator", _WRITE, form={"account_id": "{account}"}),
    f"POST {_D}/cases/next": StaffRow("moderator", _WRITE),
    f"GET {_D}/cases/{{id}}": StaffRow("moderator", _READ, "case"),
    f"GET {_D}/cases/{{id}}/members": StaffRow("moderator", _READ, "case"),
    **{
        f"POST {_D}/cases/{{id}}/{verb}": StaffRow("moderator", _WRITE, "case")
        for verb in ("claim", "release", "skip", "assign", "escalate")
    },
    f"POST {_D}/cases/{{id}}/heartbeat": StaffRow("moderator", _WRITE, "case", 422),
}
