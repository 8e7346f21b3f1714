"""Tools that others wrote accept a bundle, and reject it after one changed byte: bagit, sha256sum, OpenSSL, age."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import bagit  # type: ignore[import-untyped]
import pytest

from holdfast.platform.config import Settings
from tests.support.bundles import small_bundle
from tests.support.site import open_site


@pytest.fixture
async def folder(settings: Settings, tmp_path: Path) -> Path:
    """The bag, as anybody's unzip makes it."""
    async with open_site(settings) as site:
        bundle = await small_bundle(site, tmp_path)
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "out")
    [found] = (tmp_path / "out").iterdir()
    return found


def run(folder: Path, *command: str) -> int:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


async def test_bagit_and_sha256sum_accept_a_bundle_and_find_a_changed_byte(folder: Path) -> None:
    assert bagit.Bag(str(folder)).is_valid()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert run(folder, "sha256sum", "--strict", "-c", manifest) == 0
    leaf = min((folder / "data" / "ledger" / "leaves").iterdir())
    leaf.write_bytes(leaf.read_bytes().replace(b'"v":1', b'"v":2'))
    assert not bagit.Bag(str(folder)).is_valid()
    assert run(folder, "sha256sum", "--strict", "-c", "manifest-sha256.txt") != 0


async def test_the_commands_of_independent_md_verify_the_signature_with_openssl(folder: Path) -> None:
    """The commands are taken from the file that the bundle carries, so that they stay right."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl: the commands for it were NOT tried")
    text = (folder / "verify" / "INDEPENDENT.md").read_text()
    block = text.split("With OpenSSL 3:\n", 1)[1].split("\nLines of witnesses", 1)[0]
    commands = "set -e\n" + "\n".join(line.removeprefix("    ") for line in block.splitlines())
    assert run(folder, "bash", "-c", commands) == 0
    checkpoint = folder / "data" / "ledger" / "checkpoint"
    changed = re.sub(
        rb"\n(\d+)\n", lambda found: b"\n%d\n" % (int(found[1]) + 1), checkpoint.read_bytes(), count=1
    )
    checkpoint.write_bytes(changed)
    assert run(folder, "bash", "-c", commands) != 0


async def test_the_commands_of_independent_md_open_the_commitments(folder: Path) -> None:
    text = (folder / "verify" / "INDEPENDENT.md").read_text()
    block = text.split("    python3 - <<'END'\n", 1)[1].split("    END\n", 1)[0]
    program = "\n".join(line.removeprefix("    ") for line in block.splitlines())
    printed = subprocess.run(
        ["python3", "-c", program], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    leaves = b"".join(one.read_bytes() for one in (folder / "data" / "ledger" / "leaves").iterdir()).decode()
    assert len(printed) == len(list((folder / "data" / "openings").iterdir()))
    for line in printed:
        digest = base64.urlsafe_b64encode(bytes.fromhex(line.split()[-1])).rstrip(b"=").decode()
        assert digest in leaves
