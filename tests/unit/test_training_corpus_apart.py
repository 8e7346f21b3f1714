"""What the model learns from is apart from what it is measured on.

The public evaluation sets may not be copied here, so they are known by fingerprints; HOLDFAST_TEST_DATA may name a folder that
holds them, and then the files themselves are asked.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from holdfast.screening.corpus.rows import Row
from holdfast.screening.corpus.sources import read_sources
from holdfast.screening.evaluation.overlap import Fingerprints, overlaps, read_measured

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
PRINTS = ROOT / "tests/data/evaluation_fingerprints.bin"
SETS = (
    "parler_eval_dev oai_eval_dev hatecheck_eval mhc_french_eval mhc_german_eval ethos youtoxic germeval2025"
    " llm_threat_aug"
).split()
DATA = os.environ.get("HOLDFAST_TEST_DATA")


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    reading = read_sources([CORPUS], use="train", seed=20210110, skip_absent=True)
    assert {"own-en", "own-fr"} <= set(reading.rows)
    return [row for of_source in reading.rows.values() for row in of_source]


def told(rows: list[Row], measured: Fingerprints) -> list[str]:
    found = overlaps([row.text for row in rows], measured)
    return [f"{rows[one.at].group} {one.kind} {one.with_place}: {rows[one.at].text[:80]}" for one in found]


def test_the_corpus_is_read(rows: list[Row]) -> None:
    assert len(rows) > 10_000


def test_no_training_post_is_a_functional_or_fairness_test(rows: list[Row]) -> None:
    files = sorted([*CORPUS.glob("functional/*.txt"), *CORPUS.glob("fairness/*.txt")])
    measured = read_measured(files)
    assert len(measured) > 1_000
    assert told(rows, measured) == []


def test_no_training_post_is_in_a_public_evaluation_set(rows: list[Row]) -> None:
    measured = read_measured([PRINTS])
    assert measured.names == SETS
    assert told(rows, measured) == []


@pytest.mark.skipif(DATA is None, reason="HOLDFAST_TEST_DATA names no folder with the evaluation sets")
def test_no_training_post_is_in_the_files_themselves(rows: list[Row]) -> None:
    measured = read_measured([Path(DATA or "") / f"{name}.jsonl.gz" for name in SETS])
    kept = read_measured([PRINTS])
    assert (kept.counts, kept.hashes.tolist()) == (measured.counts, measured.hashes.tolist())
    assert told(rows, measured) == []
