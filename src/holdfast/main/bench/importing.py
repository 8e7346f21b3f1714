"""`holdfast import posts` as its users run it, beside the running server."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from statistics import median
from typing import Any

import msgspec

from holdfast.main.bench.data import Progress
from holdfast.main.bench.model import BenchOptions
from holdfast.main.bench.scenarios import import_lines
from holdfast.main.bench.site import BenchSite
from holdfast.pure.errors import Unavailable

_COMMAND = (sys.executable, "-c", "from holdfast.main.cli import run; run()", "import", "posts")


async def bench_import(site: BenchSite, options: BenchOptions, progress: Progress) -> dict[str, float | str]:
    """Import new synthetic rows in each round; medians. CPU counts the command, PostgreSQL and the worker."""
    rates, own_rates, cores, per_core = [], [], [], []
    for number in range(options.rounds):
        progress("import", number, options.rounds)
        file = site.data.parent / f"bench-import-{os.getpid()}.jsonl"
        file.write_bytes(import_lines(options.import_rows, seed=time.time_ns()))
        try:
            before, own_before, began = site.processes.cpu(), _children_seconds(), time.perf_counter()
            summary = await _run_import(site, str(file))
            seconds = time.perf_counter() - began
            used, own = site.processes.cpu().minus(before), _children_seconds() - own_before
        finally:
            file.unlink()
        if summary["imported"] != options.import_rows:
            raise Unavailable(
                f"the import took {summary['imported']} of {options.import_rows} rows: {summary}"
            )
        rates.append(options.import_rows / seconds)
        own_rates.append(float(summary["rows_per_second"]))
        cores.append((own + used.total) / seconds)
        per_core.append(options.import_rows / (own + used.total))
    progress("import", options.rounds, options.rounds)
    return {
        "import rows per round": options.import_rows,
        "import rows/s, whole command": median(rates),
        "import rows/s, as the command says": median(own_rates),
        "import rows per CPU second, command and database": median(per_core),
        "import cores busy": median(cores),
    }


async def _run_import(site: BenchSite, file: str) -> dict[str, Any]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HOLDFAST_")}
    child = await asyncio.create_subprocess_exec(
        *_COMMAND, file, "--as", "bench_import", "--source", f"bench-{time.time_ns()}", "--data", str(site.data), "--json",
        env={**clean, "HOLDFAST_PORT": str(site.port)}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, complaint = await child.communicate()
    if child.returncode != 0:
        raise Unavailable(f"the import failed: {complaint.decode('utf-8', 'replace').strip()}")
    summary: dict[str, Any] = msgspec.json.decode(out)
    return summary


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
