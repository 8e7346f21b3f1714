"""`holdfast up --dev`: what it relaxes, and where it refuses."""

from __future__ import annotations

import pytest

from holdfast.main.dev_mode import DEV_SETTINGS, check_dev_host, dev_environment
from holdfast.platform.config import load
from holdfast.pure.errors import Invalid


def test_relaxes_what_was_not_set() -> None:
    given = {"HOLDFAST_REGISTRATIONS": "approval"}
    relaxed = dev_environment(load({"rate_signups": 7}, environment=given).sources)
    assert {f"HOLDFAST_{name.upper()}" for name in DEV_SETTINGS} - set(relaxed) == {
        "HOLDFAST_RATE_SIGNUPS",
        "HOLDFAST_REGISTRATIONS",
    }
    settings = load({"rate_signups": 7}, environment={**given, **relaxed}).settings
    assert (settings.rate_signups, settings.registrations) == (7, "approval")
    assert settings.rate_requests == 10_000_000
    assert settings.outbound_private_allowed == ("localhost", "127.0.0.0/8", "::1/128")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_listens_on_this_machine(host: str) -> None:
    check_dev_host(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_refuses_to_be_reached_from_elsewhere(host: str) -> None:
    with pytest.raises(Invalid, match="--dev"):
        check_dev_host(host)
