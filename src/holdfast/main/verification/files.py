"""Which verifier a file needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from holdfast.main.verification.bundle import is_bundle, verify_bundle
from holdfast.main.verification.log_folder import is_log_folder, verify_log_folder
from holdfast.main.verification.proof_file import is_proof, verify_proof_file
from holdfast.main.verification.report import Report
from holdfast.main.verification.trust import Given, Trust
from holdfast.pure.errors import Invalid

# Each kind of file: whether a path with these first bytes is one (a folder has none), and what verifies it.
KINDS: tuple[tuple[Callable[[Path, bytes], bool], Callable[[Path, Trust, Given], Report]], ...] = (
    (is_proof, verify_proof_file),
    (is_bundle, verify_bundle),
    (is_log_folder, verify_log_folder),
)

_HEAD_BYTES = 64


def verify_file(path: Path, trust: Trust, given: Given) -> Report:
    """Verify a file by its kind. Raises Invalid where it cannot be read or is of no known kind."""
    try:
        with path.open("rb") as source:
            head = source.read(_HEAD_BYTES)
    except IsADirectoryError:
        head = b""
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from None
    for recognises, verify in KINDS:
        if recognises(path, head):
            return verify(path, trust, given)
    raise Invalid(
        f"{path} is nothing that can be verified here: a proof ends in .tlog-proof, a bundle is a ZIP"
        " or the folder that it was unpacked to, a log has a checkpoint"
    )
