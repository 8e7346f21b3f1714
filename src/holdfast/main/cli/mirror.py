"""`holdfast mirror`: the site at stores of other owners, so that no provider can take it away."""

from __future__ import annotations

import typer

from holdfast.main.cli import (
    mirror_backup,
    mirror_init,
    mirror_keys,
    mirror_kit,
    mirror_restore_media,
    mirror_ship,
    mirror_state,
    mirror_stores,
    mirror_unshipped,
)

app = typer.Typer(
    help="The mirror: the whole site, encrypted, at stores of other owners (docs/guide/mirror.md).",
    no_args_is_help=True,
)
app.command("init")(mirror_init.init)
app.command("add")(mirror_stores.add)
app.command("list")(mirror_stores.list_stores)
app.command("remove")(mirror_stores.remove)
app.command("status")(mirror_state.status)
app.command("verify")(mirror_state.verify)
app.command("media")(mirror_state.media)
app.command("backup")(mirror_backup.backup)
app.command("restore-media")(mirror_restore_media.restore_media)
app.command("unshipped")(mirror_unshipped.unshipped)
app.command("ship")(mirror_ship.ship)
app.command("kit")(mirror_kit.kit)
app.command("note")(mirror_kit.note)
app.add_typer(mirror_keys.app, name="keys")
