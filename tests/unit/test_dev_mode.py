"""`holdfast up --dev`: what it relaxes, and where it refuses."""

from __future__ import annotations

import pytest

from holdfast.main.dev_mode import DEV_SETTINGS, check_dev_host, dev_overrides
from holdfast.platform.config import load
from holdfast.pure.errors import Invalid


def test_relaxes_what_was_not_set() -> None:
    loaded = load({"rate_signups": 7}, environment={"HOLDFAST_REGISTRATIONS": "approval"})
    relaxed = dev_overrides(loaded.sources)
    assert set(DEV_SETTINGS) - set(relaxed) == {"rate_signups", "registrations"}
    settings = load(
        {"rate_signups": 7, **relaxed}, environment={"HOLDFAST_REGISTRATIONS": "approval"}
    ).settings
    assert (settings.rate_signups, settings.registrations, settings.rate_requests) == (
        7,
        "approval",
        10_000_000,
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_listens_on_this_machine(host: str) -> None:
    check_dev_host(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_refuses_to_be_reached_from_elsewhere(host: str) -> None:
    with pytest.raises(Invalid, match="--dev"):
        check_dev_host(host)
