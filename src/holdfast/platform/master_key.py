"""The one secret that everything else is derived from: 32 random bytes.

It lives in `secrets/master.key` in the data folder, as 64 hexadecimal digits readable by its owner
only, or in the setting `master_key`. It is made on the first start and never again: a new one could
not open what the old one sealed.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from holdfast.platform.config import Settings
from holdfast.pure.errors import Invalid

KEY_BYTES = 32


class MasterKeyError(Invalid):
    """The master key is missing, malformed or readable by others."""


def master_key_file(settings: Settings) -> Path:
    """Where the key is kept when it is not a setting."""
    return settings.data / "secrets" / "master.key"


def load_master_key(settings: Settings) -> bytes:
    """The key. Tightens the file's mode when others could read it. Raises MasterKeyError."""
    if settings.master_key is not None:
        return _decoded(settings.master_key, "HOLDFAST_MASTER_KEY")
    path = master_key_file(settings)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
        return _decoded(path.read_text(encoding="ascii", errors="replace"), str(path))
    except FileNotFoundError:
        raise MasterKeyError(
            f"{path} is missing; restore it from your copy, or set HOLDFAST_MASTER_KEY: "
            "without it nothing sealed in this database can be opened"
        ) from None
    except PermissionError:
        raise MasterKeyError(f"{path} cannot be read by this user; start as the user that owns it") from None


def create_master_key(settings: Settings) -> bytes:
    """Make the key file unless there is one, and return the key. Only for an empty database."""
    path = master_key_file(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return load_master_key(settings)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return load_master_key(settings)


def _decoded(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"{where} does not hold a master key of {KEY_BYTES * 2} hexadecimal digits")
    return key
