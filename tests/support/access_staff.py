"""Who of the staff may do what: one row for every route under /admin, with the lowest role, the scope and the answer.

A route under /admin without a row fails the sweep in tests/integration/test_access_staff.py.
"""

from __future__ import annotations

from typing import Any

from tests.support.access_decisions import DECISIONS
from tests.support.access_desk import DESK
from tests.support.access_evidence import EVIDENCE
from tests.support.access_notices import NOTICE_DESK
from tests.support.access_quality import QUALITY
from tests.support.staff_rows import ROLES, StaffRow

__all__ = ["ROLES", "STAFF", "StaffRow"]

_PERIOD = {"start_at": "2026-01-01", "end_at": "2026-01-03"}
_A = "/api/v1/admin"


def _kept(
    path: str, scope: str, thing: str, create: dict[str, Any], *, put: bool = False
) -> dict[str, StaffRow]:
    """The five routes of a list that the staff keeps, which only administrators may touch."""
    rows = {
        f"GET {_A}/{path}": StaffRow("admin", f"admin:read:{scope}"),
        f"POST {_A}/{path}": StaffRow("admin", f"admin:write:{scope}", form=create),
        f"GET {_A}/{path}/{{id}}": StaffRow("admin", f"admin:read:{scope}", thing),
        f"DELETE {_A}/{path}/{{id}}": StaffRow("admin", f"admin:write:{scope}", thing),
    }
    if put:
        rows[f"PUT {_A}/{path}/{{id}}"] = StaffRow("admin", f"admin:write:{scope}", thing)
    return rows


STAFF: dict[str, StaffRow] = {
    "GET /api/v2/admin/accounts": StaffRow("moderator", "admin:read:accounts"),
    f"GET {_A}/accounts": StaffRow("moderator", "admin:read:accounts"),
    f"GET {_A}/accounts/{{id}}": StaffRow("moderator", "admin:read:accounts", "account"),
    f"DELETE {_A}/accounts/{{id}}": StaffRow("admin", "admin:write:accounts", "suspended_account"),
    f"POST {_A}/accounts/{{id}}/approve": StaffRow("moderator", "admin:write:accounts", "pending_account"),
    f"POST {_A}/accounts/{{id}}/reject": StaffRow("moderator", "admin:write:accounts", "pending_account"),
    **{
        f"POST {_A}/accounts/{{id}}/{verb}": StaffRow("moderator", "admin:write:accounts", "account")
        for verb in ("action", "enable", "unsilence", "unsuspend", "unsensitive")
    },
    f"GET {_A}/reports": StaffRow("moderator", "admin:read:reports"),
    f"GET {_A}/reports/{{id}}": StaffRow("moderator", "admin:read:reports", "report"),
    f"PUT {_A}/reports/{{id}}": StaffRow("moderator", "admin:write:reports", "report"),
    **{
        f"POST {_A}/reports/{{id}}/{verb}": StaffRow("moderator", "admin:write:reports", "report")
        for verb in ("assign_to_self", "unassign", "resolve", "reopen")
    },
    **_kept("domain_blocks", "domain_blocks", "server_block", {"domain": "{fresh}.example"}, put=True),
    **_kept("domain_allows", "domain_allows", "server_allow", {"domain": "{fresh}.example"}),
    **_kept("email_domain_blocks", "email_domain_blocks", "mail_domain_block", {"domain": "{fresh}.example"}),
    **_kept(
        "canonical_email_blocks", "canonical_email_blocks", "mailbox_block", {"email": "{fresh}@mail.example"}
    ),
    f"POST {_A}/canonical_email_blocks/test": StaffRow(
        "admin", "admin:read:canonical_email_blocks", form={"email": "a@mail.example"}
    ),
    **_kept(
        "ip_blocks", "ip_blocks", "network_block", {"ip": "{network}", "severity": "sign_up_block"}, put=True
    ),
    **{
        f"GET {_A}/trends/{kind}": StaffRow("moderator", "admin:read")
        for kind in ("tags", "statuses", "links")
    },
    **{
        f"POST {_A}/trends/{kind}/{{id}}/{verb}": StaffRow("moderator", "admin:write", thing)
        for kind, thing in (("tags", "tag"), ("statuses", "post"), ("links", "link"))
        for verb in ("approve", "reject")
    },
    f"POST {_A}/measures": StaffRow("moderator", "admin:read", form={"keys[]": "new_users", **_PERIOD}),
    f"POST {_A}/dimensions": StaffRow("moderator", "admin:read", form={"keys[]": "languages", **_PERIOD}),
    f"POST {_A}/retention": StaffRow("moderator", "admin:read", form={"frequency": "day", **_PERIOD}),
    **DESK,
    **DECISIONS,
    **EVIDENCE,
    **NOTICE_DESK,
    **QUALITY,
}
