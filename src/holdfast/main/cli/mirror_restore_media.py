"""`holdfast mirror restore-media`: files back from the stores while the site serves already."""

from __future__ import annotations

import asyncio
from typing import Final

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json

# By their module, because the group of `mirror` is imported for every one of its commands.
from holdfast.main.cli.relaunch import KeyOption, SharesOption, identity_from, phases_shown

_PATIENCE_SECONDS: Final = 60.0


def restore_media(
    *,
    key: KeyOption = None,
    shares: SharesOption = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch every file that this machine lacks, and before the others what somebody looks at. Run it after `relaunch --media later`."""
    from holdfast.main.relaunching import bring_back_beside

    settings = command_settings(data)
    identity = identity_from(key, shares=shares)
    with phases_shown() as progress:
        done = asyncio.run(
            bring_back_beside(settings, identity, progress, patience_seconds=_PATIENCE_SECONDS)
        )
    facts = {
        "files": done.total, "fetched": done.fetched, "present": done.present, "size_bytes": done.size_bytes,
        "missing": [one.hex() for one in done.missing],
    }  # fmt: skip
    if as_json:
        print_json(facts)
        return
    print(f"{done.fetched} files fetched, {done.present} were here, {len(done.missing)} are at no store")
