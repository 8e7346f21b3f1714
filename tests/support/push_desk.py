"""A site beside a push service: subscribes devices, delivers what is due, reads what they are told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from holdfast.main.push_sending import PushSender
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.jobs import RunnerLimits
from holdfast.social.push import SEND_PUSH
from tests.support.push_service import Device, PushService, open_push_service
from tests.support.site import Member, Site, open_site

PATH = "/api/v1/push/subscription"
EVERY_ALERT = {
    f"data[alerts][{name}]": "true"
    for name in (
        "mention",
        "status",
        "reblog",
        "favourite",
        "follow",
        "follow_request",
        "update",
        "poll",
        "quote",
    )
}


@dataclass
class Desk:
    """A site beside a push service."""

    site: Site
    service: PushService
    sender: PushSender

    async def subscribed(self, member: Member, path: str = "/device", **form: str) -> Device:
        """A device of the member's; `form` takes the place of all alerts."""
        device = Device()
        answer = await member.post(
            PATH,
            **{"subscription[endpoint]": self.service.url + path, **device.form, **(form or EVERY_ALERT)},
        )
        assert answer["endpoint"] == self.service.url + path
        return device

    async def deliver(self) -> int:
        """Run all that is due; how many messages the service holds since the last time."""
        services = self.site.services
        before = len(self.service.messages)
        await self.site.settle()
        runner = ErrandRunner(
            services.database, services.clock, {SEND_PUSH: self.sender.errand}, RunnerLimits()
        )
        await runner.drain()
        return len(self.service.messages) - before

    async def told(self, device: Device) -> list[dict[str, Any]]:
        """What the device reads, from now on."""
        count = await self.deliver()
        messages = self.service.messages[len(self.service.messages) - count :]
        return [json.loads(device.read(message.headers, message.body)) for message in messages]

    async def subscriptions(self) -> int:
        found: int = await self.site.services.database.fetchval("select count(*) from push_subscriptions")
        return found


@asynccontextmanager
async def desk_at(settings: Settings, **changes: Any) -> AsyncIterator[Desk]:
    async with open_push_service() as service:
        changed = msgspec.structs.replace(settings, outbound_private_allowed=(service.host,), **changes)
        async with open_site(changed) as site:
            services = site.services
            sender = PushSender(services.settings, services.database, services.clock, services.outbound)
            yield Desk(site, service, sender)
