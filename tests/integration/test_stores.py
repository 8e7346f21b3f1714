"""Stores that a mirror is kept at: the fake, folders and SFTP hold to one contract, and tell no secrets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from holdfast.platform import stores
from tests.support.bucket import open_bucket
from tests.support.sftp_server import PASSWORD, USER, sftp_server
from tests.support.store_contract import check_contract


async def test_the_fake_is_a_store() -> None:
    await check_contract(stores.MemoryObjects())


async def test_a_folder_is_a_store(tmp_path: Path) -> None:
    await check_contract(stores.open_store(f"file://{tmp_path}"))


async def test_an_sftp_folder_is_a_store_and_leaves_no_unfinished_files(tmp_path: Path) -> None:
    async with sftp_server(tmp_path) as (port, host_key):
        credentials = stores.StoreCredentials(user=USER, secret=PASSWORD, host_key=host_key)
        store = stores.open_store(f"sftp://127.0.0.1:{port}/mirror", credentials)
        await check_contract(store)
        assert not list(tmp_path.rglob(".part-*"))
        await store.close()
        assert await store.get("digits") == b"0123456789"
        await store.close()


async def test_an_sftp_server_with_another_key_or_a_wrong_password_is_refused(tmp_path: Path) -> None:
    async with sftp_server(tmp_path) as (port, host_key), sftp_server(tmp_path) as (_, other_key):
        for key, secret in ((other_key, PASSWORD), (host_key, "hunter2-hunter2")):
            credentials = stores.StoreCredentials(user=USER, secret=secret, host_key=key)
            store = stores.open_store(f"sftp://127.0.0.1:{port}/mirror", credentials)
            with pytest.raises(stores.StoreRefused) as caught:
                await store.get("one")
            assert secret not in repr(caught.value) + str(caught.value)
            await store.close()


async def test_a_store_that_never_answers_is_away_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    s3 = stores.StoreCredentials(user="key", secret="s" * 20, endpoint=f"http://127.0.0.1:{port}")
    store = stores.open_store("s3://bucket/x", s3, timeout_seconds=0.3)
    for ask in (store.put_new("one", b"x"), store.get("one"), store.list(), store.delete("one")):
        with pytest.raises(stores.StoreAway):
            await ask
    server.close()


async def test_credentials_stand_in_no_text_of_a_store() -> None:
    secret = "wJalrXUtnFEMI-K7MDENG"
    credentials = stores.StoreCredentials(user="AKIAIOSFODNN7", secret=secret, endpoint="http://127.0.0.1:1")
    store = stores.open_store("s3://bucket/x", credentials, timeout_seconds=0.5)
    with pytest.raises(stores.StoreAway) as caught:
        await store.put_new("one", b"x")
    told = repr(store) + store.address + repr(credentials) + repr(caught.value) + caught.value.private
    assert caught.value.__cause__ is None
    assert secret not in told
    assert "AKIAIOSFODNN7" not in told + repr(store.owner_marks)


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "http://host/x", "file://host/x", "file:relative", "file:///nowhere/at/all", "s3://", "s3://b/x?key=1",
        "sftp://host/x", "sftp://me:tresor-1@host/x", "sftp://me@host/", "sftp://me@host/x", "sftp://[::1/x",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(stores.StoreMisnamed) as caught:
        stores.open_store(address)
    assert "tresor" not in caught.value.public + caught.value.private


async def test_a_name_that_exists_at_a_simple_bucket_is_read_in_ranges() -> None:
    with open_bucket() as bucket:
        credentials = stores.StoreCredentials(user="key", secret="secret", endpoint=bucket.url)
        store = stores.open_store("s3://bucket/x", credentials)
        await store.put("digits", b"0123456789")
        assert await store.get_range("digits", 2, 5) == b"234"
