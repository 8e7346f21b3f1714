"""Use case: a member edits the profile and the posting preferences."""

from __future__ import annotations

from ...platform.db import Tx
from . import store
from .errors import ProfileNotAllowed
from .model import Actor, ProfileChange, ProfileLimits, cleaned, profile_problems


async def edit_profile(tx: Tx, actor: Actor, change: ProfileChange, *, limits: ProfileLimits) -> None:
    """Set what `change` sets, as `cleaned`; raises ProfileNotAllowed with every problem at once."""
    change = cleaned(change)
    problems = profile_problems(change, limits)
    if problems:
        raise ProfileNotAllowed(problems)
    await store.update_profile(tx, actor.account_id, change)
