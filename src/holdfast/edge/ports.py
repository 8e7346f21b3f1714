"""What the edge is given: the ports and readers that main/wiring.py builds once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from ..platform.clock import Clock
from ..platform.config import Settings
from ..platform.crypto import Keyring
from ..platform.db import Database
from ..platform.guarded_http import GuardedClient
from ..platform.ids import PublicIds
from ..platform.limits import RateLimits
from ..screening import Screen
from ..screening.state import RuleKeeper
from ..social.accounts import AccountReader
from ..social.bans import NetworkReader
from ..social.emojis import EmojiReader
from ..social.graph import RelationsReader
from ..social.instance import InstanceReader
from ..social.live import LiveHub
from ..social.media import Intake
from ..social.notifications import NotificationReader
from ..social.posts import PostReader
from ..social.sessions import SessionReader
from ..social.timelines import TimelineReader
from ..social.tokens import TokenReader
from ..trust.breaker import BreakerReader, usable_stages
from ..trust.transparency import TransparencyReader


class OwnerPort(Protocol):
    """What only who runs the server may see; facts as the commands print them with --json, without any secret."""

    async def mirror(self) -> dict[str, Any]:
        """`configured`, and the facts of `holdfast mirror status`. Raises MirrorSetupUnreadable."""
        ...

    async def doctor(self) -> dict[str, Any]:
        """The facts of `holdfast doctor`. Raises MirrorSetupUnreadable."""
        ...


@dataclass(frozen=True)
class Services:
    """Everything a handler may use. Handlers hold nothing of their own."""

    settings: Settings
    database: Database
    clock: Clock
    ids: PublicIds
    keyring: Keyring
    limits: RateLimits
    screen: Screen
    rule_keeper: RuleKeeper
    accounts: AccountReader
    relations: RelationsReader
    posts: PostReader
    timelines: TimelineReader
    notifications: NotificationReader
    tokens: TokenReader
    sessions: SessionReader
    live: LiveHub
    media: Intake
    outbound: GuardedClient
    owners: OwnerPort

    @property
    def base_url(self) -> str:
        """The public address, without a slash at the end."""
        return self.settings.public_url.rstrip("/")

    @cached_property
    def networks(self) -> NetworkReader:
        """Whether an address may come here at all."""
        return NetworkReader(self.database)

    @cached_property
    def emojis(self) -> EmojiReader:
        """The custom emoji of this server."""
        return EmojiReader(self.database)

    @cached_property
    def breaker(self) -> BreakerReader:
        """What the breaker of the backlog has in force now."""
        settings = self.settings
        policy = usable_stages(settings.breaker_stages_file)
        return BreakerReader(self.database, policy, on=settings.backlog_breaker)

    @cached_property
    def transparency(self) -> TransparencyReader:
        """Figures of moderation, counted from the ledger."""
        return TransparencyReader(self.database)

    @cached_property
    def instance(self) -> InstanceReader:
        """The figures of this server, kept for some minutes per process."""
        return InstanceReader(self.database, self.clock)
