"""What pictures add to publishing: posts with uploads in turns with posts without."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from holdfast.main.bench.load import LoadPlan
from holdfast.main.bench.media_load import MediaPlan, MediaResult
from holdfast.main.bench.model import BenchOptions, Figures, LoadResult, Round
from holdfast.main.bench.site import BenchSite, run_child

_WIDTH, _HEIGHT = 1600, 1200
_PICTURES = 64


class PictureTarget:
    """The site, as it is loaded by posts with pictures. A plan's requests are not sent: only its port and times count."""

    def __init__(self, site: BenchSite, tokens: Sequence[str], options: BenchOptions) -> None:
        self._site, self._tokens, self._options = site, list(tokens), options
        self.results: list[MediaResult] = []
        self._rounds = 0

    def measure(self, plan: LoadPlan) -> Round:
        """One round; a request of it is a post with its uploads. Raises Unavailable."""
        self._rounds += 1
        wanted = MediaPlan(
            port=plan.port, tokens=self._tokens, pictures=_PICTURES, width=_WIDTH, height=_HEIGHT,
            per_post=self._options.pictures, connections=plan.connections, seconds=plan.seconds, seed=self._rounds,
        )  # fmt: skip
        before = self._site.processes.cpu()
        result = run_child("holdfast.main.bench.media_load", wanted, MediaResult, _parts)
        used = self._site.processes.cpu().minus(before)
        self.results.append(result)
        return Round(result.chains, used)


def _parts(result: MediaResult) -> list[LoadResult]:
    return [result.uploads, result.posts]


def media_facts(
    target: PictureTarget, without: Figures, pictures: Figures, per_post: int
) -> dict[str, float | str]:
    """Uploads and posts apart, and what the pictures of a post cost beside a post without. Times in milliseconds."""
    results = target.results

    def of(part: str) -> dict[str, float]:
        rounds: list[LoadResult] = [getattr(one, part) for one in results]
        return {
            f"{part}/s": median(one.requests / one.seconds for one in rounds),
            f"{part}, p50 ms": median(one.p50_ms for one in rounds),
            f"{part}, p99 ms": median(one.p99_ms for one in rounds),
        }

    return {
        **of("uploads"),
        **of("posts"),
        "a picture, KiB": median(one.picture_bytes for one in results) / 1024,
        "a picture, pixels": f"{_WIDTH} x {_HEIGHT}",
        "posts/s, of those without": pictures.per_second.median / without.per_second.median,
        "CPU, times that of a post without": pictures.cpu_ms.median / without.cpu_ms.median,
        "CPU ms of one upload": (pictures.cpu_ms.median - without.cpu_ms.median) / per_post,
    }
