"""How often somebody may guess: wrong passwords and codes are counted, whoever asks for them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ..platform.limits import Rate
from .budgets import note, origin_and_network
from .call import Call

_WHY = "Too many attempts"


class _Counter(NamedTuple):
    name: str
    key: str
    rate: Rate


class Attempts:
    """Counts wrong passwords and codes, per account, per address and per network; the numbers are settings.

    `account_key`: the same for all ways to name the account, else each of them would have a count of its own.
    """

    def __init__(self, call: Call, account_key: str) -> None:
        settings = call.services.settings
        self._limits, self._now, self._account_key = call.services.limits, call.now, account_key
        rate = Rate(settings.rate_signin_attempts, settings.rate_signin_window_seconds)
        origin, network_rate = origin_and_network(call, rate)
        self._places = [
            _Counter("sign_in.address", origin.address, rate),
            _Counter("sign_in.network", origin.network, network_rate),
        ]
        counters = [_Counter("sign_in.account", account_key, rate), *self._places]
        for name, key, most in counters:
            spent = self._limits.spend(name, key, most, self._now, count=0)
            note(call, msgspec.structs.replace(spent, allowed=spent.remaining > 0), _WHY)
        # Counted before the answer is known, so that attempts side by side do not slip through.
        for name, key, most in counters:
            self._limits.spend(name, key, most, self._now)

    def succeeded(self) -> None:
        """The right one ends the count for the account; for where it came from it only takes back this attempt, so
        that nobody clears the way for guesses at others by signing in as oneself."""
        self._limits.forgive("sign_in.account", self._account_key)
        for name, key, rate in self._places:
            spent = self._limits.spend(name, key, rate, self._now, count=0)
            if spent.remaining < spent.limit:
                self._limits.spend(name, key, rate, self._now, count=-1)
