"""Who of the staff may do what about legal holds and evidence bundles."""

from __future__ import annotations

from tests.support.staff_rows import StaffRow

_D = "/api/holdfast/v1"
_READ, _WRITE = "admin:read:reports", "admin:write:reports"

EVIDENCE: dict[str, StaffRow] = {
    f"GET {_D}/holds": StaffRow("admin", _READ),
    f"POST {_D}/holds": StaffRow("admin", _WRITE, form={"id": "{account}", "reason": "an order"}),
    f"GET {_D}/holds/{{id}}": StaffRow("admin", _READ, "hold"),
    f"POST {_D}/holds/{{id}}/release": StaffRow("admin", _WRITE, "hold"),
    # It does not say what it is about.
    f"POST {_D}/evidence/bundles": StaffRow("admin", _WRITE, code=422),
    f"POST {_D}/evidence/notices": StaffRow("admin", _WRITE, code=422),
    f"GET {_D}/evidence/disclosures": StaffRow("admin", _READ),
}
