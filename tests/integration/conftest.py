"""Fixtures of the integration lane."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from holdfast.platform.config import Settings
from tests.support.mirror_operator import Operator
from tests.support.site import Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """A site with default settings; a file that needs others has a fixture of its own."""
    async with open_site(settings) as opened:
        yield opened


@pytest.fixture
def operator(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Who sets up the site's mirror."""
    return Operator(site, tmp_path_factory.mktemp("operator"))
