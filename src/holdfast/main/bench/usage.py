"""What the server's processes use: CPU by part, memory by process."""

from __future__ import annotations

import platform

import psutil

from holdfast.main.bench.model import CpuUse, MemoryUse

_MEBIBYTE = 1024 * 1024
_WEB, _WORKER = "holdfast.main.web", "holdfast.main.worker"
_SHIPPER = "holdfast.main.mirror_shipping"


class ServerProcesses:
    """The processes below one `holdfast up`. `extra_web` is another process that counts as web: the baseline."""

    def __init__(self, supervisor_pid: int) -> None:
        self._supervisor = psutil.Process(supervisor_pid)

    def cpu(self, extra_web: int | None = None) -> CpuUse:
        """CPU seconds since each began, with everything below it. PostgreSQL's backends and the decoders of uploads come and
        go: those that ended are in their parent's sum."""
        web = worker = database = 0.0
        for child in self._supervisor.children():
            command = " ".join(child.cmdline())
            if _WEB in command:
                web += _whole(child)
            elif _WORKER in command or _SHIPPER in command:
                worker += _whole(child)
            else:
                database += _whole(child)
        if extra_web is not None:
            web = _whole(psutil.Process(extra_web))
        return CpuUse(web, worker, database)

    def memory(self) -> list[MemoryUse]:
        """Every process of the stack, the supervisor first, PostgreSQL's processes as one row."""
        rows = [memory_of("supervisor", [self._supervisor])]
        for child in self._supervisor.children():
            command = " ".join(child.cmdline())
            if _WEB in command:
                rows.append(memory_of("web", [child]))
            elif _WORKER in command:
                rows.append(memory_of("worker", [child]))
            elif _SHIPPER in command:
                rows.append(memory_of("mirror shipper", [child]))
            else:
                family = [child, *_living(child)]
                rows.append(memory_of(f"postgresql ({len(family)} processes)", family))
        return rows


def _living(process: psutil.Process) -> list[psutil.Process]:
    return process.children(recursive=True)


def _whole(process: psutil.Process) -> float:
    return sum(_with_ended(one) for one in (process, *_living(process)))


def _with_ended(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def memory_of(name: str, processes: list[psutil.Process]) -> MemoryUse:
    """What these processes hold together, as one row."""
    resident = 0.0
    shared_once: float | None = 0.0
    for process in processes:
        try:
            resident += process.memory_info().rss / _MEBIBYTE
            if shared_once is not None:
                shared_once += process.memory_full_info().pss / _MEBIBYTE
        except psutil.NoSuchProcess:
            continue
        except (psutil.AccessDenied, AttributeError):
            # Other operating systems, or processes of another user: then only the resident size is known.
            shared_once = None
    return MemoryUse(name, round(resident, 1), None if shared_once is None else round(shared_once, 1))


def machine() -> str:
    """This machine in a line."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{psutil.cpu_count()} CPUs ({platform.machine()}), {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )
