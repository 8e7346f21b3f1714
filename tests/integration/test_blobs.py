"""The blob store: one contract, kept by the folder, by a bucket and by the fake."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from holdfast.platform.blobs import BlobMissing, Blobs, BlobsAway, memory_blobs, open_blobs
from holdfast.platform.config import ConfigError, Settings, load_settings
from tests.support import pictures
from tests.support.bucket import Bucket, open_bucket
from tests.support.site import open_site


def in_bucket(settings: Settings, bucket: Bucket) -> Settings:
    return msgspec.structs.replace(
        settings,
        media_store_url="s3://our-bucket/some/prefix",
        media_store_endpoint=bucket.url,
        media_store_access_key="name",
        media_store_secret_key="secret",
    )


@pytest.fixture(params=["folder", "bucket", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    plain = Settings(data=tmp_path)
    if request.param == "bucket":
        with open_bucket() as bucket:
            yield open_blobs(in_bucket(plain, bucket))
    else:
        yield memory_blobs() if request.param == "memory" else open_blobs(plain)


async def test_what_is_put_is_there_under_its_hash_until_it_is_deleted(blobs: Blobs) -> None:
    content = bytes(range(256)) * 4096
    digest = await blobs.put(content)
    assert digest == hashlib.sha256(content).digest()
    assert await blobs.put(content) == digest
    assert await blobs.size(digest) == len(content)
    assert await blobs.get(digest) == content
    for start, end in ((0, 1), (5, 300_000), (1_000_000, None), (0, None)):
        part = b"".join([chunk async for chunk in blobs.stream(digest, start, end)])
        assert part == content[start:end]
    assert [chunk async for chunk in blobs.stream(digest, 7, 7)] == []
    with tempfile.TemporaryFile() as file:
        file.write(b"from a file")
        assert await blobs.get(await blobs.put(file)) == b"from a file"
    for _ in range(2):
        await blobs.delete(digest)
    assert await blobs.size(digest) is None
    with pytest.raises(BlobMissing):
        await blobs.get(digest)


async def test_a_store_that_is_away_is_no_missing_file(tmp_path: Path) -> None:
    with open_bucket() as bucket:
        settings = in_bucket(Settings(data=tmp_path), bucket)
    blobs = open_blobs(settings, retries=0)
    with pytest.raises(BlobsAway):
        await blobs.size(bytes(32))


async def test_files_of_a_bucket_are_served_by_us_in_ranges(settings: Settings) -> None:
    with open_bucket() as bucket:
        async with open_site(in_bucket(settings, bucket)) as site:
            ann = await site.member("ann")
            media = await pictures.upload(ann, pictures.jpeg())
            assert media["url"].startswith(site.services.base_url + "/media/")
            assert bucket.url not in str(media)
            name = media["url"].rpartition("/")[2]
            answer = await site.client.get(f"/media/{name}", headers={"range": "bytes=0-1"})
            assert (answer.status_code, answer.content) == (206, b"\xff\xd8")
            assert not any("amz" in header for header in answer.headers)
    assert all(path.startswith("/our-bucket/some/prefix/") for path in bucket.objects)
    assert all("Credential=name/" in signed for _, _, signed in bucket.asked)


def test_a_store_that_is_no_bucket_is_named() -> None:
    with pytest.raises(ConfigError, match="media_store_url"):
        load_settings({"media_store_url": "ftp://x"}, environment={})
    with pytest.raises(ConfigError, match="media_url"):
        load_settings({"media_url": "media.example.org"}, environment={})
