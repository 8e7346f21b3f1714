"""The load of `holdfast bench media`: `python -m holdfast.main.bench.media_load`, a process of its own.

Draws pictures, reads one `MediaPlan` as JSON from standard input, and over connections that stay open uploads some
pictures and posts with them, again and again. Writes one `MediaResult` to standard output.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import resource
import sys
import time
from collections.abc import Iterator

import msgspec
import numpy as np
from PIL import Image

from holdfast.main.bench.load import Connection, Tally
from holdfast.main.bench.model import LoadResult
from holdfast.main.bench.scenarios import post, publish_request

_BOUNDARY = "holdfast-bench-part"
_HEADER_END = b"\r\n\r\n"


class MediaPlan(msgspec.Struct, frozen=True):
    """Each post by the next of `tokens`, with `per_post` of the pictures. `seed`: every round draws others."""

    port: int
    tokens: list[str]
    pictures: int
    width: int
    height: int
    per_post: int
    connections: int
    seconds: float
    seed: int


class MediaResult(msgspec.Struct, frozen=True):
    """`chains`: uploads and their post as one; `uploads` and `posts`: single requests. `picture_bytes`: on average."""

    chains: LoadResult
    uploads: LoadResult
    posts: LoadResult
    picture_bytes: float


class _Uploaded(msgspec.Struct):
    id: str


def drawn_picture(width: int, height: int, seed: int) -> bytes:
    """A JPEG as detailed as a photograph: soft shapes and grain."""
    chance = np.random.default_rng(seed)
    shapes = chance.integers(0, 256, (height // 40 + 1, width // 40 + 1, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(shapes).resize((width, height), Image.Resampling.BICUBIC), np.int16)
    grain = chance.normal(0, 6, (height, width, 1)).astype(np.int16)
    kept = io.BytesIO()
    Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8)).save(kept, "JPEG", quality=85)
    return kept.getvalue()


def upload_request(token: str, picture: bytes) -> bytes:
    """One picture as a client uploads it, with a description."""
    head = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="description"\r\n\r\nA picture of a benchmark\r\n'
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="picture.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = b"".join((head.encode(), picture, f"\r\n--{_BOUNDARY}--\r\n".encode()))
    return post("/api/v2/media", body, token=token, kind=f"multipart/form-data; boundary={_BOUNDARY}")


async def _drive(
    plan: MediaPlan,
    numbers: Iterator[int],
    pictures: Iterator[bytes],
    tallies: tuple[Tally, Tally, Tally],
    until: float,
) -> None:
    chains, uploads, posts = tallies
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", plan.port)
    try:
        while (began := time.perf_counter()) < until:
            number = next(numbers)
            token = plan.tokens[number % len(plan.tokens)]
            ids = []
            for _ in range(plan.per_post):
                request = upload_request(token, next(pictures))
                sent = time.perf_counter()
                answer = await connection.ask(request)
                uploads.note(answer, time.perf_counter() - sent)
                if uploads.errors:
                    return
                ids.append(msgspec.json.decode(answer.partition(_HEADER_END)[2], type=_Uploaded).id)
            sent = time.perf_counter()
            answer = await connection.ask(
                publish_request(token, f"Pictures of round {plan.seed}, number {number}", media_ids=ids)
            )
            posts.note(answer, time.perf_counter() - sent)
            chains.note(answer, time.perf_counter() - began)
    finally:
        connection.close()


async def run_media_load(plan: MediaPlan) -> MediaResult:
    """Draw, then upload and post until the time is over."""
    drawn = [
        drawn_picture(plan.width, plan.height, plan.seed * plan.pictures + number)
        for number in range(plan.pictures)
    ]
    before = _cpu_seconds()
    tallies = (Tally(), Tally(), Tally())
    numbers, pictures = itertools.count(), itertools.cycle(drawn)
    began = time.perf_counter()
    await asyncio.gather(
        *(_drive(plan, numbers, pictures, tallies, began + plan.seconds) for _ in range(plan.connections))
    )
    seconds, used = time.perf_counter() - began, _cpu_seconds() - before
    chains, uploads, posts = (tally.result(seconds, used) for tally in tallies)
    return MediaResult(chains, uploads, posts, sum(map(len, drawn)) / len(drawn))


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """The benchmark's child."""
    import uvloop

    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=MediaPlan)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run_media_load(plan))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
