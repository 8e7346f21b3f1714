"""Who may do what with notices from outside: everybody may send one, and only who has its token may read on."""

from __future__ import annotations

from tests.support.access_rows import ANY, NOBODYS, Row
from tests.support.staff_rows import StaffRow

_API = "/api/holdfast/v1/notices"
_QUESTION = {
    "kind": "press", "preset": "report.user", "name": "Ann", "email": "ann@example.org", "explanation": "What is this?",
}  # fmt: skip

PUBLIC_NOTICES = frozenset(
    {
        f"GET {_API}/kinds",
        f"POST {_API}",
        f"GET {_API}/status/{{token}}",
        f"POST {_API}/status/{{token}}/messages",
    }
)
NOTICE_ROWS: dict[str, Row] = {
    f"GET {_API}/kinds": Row({"": ANY}),
    f"POST {_API}": Row({"": ANY}, _QUESTION),
    f"GET {_API}/status/{{token}}": Row({"missing_record": NOBODYS}),
    f"POST {_API}/status/{{token}}/messages": Row({"missing_record": NOBODYS}, {"text": "more"}),
}

_DESK = "/api/holdfast/v1/desk/notices"
_REFERRALS = "/api/holdfast/v1/desk/notice_referrals"
_SENDERS = "/api/holdfast/v1/desk/notice_senders"
_PRESETS = "/api/holdfast/v1/desk/notice_presets"
_READ, _WRITE = "admin:read:reports", "admin:write:reports"
_LETTER = {"preset": "report.user", "text": "A letter"}
_REFERRAL = {
    "authority": "The police",
    "offence": "A threat",
    "threat": "To a life",
    "facts": "What is known",
}

NOTICE_DESK: dict[str, StaffRow] = {
    f"GET {_DESK}": StaffRow("moderator", _READ),
    f"POST {_DESK}": StaffRow("moderator", _WRITE, form=_LETTER),
    f"GET {_DESK}/{{id}}": StaffRow("moderator", _READ, "notice"),
    **{
        f"GET {_DESK}/{{id}}/{part}": StaffRow("moderator", _READ, "notice")
        for part in ("items", "timeline", "counters", "readiness")
    },
    **{
        f"POST {_DESK}/{{id}}/{verb}": StaffRow("moderator", _WRITE, "notice", form=form)
        for verb, form in (
            ("steps", {"step": "acknowledge"}),
            ("kind", {"reason": "a test"}),
            ("verify", {"how": "phone", "evidence": "a call"}),
            ("assign", {"account_id": ""}),
            ("seen", {}),
            ("notes", {"text": "a note"}),
            ("readiness", {}),
        )
    },
    # The account that stands for its message is none of it.
    f"GET {_DESK}/{{id}}/messages/{{message}}/raw": StaffRow("moderator", _READ, "notice", 404),
    # It has no items, no such clock, no counter-notice, nothing of this name to check.
    f"GET {_DESK}/{{id}}/items/{{n}}/snapshot": StaffRow("moderator", _READ, "notice", 404),
    **{
        f"POST {_DESK}/{{id}}/items/{{n}}/{verb}": StaffRow("moderator", _WRITE, "notice", 404)
        for verb in ("outcome", "resolve", "case")
    },
    f"POST {_DESK}/{{id}}/clocks/{{clock}}/{{verb}}": StaffRow("moderator", _WRITE, "notice", 404),
    f"POST {_DESK}/{{id}}/counters": StaffRow("moderator", _WRITE, "notice", 404),
    f"POST {_DESK}/{{id}}/counters/{{counter}}/forwarded": StaffRow("moderator", _WRITE, "notice", 404),
    f"POST {_DESK}/{{id}}/counters/{{counter}}/suit": StaffRow("moderator", _WRITE, "notice", 404),
    f"POST {_DESK}/{{id}}/readiness/{{key}}": StaffRow("moderator", _WRITE, "notice", 404),
    f"GET {_REFERRALS}": StaffRow("moderator", _READ),
    f"POST {_REFERRALS}": StaffRow("moderator", _WRITE, form=_REFERRAL),
    f"POST {_REFERRALS}/{{id}}/sent": StaffRow("moderator", _WRITE, "account", 404),
    f"GET {_PRESETS}": StaffRow("moderator", _READ),
    # It holds no presets.
    f"PUT {_PRESETS}": StaffRow("admin", _WRITE, code=422, form={"content": "nothing"}),
    f"GET {_DESK}/{{id}}/answers": StaffRow("moderator", _READ, "notice"),
    f"POST {_DESK}/{{id}}/answers/draft": StaffRow("moderator", _READ, "notice"),
    f"POST {_DESK}/{{id}}/answers/notes": StaffRow("moderator", _WRITE, "notice", form={"kind": "letter"}),
    # Nothing was read.
    f"POST {_DESK}/{{id}}/answers": StaffRow("moderator", _WRITE, "notice", 422),
    f"GET {_SENDERS}": StaffRow("moderator", _READ),
    f"GET {_SENDERS}/scorecard": StaffRow("moderator", _READ, code=422),
    f"POST {_SENDERS}/pace": StaffRow("moderator", _WRITE, code=422),
}
