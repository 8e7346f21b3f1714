"""Child processes that do not outlive their parent, and waiting for them without polling.

On Linux a child asks the kernel to send it a signal when its parent dies (`PR_SET_PDEATHSIG`).
Elsewhere a left-over child is found and stopped at the next start instead.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not load libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(signal_number: int, parent_pid: int) -> None:
    """Called in the child: deliver `signal_number` to this process when the parent dies.

    The kernel forgets the request when the user id changes, so call it after dropping privileges.
    The parent must have started the child from a thread that lives as long as the parent itself.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent_pid:
        # The parent died before the request was made: nobody would ever send the signal.
        os._exit(1)


def death_request(signal_number: int) -> Callable[[], None]:
    """A `preexec_fn` for `subprocess.Popen` that calls `die_with_parent` in the child."""
    parent_pid = os.getpid()
    return lambda: die_with_parent(signal_number, parent_pid)


async def wait_exit(process: subprocess.Popen[bytes], timeout_seconds: float | None = None) -> int | None:
    """The exit status once the child ends (negative: killed by that signal), or None on timeout."""
    loop = asyncio.get_running_loop()
    deadline = None if timeout_seconds is None else loop.time() + timeout_seconds
    status = process.poll()
    if status is not None:
        return status
    try:
        handle = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        return await _poll_exit(process, deadline)
    ended: asyncio.Future[None] = loop.create_future()

    def on_exit() -> None:
        if not ended.done():
            ended.set_result(None)

    loop.add_reader(handle, on_exit)
    try:
        await asyncio.wait_for(ended, timeout_seconds)
    except TimeoutError:
        return process.poll()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
    return process.wait()


async def _poll_exit(process: subprocess.Popen[bytes], deadline: float | None) -> int | None:
    loop = asyncio.get_running_loop()
    while process.poll() is None and (deadline is None or loop.time() < deadline):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    return process.poll()


def is_alive(pid: int) -> bool:
    """Whether a process of this id exists and is not a zombie."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def started_at(pid: int) -> float | None:
    """When the process of this id started (seconds since the epoch), to tell a reused id apart."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def end_process(pid: int, signals: tuple[tuple[signal.Signals, float], ...]) -> bool:
    """Send each signal in turn, waiting its seconds for the process to end. True when it is gone.

    For processes that are not children of this one; blocks.
    """
    for number, patience_seconds in signals:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + patience_seconds
        while time.monotonic() < deadline:
            if not is_alive(pid):
                return True
            time.sleep(0.05)
    return not is_alive(pid)
