"""An SFTP server in this process, over one folder, with one user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh

USER = "mirror"
PASSWORD = "correct horse battery"


class _OneUser(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@asynccontextmanager
async def sftp_server(folder: Path) -> AsyncIterator[tuple[int, str]]:
    """The port, and the line of the server's public key."""
    key = asyncssh.generate_private_key("ssh-ed25519")

    def files(channel: Any) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=bytes(folder))

    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[key], server_factory=_OneUser, sftp_factory=files
    )
    try:
        yield server.get_port(), key.export_public_key().decode().strip()
    finally:
        server.close()
        await server.wait_closed()
