"""A foreign S3 server holds what the mirror asks of stores; one that lies about locks is found out."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from holdfast.continuity.mirror import Code, Severity, judge_store, probe_store
from holdfast.platform import stores
from holdfast.platform.clock import SystemClock
from tests.support.foreign_s3 import ForeignS3, rclone_s3, seaweedfs
from tests.support.mirrored import memory_folder
from tests.support.store_contract import check_contract

pytestmark = pytest.mark.conformance
PAGE = 1000


@pytest.fixture(scope="module")
def weed() -> Iterator[ForeignS3]:
    folder = memory_folder()
    with seaweedfs(folder / "weed") as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


async def test_seaweedfs_is_a_store(weed: ForeignS3) -> None:
    await check_contract(stores.open_store("s3://mirror/contract", weed.credentials))


async def test_a_listing_of_more_than_a_page_is_whole(weed: ForeignS3) -> None:
    store = stores.open_store("s3://mirror/pages", weed.credentials)
    names = [f"wal/{number // 500:04d}/{number:06d}" for number in range(PAGE + 150)]
    bound = asyncio.Semaphore(16)

    async def keep(name: str) -> None:
        async with bound:
            await store.put_new(name, b"x")

    await asyncio.gather(*(keep(name) for name in names))
    assert [one.name for one in await store.list("wal")] == names
    assert [one.name for one in await store.list("wal/0001")] == names[500:1000]


async def test_wrong_credentials_are_refused_and_stand_in_no_error(weed: ForeignS3) -> None:
    wrong = replace(weed.credentials, secret="another-secret")
    with pytest.raises(stores.StoreRefused) as refused:
        await stores.open_store("s3://mirror/wrong", wrong).put_new("a", b"a")
    assert "another-secret" not in f"{refused.value!r}{refused.value.private}"


async def test_seaweedfs_without_a_lock_is_fit_and_its_rights_are_too_wide(weed: ForeignS3) -> None:
    store = stores.open_store("s3://mirror/probed", weed.credentials)
    facts = await probe_store(store, clock=SystemClock(), mark="conformance")
    judged = judge_store(facts, lock_promised=False, others={})
    assert judged.is_fit
    assert [one.code for one in judged.findings] == [Code.RIGHTS_TOO_WIDE]
    # The same store, said to lock: it does not.
    assert Code.LOCK_LIED_ABOUT in [
        one.code for one in judge_store(facts, lock_promised=True, others={}).findings
    ]


async def test_a_provider_that_takes_every_header_and_heeds_none_is_found_out(tmp_path: Path) -> None:
    with rclone_s3(tmp_path / "rclone") as liar:
        store = stores.open_store(liar.address, liar.credentials)
        facts = await probe_store(store, clock=SystemClock(), mark="conformance")
    judged = judge_store(facts, lock_promised=True, others={})
    assert {one.code for one in judged.findings if one.severity is Severity.FATAL} == {
        Code.CANNOT_READ_RANGES, Code.CREATE_ONLY_IGNORED, Code.LOCK_LIED_ABOUT,
    }  # fmt: skip
