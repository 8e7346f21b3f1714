"""What goes into the sealed kit: everything that a new machine needs and that neither database nor media hold."""

from __future__ import annotations

import base64
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

import msgspec

from holdfast import __version__
from holdfast.continuity.mirror import MirrorSetup
from holdfast.platform.config import CONFIG_FILE, SETTINGS, Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database
from holdfast.platform.master_key import load_master_key
from holdfast.pure.mirror import format_lsn
from holdfast.records import ledger
from holdfast.records.holds import active_count
from holdfast.records.sequencing import generations, verifier_keys
from holdfast.records.witnesses import witnesses

_FILE_MAX_BYTES: Final = 128 * 1024
_FILES_MAX_BYTES: Final = 384 * 1024
# Where a server stands is another matter on another machine.
_OF_THE_MACHINE: Final = frozenset(
    {"data", "host", "port", "database_url", "mirror_database_url", "master_key"}
)
_RUNBOOK: Final = (
    "1. Install this version with these packages. 2. holdfast relaunch --from STORE --key FILE --data FOLDER. "
    "3. Change the addresses in the DNS. 4. Revoke the old credentials at every store, as the administrator there. "
    "5. holdfast mirror list; add a store in place of one that is lost. 6. holdfast relaunch-notice publish, if the name changes. "
    "More: docs/guide/mirror.md."
)


@dataclass(frozen=True, slots=True)
class KitFacts:
    """lasting: facts whose change makes a new kit due. passing: those that change all the time and are as of the making.

    secrets: every value that must not stand in the readable sheet.
    """

    lasting: Mapping[str, Any] = field(repr=False)
    passing: Mapping[str, Any]
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def all(self) -> dict[str, Any]:
        """What is sealed, beside the setup."""
        return {**self.lasting, **self.passing}


async def collect_facts(settings: Settings, database: Database, setup: MirrorSetup) -> KitFacts:
    """The facts of now. Raises Unavailable while the database is away."""
    master = load_master_key(settings)
    keyring = Keyring(master)
    logs = await ledger.logs(database)
    known = await generations(database)
    newest = await ledger.latest_checkpoint(database) if logs else None
    confirming = await witnesses(database)
    values, secret_values = _settings(settings)
    lasting = {
        "master_key": master.hex(),
        "vapid_public": keyring.vapid_public(),
        "settings": values,
        "files": _files(settings),
        "software": _software(),
        "runbook": _RUNBOOK,
    }
    keys = []
    if logs:
        newest_number = known[-1].number if known else 1
        keys = [one.vkey for one in verifier_keys(keyring, logs[-1].origin, newest_number)[:newest_number]]
    signed = {
        "origin": logs[-1].origin if logs else "",
        "vkeys": keys,
        "witnesses": [one.vkey for one in confirming],
        "witness_addresses": [one.url for one in confirming],
    }
    row = await database.fetchrow(
        "select timeline_id, pg_current_wal_lsn() - '0/0'::pg_lsn, split_part(current_setting('server_version'), ' ', 1),"
        " current_database(), current_user from pg_control_checkpoint()"
    )
    place = (
        {
            "timeline": row[0],
            "last_lsn": format_lsn(int(row[1])),
            "postgres": row[2],
            "name": row[3],
            "owner": row[4],
        }
        if row
        else {}
    )
    passing = {
        "ledger": {**signed, "checkpoint": newest.whole_note.decode() if newest else ""},
        "database": place,
        "holds": await active_count(database),
    }
    lasting["ledger_keys"] = signed
    return KitFacts(lasting, passing, (master.hex(), *secret_values, *_setup_secrets(setup)))


def _settings(settings: Settings) -> tuple[dict[str, Any], list[str]]:
    """Settings that are not at their defaults, as JSON, and those of them that are secret."""
    values: dict[str, Any] = {}
    secrets: list[str] = []
    for name, row in SETTINGS.items():
        value = getattr(settings, name)
        if name in _OF_THE_MACHINE or value == row.default or value is None:
            continue
        if isinstance(value, Path):
            inside = value.is_relative_to(settings.data)
            value = str(value.relative_to(settings.data)) if inside else str(value)
        elif isinstance(value, float):
            value = str(value)
        values[name] = msgspec.to_builtins(value)
        if row.about.secret and isinstance(value, str):
            secrets.append(value)
    return values, secrets


def _files(settings: Settings) -> dict[str, str]:
    """The operator's files that settings name, and holdfast.toml, in base64 by path; larger ones are left to the operator."""
    wanted: list[Path | None] = [settings.data / CONFIG_FILE]
    wanted += [getattr(settings, name) for name in SETTINGS if name.endswith("_file")]
    found: dict[str, str] = {}
    size = 0
    for path in wanted:
        if path is None:
            continue
        try:
            data = path.read_bytes() if path.stat().st_size <= _FILE_MAX_BYTES else None
        except OSError:
            continue
        label = str(path.relative_to(settings.data)) if path.is_relative_to(settings.data) else str(path)
        if data is None or size + len(data) > _FILES_MAX_BYTES:
            found[label] = ""  # too large for a kit: its name alone says that it has to be brought
            continue
        size += len(data)
        found[label] = base64.b64encode(data).decode()
    return found


def _software() -> dict[str, Any]:
    """What to install: versions, and the list of packages with their hashes where the package carries it."""
    installed = {one.name: one.version for one in metadata.distributions() if one.name}
    return {
        "version": __version__,
        "python": platform.python_version(),
        "installed": dict(sorted(installed.items())),
        "lock": _lock(),
    }


def _lock() -> str:
    packed = resources.files("holdfast") / "requirements.lock"
    if packed.is_file():
        return packed.read_text()
    beside = Path(__file__).resolve().parents[4] / "requirements.lock"
    return beside.read_text() if beside.is_file() else ""


def _setup_secrets(setup: MirrorSetup) -> list[str]:
    found = [base64.b64encode(one).decode() for one in (setup.signer.seed, setup.media_key)]
    for store in setup.stores:
        known = store.credentials
        found += [one for one in (known.user, known.secret, *known.private_key.splitlines()) if one]
    return found
