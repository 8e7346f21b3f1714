"""`holdfast witness`: see to it that transparency logs do not change their past. Needs no other part of Holdfast."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import JsonOption, print_json
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.main.witness import KnownLog, WitnessFolder, WitnessStore

app = typer.Typer(
    help="Be a witness of transparency logs, for others. Runs alone: no database, no other service.",
    no_args_is_help=True,
)

Folder = Annotated[
    Path,
    typer.Option(
        "--data", metavar="DIR", envvar="HOLDFAST_WITNESS_DATA", help="The witness's own folder.", show_default=True
    ),
]  # fmt: skip
Guard = Annotated[
    Path | None,
    typer.Option(
        "--guard", metavar="FILE", show_default=False,
        help="Where the guard against restored state is kept; best on another disk. [dim]Default: in the folder[/dim]",
    ),
]  # fmt: skip
_HERE = Path("witness")


@app.command("init")
def init(
    name: Annotated[
        str,
        typer.Option(
            "--name",
            metavar="NAME",
            help="What logs will call it, such as witness.example.org/w1; no spaces.",
        ),
    ],
    data: Folder = _HERE,
) -> None:
    """Make a witness: a folder with a new key and an empty state. Prints its public key (vkey)."""
    from holdfast.main.witness import create_witness

    folder = create_witness(data, name)
    print(folder.key.verifier.vkey)


@app.command("vkey")
def vkey(data: Folder = _HERE) -> None:
    """Print the public key: what a log's operator needs, besides the address."""
    from holdfast.main.witness import open_folder

    print(open_folder(data).key.verifier.vkey)


@app.command("add-log")
def add_log(
    log_vkey: Annotated[str, typer.Argument(metavar="VKEY", help="The log's public key; its name is the log's origin.")],
    url: Annotated[
        str,
        typer.Option("--url", metavar="URL", help="The log's prefix: asked on start whether this witness forgot something."),
    ] = "",
    data: Folder = _HERE,
) -> None:  # fmt: skip
    """Witness a log, also while the witness serves; named again with another key, the log may sign with either."""
    from holdfast.pure.evidence import EvidenceInvalid, parse_vkey
    from holdfast.pure.outbound_addresses import read_target

    try:
        key = parse_vkey(log_vkey)
    except EvidenceInvalid as error:
        raise Invalid(f"this is no log's key: {error.public}") from None
    if key.is_cosigner:
        raise Invalid("this is a witness's key; a log's key begins with Ed25519's type 0x01")
    address = read_target(url).url if url else ""
    with _opened(data) as (_, store):
        origin = store.add_log(log_vkey, address, now=SystemClock().now())
    print(f"witnessing {origin}")


@app.command("list")
def list_logs(data: Folder = _HERE, as_json: JsonOption = False) -> None:
    """Print the logs, how much of each was seen, and what is wrong."""
    with _opened(data) as (_, store):
        rows = [_facts(one) for one in store.logs()]
        kept = store.forgeries()
    for row in rows:
        row["forgeries"] = sum(one.origin == row["origin"] for one in kept)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        when = f"{row['cosigned_at']:%Y-%m-%d %H:%M:%S}" if row["cosigned_at"] else "never"
        print(f"{row['origin']}  {row['size']} records  last cosigned {when}")
        if row["stopped"]:
            print(f"    STOPPED: {row['stopped']}")
        if row["forgeries"]:
            print(f"    {row['forgeries']} contradicting histories kept; see: holdfast witness evidence")
    if not rows:
        print("no logs; add one with: holdfast witness add-log VKEY")


@app.command("evidence")
def evidence(data: Folder = _HERE) -> None:
    """Print, as JSON, what logs signed that contradicts what they had signed before."""
    with _opened(data) as (_, store):
        print_json(
            [
                {
                    "id": one.id,
                    "origin": one.origin,
                    "received_at": one.received_at,
                    "seen_size": one.seen_size,
                    "seen_checkpoint": one.seen_note.decode("utf-8", "replace"),
                    "request": base64.b64encode(one.request).decode(),
                }
                for one in store.forgeries()
            ]
        )


@app.command("serve")
def serve(
    data: Folder = _HERE,
    host: Annotated[str, typer.Option("--host", metavar="H", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="Port to listen on.")] = 8430,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Make the witness first, if the folder has none.", show_default=False),
    ] = None,
    guard: Guard = None,
) -> None:  # fmt: skip
    """Serve until Ctrl-C. Refuses a state that is older than what this witness has answered."""
    from holdfast.main.witness import create_witness, open_folder, serve_witness
    from holdfast.platform.settings import Settings
    from holdfast.platform.telemetry import configure_logging

    if name is not None and not (data / "witness.key").exists():
        create_witness(data, name)
    folder = open_folder(data, guard)
    configure_logging(Settings(data=data), "witness")

    def ready(address: str) -> None:
        print(f"vkey {folder.key.verifier.vkey}")
        print(f"ready {address}")
        sys.stdout.flush()

    def told(sentence: str) -> None:
        sys.stderr.write(f"{sentence}\n")

    asyncio.run(serve_witness(folder, host, port, ready=ready, told=told))


@contextmanager
def _opened(data: Path) -> Iterator[tuple[WitnessFolder, WitnessStore]]:
    from holdfast.main.witness import WitnessStore, open_folder

    folder = open_folder(data)
    store = WitnessStore(folder.database)
    try:
        yield folder, store
    finally:
        store.close()


def _facts(known: KnownLog) -> dict[str, Any]:
    return {
        "origin": known.origin,
        "url": known.url,
        "vkeys": list(known.vkeys),
        "size": known.seen.size,
        "root": base64.b64encode(known.seen.root).decode(),
        "cosigned_at": known.cosigned_at,
        "stopped": known.stopped,
    }
