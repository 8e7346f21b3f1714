"""`holdfast import` as it is typed."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from holdfast.main.cli.imports import app
from holdfast.platform.config import Settings
from holdfast.platform.files import FileMissing
from holdfast.platform.master_key import create_master_key
from holdfast.pure.errors import Invalid

pytestmark = pytest.mark.integration


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    create_master_key(settings)
    monkeypatch.setenv("HOLDFAST_DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("HOLDFAST_DATA", str(settings.data))

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


def test_a_file_full_of_trouble_ends_well_and_tells_everything(run, tmp_path: Path) -> None:
    lines = [
        b'{"id": 1, "text": "fine"}',
        *[b"{broken"] * 25,
        b'{"id": 1, "text": "twice"}',
        b'{"id": 2, "text": "fine too"}',
    ]
    file = tmp_path / "rows.gz"
    file.write_bytes(gzip.compress(b"\n".join(lines))[:-4])
    report = tmp_path / "report.jsonl"
    result = run("posts", file, "--as", "archive", "--report", report)
    assert result.exit_code == 0, result.output
    assert "imported  1 (1 posts, 0 replies, 0 boosts)" in result.output
    assert "skipped   27 (invalid_json 25, line_cut_off 1, duplicate_id 1)" in result.output
    assert "noted     1 (gzip_truncated 1)" in result.output
    assert result.output.count("invalid_json: ") == 20
    assert f"... and 8 more; all are in {report}" in result.output
    findings = [json.loads(line) for line in report.read_text().splitlines()]
    assert sorted(finding["line"] for finding in findings) == sorted([*range(2, 29), 28])
    # The file is whole now: only what is missing is added.
    file.write_bytes(gzip.compress(b"\n".join(lines)))
    facts = json.loads(run("posts", file, "--as", "archive", "--json").stdout)
    assert (facts["imported"], facts["already_imported"], facts["indexed"]) == (1, 1, 1)
    assert facts["skipped"] == {"invalid_json": 25, "duplicate_id": 1}


def test_nothing_to_read_is_a_failure(run, tmp_path: Path) -> None:
    for arguments in (("posts", tmp_path / "none.jsonl", "--as", "archive"), ("parler", tmp_path)):
        assert isinstance(run(*arguments).exception, FileMissing)
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "x"}\n')
    assert isinstance(run("posts", file, "--as", "no such name").exception, Invalid)
    assert run("posts", file).exit_code == 2


def test_quotes_carry_the_address_that_people_see(run, settings: Settings, tmp_path: Path) -> None:
    rows = [
        {"id": "p", "username": "Ann", "body": "said", "datatype": "posts"},
        {"id": "q", "username": "Bob", "body": "Yes!", "parent": "p", "datatype": "posts"},
    ]
    file = tmp_path / "posts.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    facts = json.loads(run("parler", file, "--json").stdout)
    assert (facts["posts"], facts["boosts"], facts["accounts_made"]) == (2, 0, 2)

    async def quote() -> str:
        connection = await asyncpg.connect(settings.database_url)
        try:
            text: str = await connection.fetchval("select text from posts where text like 'Yes!%'")
            return text
        finally:
            await connection.close()

    assert asyncio.run(quote()).startswith(f"Yes!\n\nRE: {settings.public_url}/@ann/")
