"""Settings without limits, for tests of other things: whoever asks may ask as much as `holdfast up --dev` lets them."""

from __future__ import annotations

from holdfast.main.dev_mode import DEV_SETTINGS

UNLIMITED: dict[str, int] = {
    name: int(value) for name, value in DEV_SETTINGS.items() if name.startswith(("rate_", "visitor_"))
}
