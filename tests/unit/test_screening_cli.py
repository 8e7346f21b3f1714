"""`holdfast moderation` reads anything and keeps going."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from typer.testing import CliRunner

from holdfast.main.cli.moderation import app

runner = CliRunner()


def test_classify_skips_broken_lines_and_names_them(tmp_path: Path) -> None:
    lines = [
        b'{"id": "a", "text": "hello"}',
        b"{broken",
        b"",
        b"\xff\xfe",
        b'{"id": 7, "text": "I will kill you"}',
        b'{"id": "no text"}',
        b'{"text": "no id"}',
    ]
    path = tmp_path / "posts.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    result = runner.invoke(app, ["classify", str(path)])
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["id"], row["verdict"]) for row in rows] == [("a", "allow"), (7, "hold"), ("7", "allow")]
    assert set(rows[1]) == {"id", "scores", "verdict", "lane", "rules", "evidence", "version"}
    assert rows[1]["evidence"] == [[0, 15]]
    assert [number for number in range(1, 8) if f"line {number}:" in result.stderr] == [2, 4, 6]


def test_a_cut_off_gzip_file_gives_what_could_be_read(tmp_path: Path) -> None:
    rows = b"".join(b'{"id": %d, "text": "post %d"}\n' % (n, n * 7919) for n in range(1000))
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(rows)[:4_000])
    result = runner.invoke(app, ["classify", str(path)])
    assert result.exit_code == 0
    assert 0 < len(result.stdout.splitlines()) < 1000
    assert "damaged" in result.stderr


def test_wrong_use_and_missing_files_say_so(tmp_path: Path) -> None:
    assert runner.invoke(app, ["classify"]).exit_code == 2
    missing = runner.invoke(app, ["classify", str(tmp_path / "none.jsonl")])
    assert missing.exit_code == 1


def test_rules_check_prints_problems_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('name = "x"\nversion = 1\n[banks.bad]\nkind = "regex"\nentries = ["("]\n')
    result = runner.invoke(app, ["rules", "check", str(path)])
    assert result.exit_code == 1
    assert "banks.bad entry 1" in result.stdout
    listed = runner.invoke(app, ["rules", "list", "--json"])
    assert listed.exit_code == 0
    assert {"threat.direct", "menace.directe"} <= {rule["id"] for rule in json.loads(listed.stdout)["rules"]}
