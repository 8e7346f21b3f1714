"""Every route of the client API is called, and answers well."""

from __future__ import annotations

import pytest

from holdfast.platform.config import Settings
from tests.support.tour import MASTODON, UNANSWERED, toured

pytestmark = pytest.mark.integration


async def test_every_route_of_the_client_api_answers_well(settings: Settings) -> None:
    async with toured(settings) as guide:
        recording = guide.recording
        reached = recording.reached()
        left = {f"{route.method} {route.path}" for route in MASTODON if route not in reached}
        assert left == UNANSWERED.keys()
        failed = [f"{one.address}: {one.body}" for one in recording.exchanges if one.status >= 500]
        assert not failed, "\n".join(failed)
