"""The seven weeks at their full size, with real posts where HOLDFAST_SEVEN_WEEKS_POSTS names a file of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest

from holdfast.main.seven_weeks import Options, replay, texts_of_file, written_texts
from holdfast.main.seven_weeks.run import scenario_settings
from holdfast.platform.config import Settings
from tests.integration.test_seven_weeks import asked

pytestmark = pytest.mark.fault


async def test_seven_weeks_of_warnings_can_be_answered_for(settings: Settings, tmp_path: Path) -> None:
    posts = os.environ.get("HOLDFAST_SEVEN_WEEKS_POSTS")
    texts = texts_of_file(Path(posts)) if posts else written_texts()
    ours = msgspec.structs.replace(scenario_settings(tmp_path / "data"), database_url=settings.database_url)
    made = await replay(ours, texts, Options(), tmp_path / "bundle.zip", lambda what, done, total: None)
    assert made.notices == 23 + 3 + 2
    assert made.items == 98 + 5
    assert made.late > 0
    done = asked(Path(made.bundle))
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)["answers"]
    assert all(one["answer"] and one["records"] for one in answers)
