"""A relaunch from the command line's side: the stores that were named, the kit, the folder, settings, media; then the phases."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from holdfast.continuity.kits import Kit, fetch_kit
from holdfast.continuity.media import RestoredMedia, fetch_while_serving, restore_media
from holdfast.continuity.mirror import MirrorSetup, StoreSetup, open_authority, open_stores, read_setup
from holdfast.continuity.relaunch import Mirrors, Phase, Progress, Relaunch, Relaunched, RelaunchRequest
from holdfast.continuity.restoring import Target
from holdfast.continuity.standby import Standby, StandbyState
from holdfast.main.database_choice import with_database
from holdfast.main.datafolder import DataFolder, open_data_folder
from holdfast.platform.blobs import open_blobs
from holdfast.platform.clock import Clock
from holdfast.platform.config import CONFIG_FILE, SETTINGS, Settings, load_settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, PoolLimits
from holdfast.platform.master_key import load_master_key, master_key_file
from holdfast.platform.postgres import BUNDLED_VERSION, dsn_for, running_socket_folder, server_programs
from holdfast.platform.stores import AwayObjects, Store, StoreCredentials, StoreMisnamed, open_store
from holdfast.pure.errors import Invalid
from holdfast.pure.mirror_objects import ListedFile

_STORE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.5
_FILE_MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A store that the operator names. name: that of the setup when its address is another one now, else empty."""

    address: str
    name: str = ""
    credentials: StoreCredentials = field(default_factory=StoreCredentials, repr=False)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command. media_later: serve first, and bring media back beside that."""

    sources: tuple[Source, ...]
    identity: str = field(repr=False)
    until: datetime | None = None
    gone: tuple[str, ...] = ()
    domain: str | None = None
    media_later: bool = False
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The folder is locked, the kit open, the stores reached. media: brings files back, given the database's address."""

    request: RelaunchRequest
    mirrors: Mirrors
    media: Callable[[str], Awaitable[int]]


async def relaunch(settings: Settings, wishes: Wishes, *, clock: Clock, progress: Progress) -> Relaunched:
    """Bring the site into the data folder of the settings; `holdfast up` serves it afterwards.

    rehearsal: nothing is claimed and nothing written to any store, for drills. Raises HoldfastError with what to do.
    """
    async with open_mirrors(settings, wishes, progress) as opened:
        work = Relaunch(opened.request, opened.mirrors, clock=clock, progress=progress)
        return await work.run(None if wishes.media_later else opened.media)


async def stand_by(
    settings: Settings,
    wishes: Wishes,
    *,
    clock: Clock,
    progress: Progress,
    told: Callable[[StandbyState], None],
    stop: asyncio.Event,
) -> Relaunched | None:
    """Follow the stores until `stop` is set (None) or somebody asks for the promotion (what came of it)."""
    async with open_mirrors(settings, wishes, progress) as opened:
        standby = Standby(opened.request, opened.mirrors, clock=clock, progress=progress)
        try:
            await standby.start()
            following = asyncio.ensure_future(standby.follow(told))
            asked = asyncio.ensure_future(stop.wait())
            await asyncio.wait({following, asked}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            if not following.done():
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                return None
            following.result()
            return await standby.promote(None if wishes.media_later else opened.media)
        finally:
            await standby.stop()


@asynccontextmanager
async def open_mirrors(settings: Settings, wishes: Wishes, progress: Progress) -> AsyncIterator[Opened]:
    """Lock the folder, open the kit, put secrets and settings in place. Raises NoKit, DataFolderError, StoreMisnamed."""
    with open_data_folder(settings) as folder:
        async with AsyncExitStack() as stack:
            named = _open_named(wishes.sources)
            for store in named.values():
                stack.push_async_callback(store.close)
            kit = await fetch_kit(named, wishes.identity)
            setup, stores = _all_stores(kit.setup, wishes.sources, named, stack)
            bring_settings(folder, kit, domain=wishes.domain)
            ready = load_settings({"data": folder.path, "domain": wishes.domain})
            target = Target(
                folder.path, ready.postgres_user, ready.postgres_bin, ready.postgres_shared_buffers_mb
            )
            request = RelaunchRequest(target, wishes.identity, wishes.until, wishes.gone, wishes.domain)
            authority = None
            if not wishes.rehearsal:
                authority = open_authority(setup.authority_sealed, wishes.identity, setup.site_id)

            async def media(dsn: str) -> int:
                files = await listed_files(ready, dsn)
                done = await bring_back(ready, setup, wishes.identity, stores, files, progress)
                return len(done.missing)

            yield Opened(request, Mirrors(setup, stores, authority, kit.facts), media)


def _open_named(sources: tuple[Source, ...]) -> dict[str, Store]:
    """The stores that were given, by name or number. Raises StoreMisnamed."""
    if not sources:
        raise Invalid("name at least one store with --from, such as --from s3://bucket/prefix")
    return {
        one.name or f"from-{number}": open_store(one.address, one.credentials, timeout_seconds=_STORE_SECONDS)
        for number, one in enumerate(sources, 1)
    }


def _all_stores(
    setup: MirrorSetup, sources: tuple[Source, ...], named: Mapping[str, Store], stack: AsyncExitStack
) -> tuple[MirrorSetup, dict[str, Store]]:
    """The stores of the kit with those that were given in their place, and given ones that the kit does not know.

    A store whose folder is not there is one that does not answer. One that was given under the name of another (NAME=URL) keeps its
    new address.
    """
    stores: dict[str, Store] = {}
    kept: list[StoreSetup] = []
    used: set[str] = set()
    given = dict(zip(named, sources, strict=True))
    for one in setup.stores:
        label = one.name if one.name in named else _given_as(one, setup, given, used)
        if label is not None:
            used.add(label)
            source = given[label]
            known = source.credentials if source.credentials != StoreCredentials() else one.credentials
            stores[one.name] = open_store(source.address, known, timeout_seconds=_STORE_SECONDS)
            stack.push_async_callback(stores[one.name].close)
            kept.append(
                StoreSetup(one.name, source.address, known, one.owner, one.jurisdiction, one.lock_promised)
            )
            continue
        kept.append(one)
        try:
            stores[one.name] = open_store(one.address, one.credentials, timeout_seconds=_STORE_SECONDS)
        except StoreMisnamed:
            stores[one.name] = AwayObjects(one.address)
        stack.push_async_callback(stores[one.name].close)
    stores |= {label: store for label, store in named.items() if label not in used}
    return setup.with_stores(tuple(kept)), stores


def _given_as(one: StoreSetup, setup: MirrorSetup, given: Mapping[str, Source], used: set[str]) -> str | None:
    """Under which label a store of the kit was given. Buckets of one name at two services are told apart by the service: a store that
    was counted twice would have two voices."""
    alike = [label for label, source in given.items() if source.address == one.address and label not in used]
    if sum(other.address == one.address for other in setup.stores) == 1:
        return alike[0] if alike else None
    return next((label for label in alike if _place(one.address, given[label]) == one.place), None)


def _place(address: str, source: Source) -> tuple[str, str]:
    return StoreSetup("", address, source.credentials).place


def bring_settings(folder: DataFolder, kit: Kit, *, domain: str | None) -> None:
    """The master key, the operator's files and settings, where `holdfast up` looks for them. What is there already stays."""
    path = (
        folder.path / "secrets" / master_key_file(load_settings({"data": folder.path}, environment={})).name
    )
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(kit.master_key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    files: Mapping[str, str] = kit.facts.get("files") or {}
    for label, content in files.items():
        wanted = Path(label)
        if wanted.is_absolute() or ".." in wanted.parts or not content:
            continue
        target = folder.path / wanted
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes(base64.b64decode(content)[:_FILE_MAX_BYTES])
    _complete_settings(folder.path / CONFIG_FILE, kit, domain)


def _complete_settings(path: Path, kit: Kit, domain: str | None) -> None:
    """Settings that came from the environment or the command line of the old machine are lines of the file here."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    there = tomllib.loads(text)
    values: dict[str, Any] = {"domain": kit.setup.domain, **(kit.facts.get("settings") or {})}
    # How processes hear of changes follows from the machine.
    values.pop("freshness", None)
    programs = _programs_for(kit)
    if programs is not None:
        values["postgres_bin"] = str(programs)
    if domain is not None:
        values = {name: value for name, value in values.items() if name not in ("domain", "public_url")}
    lines = [
        f"{name} = {_toml(name, value)}\n"
        for name, value in values.items()
        if name in SETTINGS and name not in there
    ]
    if lines:
        staging = path.with_suffix(".new")
        staging.write_text("".join(lines) + text, encoding="utf-8")
        staging.chmod(0o600)
        staging.rename(path)


def _programs_for(kit: Kit) -> Path | None:
    """The operating system's PostgreSQL, where the site had a server of its own of another version than the one that comes with Holdfast.

    None too where it is not here: then the backups say which one to install. What the environment says counts before it all the same.
    """
    said = str((kit.facts.get("database") or {}).get("postgres") or "").partition(".")[0]
    if not said.isdecimal() or int(said) == BUNDLED_VERSION:
        return None
    return server_programs(int(said))


def _toml(name: str, value: Any) -> str:
    """A value as TOML writes it; JSON's spelling is the same for all that settings have. The kit has decimals as text."""
    if isinstance(value, str) and isinstance(SETTINGS[name].default, float):
        return value
    return json.dumps(value, ensure_ascii=True)


async def listed_files(settings: Settings, dsn: str) -> list[ListedFile]:
    """Every file that the restored database names."""
    from holdfast.main.mirroring import due_files

    ready = with_database(settings, dsn, embedded=True)
    async with await Database.connect(
        str(ready.database_url), PoolLimits(size=1), lambda event: ()
    ) as database:
        return await due_files(database)


async def bring_back(
    settings: Settings,
    setup: MirrorSetup,
    identity: str,
    stores: Mapping[str, Store],
    files: list[ListedFile],
    progress: Progress,
) -> RestoredMedia:
    """All files into the media store of this machine."""
    progress.begin(Phase.MEDIA, len(files))
    blobs = open_blobs(settings).alone()
    return await restore_media(setup, identity, stores, files, blobs, progress=_counted(progress))


async def bring_back_beside(
    settings: Settings, identity: str, progress: Progress, *, patience_seconds: float
) -> RestoredMedia:
    """Fetch all files that are missing while the server of this folder serves; what somebody looks at comes first.

    Waits so long for the server to run. Raises NoMirror, NoDatabase.
    """
    from holdfast.main.backing_up import NoMirror
    from holdfast.main.mirror_shipping import superuser_dsn

    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_seconds
    while running_socket_folder(settings.data) is None and loop.time() < deadline:  # noqa: ASYNC110 another process starts it
        await asyncio.sleep(_LOOK_SECONDS)
    setup = read_setup(settings.data, Keyring(load_master_key(settings)))
    if setup is None or not setup.stores:
        raise NoMirror
    superuser_dsn(settings)
    folder = running_socket_folder(settings.data)
    dsn = settings.database_url or dsn_for(folder or "")
    stores = open_stores(setup, timeout_seconds=_STORE_SECONDS)
    files = await listed_files(settings, dsn)
    progress.begin(Phase.MEDIA, len(files))
    try:
        return await fetch_while_serving(
            setup, identity, stores, files, open_blobs(settings).alone(), settings.data,
            progress=_counted(progress),
        )  # fmt: skip
    finally:
        for store in stores.values():
            await store.close()


def _counted(progress: Progress) -> Callable[[RestoredMedia], None]:
    before = 0

    def tell(done: RestoredMedia) -> None:
        nonlocal before
        now = done.fetched + done.present + len(done.missing)
        progress.advance(now - before)
        before = now

    return tell
