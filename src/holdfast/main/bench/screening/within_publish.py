"""What screening adds to publishing: two web processes over the site's database, whose screens are timed from inside.

One has rules alone, the other the whole screen; everything else about them is the same.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec

from holdfast.main.bench.load import LoadPlan
from holdfast.main.bench.model import BenchOptions, Figures, Round
from holdfast.main.bench.scenarios import publish_request
from holdfast.main.bench.screening.model import AssessTimes
from holdfast.main.bench.screening.texts import MAX_TEXT_CHARACTERS, drawn_texts, read_texts
from holdfast.main.bench.screening.timed_web import RULES_ALONE
from holdfast.main.bench.site import BenchSite, first_answer, run_load_process, site_environment
from holdfast.main.web import LISTEN_FD
from holdfast.pure.errors import Unavailable
from holdfast.screening.classifier import ModelFile
from holdfast.screening.tiers import ModelUnusable

TEXTS: Final = 3000
"""Posts that are sent, in their order and then again."""
_COMMAND = (sys.executable, "-m", "holdfast.main.bench.screening.timed_web")
_POOL_SIZE = "3"
_STOP_SECONDS = 40


class TimedWeb:
    """One of the two. `port` is where it listens."""

    def __init__(self, site: BenchSite, port: int, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
        self.port = port
        self._site, self._process, self._log = site, process, log

    def measure(self, plan: LoadPlan) -> Round:
        """Run one load against it; the CPU is its own, the worker's and the database's."""
        before = self._site.processes.cpu(extra_web=self._process.pid)
        load = run_load_process(plan)
        return Round(load, self._site.processes.cpu(extra_web=self._process.pid).minus(before))

    def forget(self) -> None:
        """Do not count what came so far."""
        self._process.send_signal(signal.SIGUSR1)

    def finish(self) -> AssessTimes:
        """Stop it; what its screen took. Raises Unavailable when it ended badly."""
        self._process.terminate()
        out, _ = self._process.communicate(timeout=_STOP_SECONDS)
        if self._process.returncode != 0 or not out:
            raise Unavailable(self.complaint())
        return msgspec.json.decode(out, type=AssessTimes)

    def wait(self) -> None:
        """Return when it answers. Raises Unavailable."""
        try:
            first_answer(self.port, "/healthz")
        except OSError:
            self._process.wait(_STOP_SECONDS)
            raise Unavailable(self.complaint()) from None

    def complaint(self) -> str:
        """The last line of its log."""
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines() or ["it gave no reason"]
        return f"the web process with a timed screen failed: {lines[-1]}"


def missing_model() -> str | None:
    """Why nothing can be measured: what is wrong with the model of the package."""
    try:
        ModelFile()
    except ModelUnusable as error:
        return error.public
    return None


@contextmanager
def timed_webs(site: BenchSite, database_url: str) -> Iterator[tuple[TimedWeb, TimedWeb]]:
    """With rules alone, and with the whole screen; ended at the end. Raises Unavailable when one does not start."""
    with ExitStack() as stack:
        rules, whole = (
            stack.enter_context(_timed_web(site, database_url, arguments))
            for arguments in ((RULES_ALONE,), ())
        )
        rules.wait()
        whole.wait()
        yield rules, whole


@contextmanager
def _timed_web(site: BenchSite, database_url: str, arguments: Sequence[str]) -> Iterator[TimedWeb]:
    with tempfile.TemporaryFile() as log:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1024)
            listener.setblocking(False)
            port, descriptor = int(listener.getsockname()[1]), listener.fileno()
            changes = {
                LISTEN_FD: str(descriptor),
                "HOLDFAST_DATA": str(site.data),
                "HOLDFAST_PORT": str(site.port),
                "HOLDFAST_DATABASE_URL": database_url,
                "HOLDFAST_FRESHNESS": "shared_memory",
                # The database has connections for the site; posts come here one at a time.
                "HOLDFAST_DATABASE_POOL_SIZE": _POOL_SIZE,
                "HOLDFAST_POST_MAX_CHARACTERS": str(MAX_TEXT_CHARACTERS),
            }
            process = subprocess.Popen(
                (*_COMMAND, *arguments),
                env={**site_environment(), **changes},
                pass_fds=(descriptor,),
                stdout=subprocess.PIPE,
                stderr=log,
            )
        try:
            yield TimedWeb(site, port, process, log)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(_STOP_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


def text_requests(options: BenchOptions, tokens: Sequence[str]) -> list[bytes]:
    """Posts of the lengths that people write, by one account after the other."""
    texts = read_texts(Path(options.texts), TEXTS) if options.texts is not None else drawn_texts(TEXTS)
    return [publish_request(tokens[at % len(tokens)], text) for at, text in enumerate(texts)]


def text_plan(port: int, requests: list[bytes], options: BenchOptions) -> LoadPlan:
    """One after the other, in their order, over one connection."""
    return LoadPlan(
        port=port,
        requests=requests,
        order=list(range(len(requests))),
        connections=1,
        seconds=options.round_seconds,
    )


def added(rules: Figures, whole: Figures, inside: Sequence[AssessTimes]) -> dict[str, float | str]:
    """The figures as facts: inside the two processes, and the difference that clients see."""
    facts: dict[str, float | str] = {"screen": inside[-1].version}
    for what, times in zip(("rules alone", "whole screen"), inside, strict=True):
        facts[f"screening within publish, {what}, posts"] = times.calls
        facts[f"screening within publish, {what}, p50 ms"] = times.p50_ms
        facts[f"screening within publish, {what}, p99 ms"] = times.p99_ms
        facts[f"screening within publish, {what}, p99.9 ms"] = times.p999_ms
    facts["publish takes longer with the model, p50 ms"] = whole.p50_ms.median - rules.p50_ms.median
    facts["publish takes longer with the model, p99 ms"] = whole.p99_ms.median - rules.p99_ms.median
    return facts
