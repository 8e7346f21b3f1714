"""Takes from a process what it does not need, for good: memory, time, files, the network, other system calls.

Linux only beyond the resource limits. What the kernel does not offer is left out: `confine_decoder` and
`confine_program` say what they reached, and `holdfast doctor` can tell the operator.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_NOBODY = 65534

# By machine: the audit architecture, and the numbers of the system calls that decoding pictures needs.
# read write close fstat lseek mmap mprotect munmap brk sigaction sigprocmask sigreturn pread pwrite readv writev
# sched_yield mremap madvise getpid exit ftruncate gettimeofday sysinfo times futex getaffinity clock_gettime
# exit_group tgkill gettid getrandom newfstatat rseq membarrier prlimit fcntl set_robust_list
_DECODER_CALLS: Final[dict[str, tuple[int, tuple[int, ...]]]] = {
    "x86_64": (0xC000003E, (
        0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 24, 25, 28, 39, 60, 72, 77, 96, 99, 100, 202, 204,
        228, 231, 234, 186, 262, 302, 318, 324, 334, 273,
    )),
    "aarch64": (0xC00000B7, (
        63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 67, 68, 65, 66, 124, 216, 233, 172, 93, 25, 46, 169,
        179, 153, 98, 123, 113, 94, 131, 178, 79, 261, 278, 283, 293, 99,
    )),
}  # fmt: skip
# What a program such as ffmpeg is never let do: sockets of any kind, looking into other processes, mounts, new
# namespaces, kernel keys and programs. socket connect bind listen accept accept4 sendto ptrace process_vm_readv
# process_vm_writev mount umount2 unshare setns keyctl add_key request_key bpf perf_event_open userfaultfd io_uring_setup
_PROGRAM_REFUSED: Final[dict[str, tuple[int, tuple[int, ...]]]] = {
    "x86_64": (0xC000003E, (
        41, 42, 49, 50, 43, 288, 44, 101, 310, 311, 165, 166, 272, 308, 250, 248, 249, 321, 298, 323, 425,
    )),
    "aarch64": (0xC00000B7, (
        198, 203, 200, 201, 202, 242, 206, 117, 270, 271, 40, 39, 97, 268, 219, 217, 218, 280, 241, 282, 425,
    )),
}  # fmt: skip
_ALLOW, _REFUSE, _KILL, _UNKNOWN = 0x7FFF0000, 0x00050000 | 1, 0x80000000, 0x00050000 | 38
# Threads of its own are all that a decoder may start. Its C library asks by clone3, whose wishes a filter cannot see,
# and by clone when that is not there.
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_CLONE_THREAD = 0x10000

# Landlock, first edition: all rights to files; those for reading and running.
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_ALL_FILE_RIGHTS = (1 << 13) - 1
_READ_RIGHTS = 0b1101
_PROGRAM_READS = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/opt",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/nix",
    "/proc/cpuinfo",
)
_FILE_READ_RIGHTS = 0b0101


def confine_decoder(*, memory_bytes: int, seconds: float, output_bytes: int) -> None:
    """Bind this process, which has all it needs open and loaded already, to computing and answering."""
    _limit(memory_bytes=memory_bytes, seconds=seconds, output_bytes=output_bytes, files=64)
    if _LIBC is None:
        return
    _LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    if os.geteuid() == 0:
        _drop_root()
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    machine = platform.machine()
    calls = _DECODER_CALLS.get(machine)
    if calls is not None:
        _filter(_program(calls[0], calls[1], hit=_ALLOW, miss=_REFUSE, threads=_CLONE[machine]))


def confinement(
    *, memory_bytes: int, seconds: float, output_bytes: int, workplace: Path, program: str = ""
) -> Callable[[], None]:
    """A `preexec_fn` that binds the program to be started: no network, files of `workplace` alone to write, to read
    those and what programs are made of. `program`: where it is, for one in an unusual place.

    Made before the fork, so that in the child nothing has to be loaded.
    """
    refused = _PROGRAM_REFUSED.get(platform.machine())
    filtered = None if refused is None else _program(refused[0], refused[1], hit=_REFUSE, miss=_ALLOW)
    reads = [Path(name) for name in _PROGRAM_READS]
    if program:
        reads.append(Path(program).resolve().parent)

    def bind() -> None:
        _limit(memory_bytes=memory_bytes, seconds=seconds, output_bytes=output_bytes, files=256)
        os.nice(10)
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _fence(workplace, reads)
        if filtered is not None:
            _filter(filtered)

    return bind


def _limit(*, memory_bytes: int, seconds: float, output_bytes: int, files: int) -> None:
    cpu = max(1, int(seconds) + 1)
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, output_bytes),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _drop_root() -> None:
    with contextlib.suppress(OSError):  # a namespace without other users: there is nobody to become
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def _program(architecture: int, calls: Sequence[int], *, hit: int, miss: int, threads: int = 0) -> bytes:
    """A filter: `hit` for these system calls, `miss` for all others, death for those of another architecture.

    `threads`: the number of clone, where that is let start threads and nothing else.
    """

    def load(offset: int) -> bytes:
        return struct.pack("HBBI", 0x20, 0, 0, offset)

    def same(value: int, yes: int, no: int) -> bytes:
        return struct.pack("HBBI", 0x15, yes, no, value)

    def answer(value: int) -> bytes:
        return struct.pack("HBBI", 0x06, 0, 0, value)

    steps = [load(4), same(architecture, 1, 0), answer(_KILL), load(0)]
    if threads:
        steps.extend([same(_CLONE3, 0, 1), answer(_UNKNOWN), same(threads, 0, 4), load(16)])
        steps.extend([struct.pack("HBBI", 0x45, 0, 1, _CLONE_THREAD), answer(_ALLOW), answer(_REFUSE)])
    steps.extend(same(call, len(calls) - at, 0) for at, call in enumerate(calls))
    steps.extend([answer(miss), answer(hit)])
    return b"".join(steps)


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def _filter(program: bytes) -> bool:
    kept = ctypes.create_string_buffer(program, len(program))
    filtered = _Filter(len(program) // 8, ctypes.addressof(kept))
    return (
        _LIBC is not None
        and _LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filtered), 0, 0) == 0
    )


def _fence(workplace: Path, reads: Sequence[Path]) -> bool:
    """Landlock: from now on only programs and libraries can be read, and only the workplace written."""
    if _LIBC is None:
        return False
    rights = struct.pack("Q", _ALL_FILE_RIGHTS)
    rules = _LIBC.syscall(_LANDLOCK_CREATE, rights, len(rights), 0)
    if rules < 0:
        return False
    for place, allowed in (
        *((place, _READ_RIGHTS) for place in reads),
        (workplace, _ALL_FILE_RIGHTS),
    ):
        try:
            handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = allowed if place.is_dir() else allowed & _FILE_READ_RIGHTS
        _LIBC.syscall(_LANDLOCK_ADD, rules, 1, struct.pack("=Qi", allowed, handle), 0)
        os.close(handle)
    fenced = _LIBC.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0
    os.close(rules)
    return bool(fenced)
