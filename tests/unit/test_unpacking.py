"""What a backup may hold: files and folders below its own folder, and nothing else."""

from __future__ import annotations

import tarfile

import pytest

from holdfast.continuity.restoring.fetch import _as_ours


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "base/../../outside"])
def test_nothing_is_unpacked_outside(name: str) -> None:
    with pytest.raises(tarfile.TarError):
        _as_ours(tarfile.TarInfo(name), None)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(kind: bytes) -> None:
    member = tarfile.TarInfo("base/1/2")
    member.type = kind
    with pytest.raises(tarfile.TarError):
        _as_ours(member, None)


def test_files_are_ours_alone() -> None:
    member = tarfile.TarInfo("base/1/2")
    member.mode = 0o4777
    assert _as_ours(member, None).mode == 0o600
