"""The project's own benchmarks: a real server in a scratch folder, data with a heavy tail, load from a process apart.

Every figure stands beside a baseline measured in the same run, in turns with it: a bare ASGI application under the
same web server that asks the same database one query. On a shared machine requests per second drift; CPU per request
and the ratio to the baseline do not.
"""

from .model import BenchOptions, Report
from .run import run_bench

__all__ = ["BenchOptions", "Report", "run_bench"]
