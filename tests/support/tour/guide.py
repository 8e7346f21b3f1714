"""Who goes on the tour, and what they have made so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.cards_desk import Cards
from tests.support.site import Member, Site
from tests.support.tour.recording import Recording

Form = dict[str, Any]


@dataclass
class Guide:
    """Ann writes, Bob answers, Carla reads, the admin decides. `made` holds the ids that later steps need."""

    cards: Cards
    recording: Recording
    ann: Member
    bob: Member
    carla: Member
    admin: Member
    made: dict[str, str] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return self.cards.site

    async def settle(self) -> None:
        """All that is due is done: jobs, and the cards of links."""
        await self.site.settle()
        await self.cards.fetch()
        await self.site.settle()

    async def ask(self, who: Member | None, method: str, path: str, **options: Any) -> Any:
        """One request that must be answered well; its JSON, if it is JSON."""
        if who is None:
            answer = await self.site.client.request(method, path, **options)
        else:
            answer = await who.request(method, path, **options)
        assert 200 <= answer.status_code < 300, (method, path, answer.status_code, answer.text)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if is_json and answer.content else answer.text

    async def walk(self, who: Member | None, *paths: str) -> None:
        """GET each of them; those that list something must not be empty, or the answer would prove nothing."""
        for path in paths:
            found = await self.ask(who, "GET", path)
            assert found != [], path
