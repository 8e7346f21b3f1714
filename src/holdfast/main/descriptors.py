"""How many files and sockets this process may have open."""

from __future__ import annotations

import contextlib
import resource


def allow_descriptors(wanted: int) -> int:
    """Raise the limit to `wanted` as far as the system lets this process; the limit that holds now.

    Many systems start processes with 1,024, which is less than the connections that one web process serves.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
