"""The embedded PostgreSQL: our own small supervisor over a folder of PostgreSQL programs."""

from holdfast.platform.postgres.configuration import ADMIN_ROLE, APP_ROLE, DATABASE
from holdfast.platform.postgres.errors import ClusterUnusable, PostgresError, ProgramsMissing, StartFailed
from holdfast.platform.postgres.outside_programs import client_programs, server_programs
from holdfast.platform.postgres.programs import MAJOR_VERSION as BUNDLED_VERSION
from holdfast.platform.postgres.programs import backup_programs
from holdfast.platform.postgres.programs import major_version_of as programs_major
from holdfast.platform.postgres.reachable import DatabaseUnreachable, check_reachable
from holdfast.platform.postgres.server import EmbeddedPostgres, dsn_for, running_socket_folder

__all__ = [
    "ADMIN_ROLE",
    "APP_ROLE",
    "BUNDLED_VERSION",
    "DATABASE",
    "ClusterUnusable",
    "DatabaseUnreachable",
    "EmbeddedPostgres",
    "PostgresError",
    "ProgramsMissing",
    "StartFailed",
    "backup_programs",
    "check_reachable",
    "client_programs",
    "dsn_for",
    "programs_major",
    "running_socket_folder",
    "server_programs",
]
