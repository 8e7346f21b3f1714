"""Which pg_basebackup is taken, and which parameters an older server is started with."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.platform.postgres import ProgramsMissing, client_programs
from holdfast.platform.postgres.configuration import known_options
from holdfast.platform.postgres.outside_programs import nearest


def test_the_nearest_version_above_the_server_is_taken() -> None:
    found = [(15, Path("/15")), (18, Path("/18")), (17, Path("/17"))]
    assert nearest(15, found) == Path("/15")
    assert nearest(16, found) == Path("/17")
    assert nearest(19, found) is None


def test_a_folder_that_is_named_and_holds_none_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(ProgramsMissing, match="HOLDFAST_POSTGRES_BIN"):
        client_programs(15, encrypted=True, configured=tmp_path)


def test_no_program_old_or_without_tls_is_taken_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.platform.postgres.outside_programs.system_folders", lambda: ())
    with pytest.raises(ProgramsMissing, match="postgresql-client-15"):
        client_programs(15, encrypted=True)
    with pytest.raises(ProgramsMissing, match="postgresql-client-99"):
        client_programs(99, encrypted=False)


def test_an_older_server_gets_no_parameter_that_it_does_not_know() -> None:
    options = {"io_method": "sync", "summarize_wal": "on", "jit": "off"}
    assert known_options(options, 15) == {"jit": "off"}
    assert known_options(options, 17) == {"summarize_wal": "on", "jit": "off"}
    assert known_options(options, 18) == options
