"""Settings of the machine: address, database, keys, logs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ..about import S


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where it lives, and on what."""

    # Where it lives and listens
    data: Annotated[Path, S("Folder that holds everything this server keeps.")] = Path("data")
    host: Annotated[str, S("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, S("TCP port to listen on.", minimum=1, maximum=65535)] = 8420
    domain: Annotated[str, S("Name in addresses such as @name@domain.", derived="host and port")] = ""
    public_url: Annotated[
        str,
        S(
            "Address people reach it by.",
            derived="https://DOMAIN, or http:// when the domain is this machine",
        ),
    ] = ""
    relaunch_addresses: Annotated[
        tuple[str, ...],
        S(
            "Addresses of the files relaunch.json that say where this server went: on its mirrors, and its own. Apps are"
            " told of them and look there when this server does not answer; each must allow requests from other origins."
        ),
    ] = ()
    workers: Annotated[int, S("Web processes.", minimum=1, maximum=64)] = 1
    trusted_proxies: Annotated[
        tuple[str, ...], S("Addresses or networks whose X-Forwarded-For and -Proto are believed.")
    ] = ("127.0.0.1", "::1")
    listen_backlog: Annotated[int, S("Connections the kernel queues.", minimum=16, maximum=65535)] = 1024
    connections_max: Annotated[
        int,
        S(
            "Connections that one web process serves at once, streams included.",
            minimum=64,
            maximum=1_000_000,
        ),
    ] = 16_384
    request_body_max_bytes: Annotated[
        int, S("Largest request body.", unit="bytes", minimum=65536, maximum=1 << 31)
    ] = 16 * 1024 * 1024
    request_timeout_seconds: Annotated[
        int, S("Longest time one request may take.", unit="seconds", minimum=1, maximum=600)
    ] = 30
    shutdown_grace_seconds: Annotated[
        int,
        S(
            "Time that running requests and jobs get to finish on stop.",
            unit="seconds",
            minimum=1,
            maximum=600,
        ),
    ] = 20
    start_timeout_seconds: Annotated[
        int, S("Time that web and worker get to become ready.", unit="seconds", minimum=5, maximum=3600)
    ] = 60
    min_free_disk_mb: Annotated[
        int, S("Refuse to start with less free disk than this.", unit="MiB", minimum=0, maximum=10_000_000)
    ] = 256

    # Database
    database_url: Annotated[
        str | None, S("PostgreSQL to use instead of the embedded one: postgresql://...", secret=True)
    ] = None
    database_pool_size: Annotated[int, S("Connections per web process.", minimum=2, maximum=200)] = 6
    worker_pool_size: Annotated[
        int, S("Connections per worker: one listens, the others run jobs.", minimum=2, maximum=200)
    ] = 3
    database_connect_timeout_seconds: Annotated[
        int, S("Time to reach an external database.", unit="seconds", minimum=1, maximum=300)
    ] = 10
    statement_timeout_seconds: Annotated[
        int, S("Longest time one statement may take in a request.", unit="seconds", minimum=1, maximum=3600)
    ] = 15
    postgres_user: Annotated[
        str,
        S("Account that runs the embedded PostgreSQL when started as root.", derived="postgres, else nobody"),
    ] = ""
    postgres_bin: Annotated[
        Path | None, S("Folder of PostgreSQL programs to use instead of the ones that come with Holdfast.")
    ] = None
    postgres_shared_buffers_mb: Annotated[
        int, S("Memory the embedded PostgreSQL caches pages in.", unit="MiB", minimum=16, maximum=262144)
    ] = 64

    # Keys and logs
    master_key: Annotated[
        str | None,
        S("Master key, 64 hexadecimal digits, instead of the file secrets/master.key.", secret=True),
    ] = None
    log_level: Annotated[Literal["debug", "info", "warning", "error"], S("Least severe entry to log.")] = (
        "info"
    )
    log_format: Annotated[
        Literal["auto", "text", "json"], S("How entries look; auto is text on a terminal, json elsewhere.")
    ] = "auto"
