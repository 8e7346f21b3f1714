"""`holdfast moderation overlap` and `fairness` from the terminal, without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from holdfast.main.cli.moderation import app
from holdfast.pure.errors import Invalid
from tests.support.tiny_model import write_tiny_model

runner = CliRunner()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "en").mkdir(parents=True)
    (folder / "fairness").mkdir()
    (folder / "slots.toml").write_text(
        '[en]\nleft_party = ["the reds"]\nright_party = ["the blues"]\ngroup = ["cooks", "bakers"]\n'
    )
    (folder / "sources.toml").write_text(
        "".join(
            f'[[sources]]\nname = "{name}"\nfiles = ["{files}"]\nformat = "{kind}"\nlanguage = "en"\n'
            'licence = "CC0-1.0"\norigin = "a test"\nuse = "train"\n'
            for name, files, kind in (("own", "en/*.txt", "corpus"), ("absent", "absent.jsonl", "rows"))
        )
    )
    (folder / "en/posts.txt").write_text("[lawful kind=work]\nbring your own cup\nsomething else\n")
    (folder / "fairness/en.txt").write_text(
        "[lawful kind=side]\n{side} won\n[threat_direct kind=side]\nkill {side}\n[lawful kind=identity]\n"
        "{group} are kind\n[threat_direct kind=identity]\nhang {group}\n"
    )
    return folder


def test_overlap_lists_and_counts_and_says_so_by_its_status(data: Path, tmp_path: Path) -> None:
    measured = tmp_path / "measured.jsonl"
    measured.write_text('{"text": "Bring your own cup!"}\n')
    result = runner.invoke(app, ["overlap", "--data", str(data), "--against", str(measured)])
    assert result.exit_code == 1
    assert "same 1.00  own  posts.txt:2  ~  measured:1  bring your own cup" in result.stdout
    assert "looked at 2 posts of own against 1 posts of 1 sets" in result.stdout
    as_json = runner.invoke(app, ["overlap", "--data", str(data), "--against", str(measured), "--json"])
    assert as_json.exit_code == 1
    (found,) = json.loads(as_json.stdout)["overlaps"]
    assert (found["group"], found["with"], found["kind"]) == ("posts.txt:2", "measured:1", "same")


def test_without_overlap_the_status_is_good(data: Path, tmp_path: Path) -> None:
    measured = tmp_path / "measured.jsonl"
    measured.write_text('{"text": "a post about the weather"}\n')
    result = runner.invoke(app, ["overlap", "--data", str(data), "--against", str(measured)])
    assert result.exit_code == 0
    assert "0 overlap" in result.stdout


def test_fingerprints_stand_for_the_file_they_were_made_of(data: Path, tmp_path: Path) -> None:
    measured, prints = tmp_path / "measured.jsonl", tmp_path / "prints.bin"
    measured.write_text('{"text": "Bring your own cup!"}\n')
    made = runner.invoke(app, ["overlap", "--against", str(measured), "--write-fingerprints", str(prints)])
    assert (made.exit_code, made.stdout) == (0, f"{prints}: 1 posts of 1 sets\n")
    measured.unlink()
    result = runner.invoke(app, ["overlap", "--data", str(data), "--against", str(prints)])
    assert result.exit_code == 1
    assert "measured:1" in result.stdout


def test_overlap_of_nothing_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "measured.jsonl").write_text('{"text": "x"}\n')
    assert runner.invoke(app, ["overlap", "--against", str(tmp_path / "measured.jsonl")]).exit_code == 2


def test_fairness_measures_a_model_file(data: Path, tmp_path: Path) -> None:
    model = str(write_tiny_model(tmp_path / "m.zip"))
    result = runner.invoke(app, ["fairness", "--data", str(data), "--model", model, "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["texts"] == 8
    assert told["version"].startswith("tiny+")
    side, identity = told["comparisons"]
    assert (side["axis"], identity["axis"]) == ("side", "identity")
    assert [one["value"] for one in identity["treatments"]] == ["cooks", "bakers"]
    for one in (*side["treatments"], *identity["treatments"]):
        assert (one["lawful_flagged"]["hits"], one["violent_caught"]["hits"]) == (0, 1)
    for form, shown in (((), "gap, violent caught"), (("--markdown",), "| left | 0 of 1 (0% to 79%) |")):
        page = runner.invoke(app, ["fairness", "--data", str(data), "--model", model, *form])
        assert page.exit_code == 0
        assert shown in page.stdout


def test_an_unknown_operating_point_is_named(data: Path, tmp_path: Path) -> None:
    model = str(write_tiny_model(tmp_path / "m.zip"))
    result = runner.invoke(app, ["fairness", "--data", str(data), "--model", model, "--point", "lax"])
    assert isinstance(result.exception, Invalid)
    assert "lax" in str(result.exception)
    assert "cautious, balanced, strict" in str(result.exception)
