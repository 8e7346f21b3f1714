"""The seven weeks, small: what was disputed can be answered from the bundle alone, by a program that imports nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec

from holdfast.main.seven_weeks import Options, replay, texts_of_file, written_texts
from holdfast.main.seven_weeks.plan import make_plan
from holdfast.main.seven_weeks.run import scenario_settings
from holdfast.main.verification import Given, Outcome, Trust, verify_file
from holdfast.platform.config import Settings

FOREIGN = Path(__file__).parents[1] / "foreign/disputed_questions.py"
SMALL = Options(days=4, mails=3, items=9, reports_a_day=3, press=1, members=10, team=3, hours_a_step=6)
# Five weeks late is not what this size is about; sealed and erased texts are not in it.
VERIFIED = {Outcome.VERIFIED, Outcome.UNWITNESSED, Outcome.OPENING_MISSING}


def asked(bundle: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-E", "-s", str(FOREIGN), str(bundle), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )


async def test_every_disputed_question_is_answered_from_the_bundle_by_foreign_tools(
    settings: Settings, tmp_path: Path
) -> None:
    ours = msgspec.structs.replace(scenario_settings(tmp_path / "data"), database_url=settings.database_url)
    made = await replay(ours, written_texts(), SMALL, tmp_path / "bundle.zip", lambda what, done, total: None)
    assert made.notices == SMALL.mails + SMALL.press + 2
    assert made.bounced == 1
    bundle = Path(made.bundle)
    assert verify_file(bundle, Trust(None), Given()).outcome in VERIFIED
    done = asked(bundle)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    answers = {one["question"]: one for one in told["answers"]}
    assert len(answers) == 10
    for one in answers.values():
        assert one["answer"], one
        assert one["records"], one
    # What no authority dated, and the last notice, which nobody had answered: said, not hidden.
    assert "RFC 3161" in answers["Were warnings received, when, by whom?"]["cannot"][0]
    [unanswered] = answers["Reply: answered or ignored?"]["cannot"]
    assert "no answer is on record" in unanswered
    assert not answers["Was each item acted on, how fast?"]["cannot"]
    flagged = "\n".join(answers["What exactly was flagged?"]["answer"])
    assert f"trust-safety@host.example: {SMALL.items} items" in flagged
    with zipfile.ZipFile(bundle) as archive:
        names = [name.split("/", 1)[1] for name in archive.namelist()]
    for name in (
        "data/summary.html",
        "data/summary.txt",
        "data/notices/items.csv",
        "data/notices/lumen.json",
        "data/notices/dsa.json",
    ):
        assert name in names
    _changed_is_found(bundle, tmp_path)


def _changed_is_found(bundle: Path, folder: Path) -> None:
    """The foreign program believes nothing that was changed, also where the manifests were changed with it."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "unpacked")
    [bag] = (folder / "unpacked").iterdir()
    path = next((bag / "data/openings").glob("*.raw.opening.json"))
    one = json.loads(path.read_text())
    path.write_text(json.dumps({**one, "body": one["body"][:-4] + "AAAA"}))
    done = asked(bag)
    assert done.returncode == 2
    assert "sha256sum" in done.stderr
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        (bag / name).write_text("")
    found = asked(bag)
    assert found.returncode == 2, found.stdout


def test_the_whole_plan_has_98_items_in_23_mails_over_54_days() -> None:
    options = Options()
    plan = make_plan(options)
    assert len(plan.mails) == 23
    assert sum(len(one.cites) + one.unfound for one in plan.mails) == 98
    assert all(0 < one.at_hours < options.days * 24 for one in plan.mails)
    assert any(one.answer_hours > 24 for one in plan.mails)
    assert len(set(plan.press_at)) == 3
    assert plan.store_at < plan.breach_at < options.days * 24
    cited = [number for one in plan.mails for number in one.cites]
    assert len(set(cited)) < len(cited)
    assert make_plan(options) == plan


def test_posts_of_ones_own_can_be_replayed(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    rows = [
        {"text": "they should all burn in there", "violence": 1},
        {"text": "these people are vermin, all of them", "harm": 1},
        {"text": "the library opens at nine today", "harm": 0},
        {"text": "short"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert {kind: len(texts) for kind, texts in texts_of_file(path).items()} == {
        "threat": 1,
        "abuse": 1,
        "lawful": 1,
    }
