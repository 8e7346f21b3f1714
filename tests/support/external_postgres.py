"""A PostgreSQL that is not ours: the operating system's, with a certificate, that takes nobody who does not speak TLS."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.up_process import free_port

DATABASE, SITE_ROLE, MIRROR_ROLE = "community", "site", "log_keeper"
PASSWORD = "p@ss/word:of a role"
# Nobody gets in without TLS over the network; the socket is for whoever runs the server.
_WHO = f"""\
local   all          all                        trust
hostssl {DATABASE}   {SITE_ROLE},{MIRROR_ROLE}  127.0.0.1/32  scram-sha-256
hostssl replication  {MIRROR_ROLE}              127.0.0.1/32  scram-sha-256
"""
# What docs/guide/mirror.md asks an operator for; neither role is a superuser.
_ROLES = f"""\
CREATE ROLE {SITE_ROLE} LOGIN PASSWORD '{PASSWORD}';
CREATE DATABASE {DATABASE} OWNER {SITE_ROLE} ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
CREATE ROLE {MIRROR_ROLE} LOGIN REPLICATION PASSWORD '{PASSWORD}';
GRANT pg_monitor, pg_signal_backend TO {MIRROR_ROLE};
GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names, max_slot_wal_keep_size, default_transaction_read_only TO {MIRROR_ROLE};
\\connect {DATABASE}
GRANT EXECUTE ON FUNCTION pg_reload_conf() TO {MIRROR_ROLE};
"""


def system_postgres() -> Path:
    """The newest PostgreSQL that the operating system brought; skips the test, with the reason, where none can be run."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True
    )
    found = [one for one in found if (one / "postgres").is_file() and (one / "initdb").is_file()]
    if not found:
        pytest.skip("NOT TESTED: no PostgreSQL of the operating system; apt install postgresql")
    if os.geteuid() == 0 and _account() is None:
        pytest.skip("NOT TESTED: runs as root, and there is no user postgres or nobody to run PostgreSQL as")
    return found[0]


def _account() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


class ExternalPostgres:
    """One server in a folder of its own. `close` it."""

    def __init__(self, folder: Path, programs: Path, **options: str) -> None:
        self.programs, self.folder, self.port = programs, folder, free_port()
        self.major = int(programs.parent.name)
        self.options = options
        self._user = _account() if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(mode=0o755)
        self.authority = folder / "authority.pem"
        self._certificates()
        self._own(folder)
        self._tool(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        (folder / "data" / "pg_hba.conf").write_text(_WHO)
        self.start()
        self.psql("postgres", _ROLES)

    def url(self, role: str, *, mode: str = "verify-full", authority: Path | None = None) -> str:
        """The address of the database, as an operator would write it."""
        return (
            f"postgresql://{role}:{quote(PASSWORD, safe='')}@localhost:{self.port}/{DATABASE}"
            f"?sslmode={mode}&sslrootcert={quote(str(authority or self.authority), safe='/')}"
        )

    def start(self) -> None:
        """Start it, or once more after `kill`."""
        options = {
            "port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder),
            "ssl": "on", "ssl_cert_file": str(self.folder / "server.pem"), "ssl_key_file": str(self.folder / "server.key"),
            "wal_level": "replica", "max_wal_senders": "10", "max_replication_slots": "10", "fsync": "off", "log_connections": "on",
            # As much of what is only there as an operator has: a restore must not stumble over it.
            "archive_mode": "on", "archive_command": "test -n %p", **self.options,
        }  # fmt: skip
        lines = "".join(f"{name} = '{value}'\n" for name, value in options.items())
        (self.folder / "data" / "postgresql.conf").write_text(lines)
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", str(self.folder / "data")], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                process_group=0, **self._as(),
            )  # fmt: skip
        ready = ["-h", str(self.folder), "-p", str(self.port), "-t", "5"]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            done = subprocess.run([self.programs / "pg_isready", *ready], capture_output=True, check=False)
            if done.returncode == 0:
                return
            assert self._process.poll() is None, (self.folder / "log").read_text()
        raise AssertionError((self.folder / "log").read_text())

    def psql(self, database: str, statements: str) -> str:
        """What the superuser's statements give, unaligned."""
        done = subprocess.run(
            [self.programs / "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-p", str(self.port),
             "-U", "postgres", "-d", database],
            input=statements, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def kill(self) -> None:
        """kill -9 of the server; its children follow when they notice."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(30)

    def close(self) -> None:
        """Leave nothing behind."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _certificates(self) -> None:
        key, name = ec.generate_private_key(ec.SECP256R1()), _name("Authority of a test")
        authority = _builder(name, name, key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.authority.write_bytes(_pem(authority.sign(key, hashes.SHA256())))
        own = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.9"))]
        )
        server = _builder(_name("localhost"), name, own.public_key()).add_extension(names, critical=False)
        (self.folder / "server.pem").write_bytes(_pem(server.sign(key, hashes.SHA256())))
        plain = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.folder / "server.key").write_bytes(plain)
        (self.folder / "server.key").chmod(0o600)

    def _own(self, folder: Path) -> None:
        if self._user is not None:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _as(self) -> dict[str, Any]:
        if self._user is None:
            return {"cwd": self.folder}
        return {"cwd": self.folder, "user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": ()}

    def _tool(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / name, *arguments], capture_output=True, text=True, check=False, **self._as()
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(issuer).public_key(key).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=2))
    )  # fmt: skip


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


__all__ = ["DATABASE", "MIRROR_ROLE", "SITE_ROLE", "ExternalPostgres", "system_postgres"]
