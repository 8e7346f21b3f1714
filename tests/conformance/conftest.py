"""A running server for each file, so that none finds what another has left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.whole_server import WholeServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeServer]:
    running = WholeServer(tmp_path_factory.mktemp("conformance") / "data")
    try:
        running.wait_ready()
        for name in ("ann", "bob", "carla"):
            running.add_member(name)
        yield running
        assert running.stop() == 0
        # Whatever a client did, no request failed inside.
        assert "request.failed" not in running.log.read_text()
    finally:
        running.close()
