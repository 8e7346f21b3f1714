"""Who may do what with notices from outside: everybody may send one, and only who has its token may read on."""

from __future__ import annotations

from tests.support.access_rows import ANY, NOBODYS, Row

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
