"""Who may do what about quality, reporters, reviewers and the breaker of the backlog."""

from __future__ import annotations

from tests.support.access_rows import ANY, Row
from tests.support.staff_rows import StaffRow

_D = "/api/holdfast/v1"
_READ, _WRITE = "admin:read:reports", "admin:write:reports"
_MUTE = {"days": "3", "reason": "a test"}
_PAUSE = {"hours": "0", "reason": "a test"}

QUALITY: dict[str, StaffRow] = {
    **{
        f"GET {_D}/{path}": StaffRow("moderator", _READ)
        for path in ("quality", "quality/looks", "reviewers/me", "reporters")
    },
    f"PUT {_D}/reviewers/me": StaffRow("moderator", _WRITE, form={"blur": "false"}),
    f"GET {_D}/reviewers": StaffRow("admin", _READ),
    f"GET {_D}/reporters/{{id}}": StaffRow("moderator", _READ, "account"),
    f"POST {_D}/reporters/{{id}}/mute": StaffRow("moderator", _WRITE, "account", form=_MUTE),
    f"DELETE {_D}/reporters/{{id}}/mute": StaffRow("moderator", _WRITE, "account"),
    # It holds one post alone.
    f"POST {_D}/cases/{{id}}/take_out": StaffRow("moderator", _WRITE, "case", 422),
    # It is no second look, and nobody decided it.
    f"POST {_D}/cases/{{id}}/verdict": StaffRow(
        "moderator", _WRITE, "case", 404, {"outcome": "no_violation"}
    ),
    f"GET {_D}/cases/{{id}}/verdicts": StaffRow("moderator", _READ, "case", 404),
    f"POST {_D}/cases/{{id}}/gold": StaffRow("moderator", _WRITE, "case", 422, {"note": "a test"}),
    f"GET {_D}/quality/gold": StaffRow("admin", _READ),
    f"DELETE {_D}/quality/gold/{{id}}": StaffRow("admin", _WRITE, "account", 404),
    f"GET {_D}/quality/objections": StaffRow("admin", _READ),
    f"POST {_D}/quality/looks/{{id}}/objection": StaffRow("moderator", _WRITE, "account", 404),
    f"POST {_D}/quality/looks/{{id}}/answer": StaffRow("admin", _WRITE, "account", 404),
    **{
        f"GET {_D}/{path}": StaffRow("moderator", _READ) for path in ("rules", "rule_trials", "team", "roles")
    },
    f"GET {_D}/rules/{{name}}": StaffRow("moderator", _READ, "rule"),
    f"POST {_D}/rules/{{name}}/stage": StaffRow("admin", _WRITE, "rule", 422, {"to": "nowhere"}),
    f"POST {_D}/rule_trials": StaffRow("moderator", _WRITE, form={"source": "nothing", "posts": "1"}),
    f"GET {_D}/rule_trials/{{id}}": StaffRow("moderator", _READ, "trial"),
    f"PUT {_D}/team/{{id}}/role": StaffRow("admin", _WRITE, "account", form={"role": "member"}),
    # It is no one of the team.
    f"PUT {_D}/team/{{id}}/caps": StaffRow("admin", _WRITE, "account", 404, {"daily_items": "3"}),
    f"POST {_D}/breaker/pause": StaffRow("admin", _WRITE, form=_PAUSE),
}

ABOUT_BREAKER: dict[str, Row] = {
    f"GET {_D}/breaker": Row({"": ANY}),
    f"GET {_D}/breaker/steps": Row({"": ANY}),
    f"GET {_D}/transparency": Row({"": ANY}),
    f"GET {_D}/transparency.csv": Row({"": ANY}),
    f"GET {_D}/transparency/dsa.csv": Row({"": ANY}),
}
PUBLIC_BREAKER = frozenset(ABOUT_BREAKER)
