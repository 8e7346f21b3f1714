"""N-grams of many texts at once are what they are one by one, and what they are defined to be."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.screening.tiers.errors import ModelUnusable
from holdfast.screening.tiers.features import (
    CHARACTER_SIZES,
    MAX_CHARACTERS,
    WORD_SIZES,
    hashed,
    normalised,
)
from holdfast.screening.tiers.ngrams import NgramModel, pack

BUCKETS = 1 << 30
"""So many that two n-grams of a test hardly ever share one."""
anything = st.text(st.characters(exclude_categories=[]), max_size=80)  # lone surrogates too


def written_out(text: str) -> list[str]:
    """The n-grams as texts, kinds in the order in which `hashed` has them."""
    grams = [text[at : at + size] for size in CHARACTER_SIZES for at in range(len(text) - size + 1)]
    words = text.split(" ")[1:-1] if text.strip(" ") else []
    return grams + [
        "w" + " ".join(words[at : at + size]) for size in WORD_SIZES for at in range(len(words) - size + 1)
    ]


@given(st.lists(anything, min_size=1, max_size=6))
@settings(deadline=None)
def test_a_batch_holds_what_each_text_holds_alone(texts: list[str]) -> None:
    prepared = [normalised(text) for text in texts]
    bucket, start, owner = hashed(prepared, BUCKETS)
    assert (np.diff(owner) >= 0).all()
    begins = np.cumsum([0, *(len(text) for text in prepared)])
    for at, text in enumerate(prepared):
        alone, places, _ = hashed([text], BUCKETS)
        assert bucket[owner == at].tolist() == alone.tolist()
        assert (start[owner == at] - begins[at]).tolist() == places.tolist()


@given(anything)
@settings(deadline=None)
def test_equal_n_grams_share_a_bucket_and_others_do_not(text: str) -> None:
    prepared = normalised(text)
    bucket, _, _ = hashed([prepared], BUCKETS)
    grams = written_out(prepared)
    assert len(bucket) == len(grams)
    assert len(set(zip(bucket.tolist(), grams, strict=True))) == len(set(bucket.tolist())) == len(set(grams))


@given(anything, anything)
@settings(deadline=None)
def test_a_word_means_the_same_wherever_it_stands(before: str, after: str) -> None:
    word = hashed([normalised("peace")], BUCKETS)[0].tolist()
    around = hashed([normalised(f"{before} peace {after}")], BUCKETS)[0].tolist()
    assert not Counter(word) - Counter(around)


@given(anything)
@settings(deadline=None)
def test_normalised_texts_have_one_blank_between_words_and_around(text: str) -> None:
    prepared = normalised(text)
    assert prepared.startswith(" ")
    assert prepared.endswith(" ")
    assert prepared.split() == text[:MAX_CHARACTERS].split()
    assert "  " not in prepared.strip(" ")


@pytest.mark.parametrize("buckets", [2, 1 << 10, 1 << 18])
def test_buckets_lie_in_the_table(buckets: int) -> None:
    bucket, _, _ = hashed([normalised("the quick brown fox " * 50)], buckets)
    assert bucket.min() >= 0
    assert bucket.max() < buckets


def test_texts_longer_than_the_tables_of_powers_hash_alike() -> None:
    filler = [normalised("x" * 4000)] * 6
    long_bucket, _, owner = hashed([*filler, " peace be with you "], BUCKETS)
    assert long_bucket[owner == 6].tolist() == hashed([" peace be with you "], BUCKETS)[0].tolist()


def test_n_grams_fall_evenly() -> None:
    bucket, _, _ = hashed([normalised(" ".join(f"word{n}" for n in range(600)))], BUCKETS)
    few = np.unique(bucket) % 64
    counts = np.bincount(few, minlength=64)
    assert counts.max() < 2 * counts.mean()


def model(seed: int = 3) -> NgramModel:
    random = np.random.default_rng(seed)
    return NgramModel(
        pack(
            {
                "vectors": random.normal(size=(1 << 12, 16)),
                "hidden": random.normal(size=(16, 8)),
                "hidden_bias": random.normal(size=8),
                "out": random.normal(size=(8, 5)),
                "out_bias": random.normal(size=5),
            }
        )
    )


@given(st.lists(anything, min_size=1, max_size=6))
@settings(deadline=None)
def test_scores_do_not_depend_on_the_company(texts: list[str]) -> None:
    judge = model()
    together = judge.score(texts)
    assert together.shape == (len(texts), 5)
    assert together.dtype == np.float32
    assert np.isfinite(together).all()
    for at, text in enumerate(texts):
        np.testing.assert_allclose(together[at], judge.score([text])[0], rtol=1e-4, atol=1e-4)


def test_quantising_loses_little() -> None:
    vectors = np.random.default_rng(5).normal(size=(64, 3)).astype(np.float32)
    zeros = {"hidden": np.eye(3), "hidden_bias": np.zeros(3), "out": np.eye(3, 5), "out_bias": np.zeros(5)}
    judge = NgramModel(pack({"vectors": vectors, **zeros}))
    restored = judge._vectors * judge._scale
    assert np.abs(restored - vectors).max() <= np.abs(vectors).max(0).max() / 127 / 2 + 1e-6
    assert judge.memory_bytes == 64 * 3


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_first_tier_is_refused(data: bytes) -> None:
    with pytest.raises(ModelUnusable, match=r"ngrams\.npz"):
        NgramModel(data)
