"""How often somebody may guess: wrong passwords and codes are counted, whoever asks for them."""

from __future__ import annotations

from ..platform.limits import Rate
from ..pure.errors import LimitReached
from .addresses import network_of
from .call import Call


class Attempts:
    """Counts wrong passwords and codes, per account and per address; both numbers are settings."""

    def __init__(self, call: Call, account_key: str) -> None:
        settings = call.services.settings
        self._limits, self._now = call.services.limits, call.now
        self._rate = Rate(settings.rate_signin_attempts, settings.rate_signin_window_seconds)
        self._account_key, self._network = account_key, network_of(call.client_ip)
        for name, key in self._counters():
            spent = self._limits.spend(name, key, self._rate, self._now, count=0)
            if spent.remaining <= 0:
                wait = max(1, spent.resets_at - int(self._now.timestamp()))
                raise LimitReached(
                    f"Too many attempts. Wait {-(-wait // 60)} minutes and try again.",
                    retry_after_seconds=wait,
                )
        # Counted before the answer is known, so that attempts side by side do not slip through.
        for name, key in self._counters():
            self._limits.spend(name, key, self._rate, self._now)

    def succeeded(self) -> None:
        """The right one ends the count for the account; for the address it only takes back this attempt, so
        that nobody clears the way for guesses at others by signing in as oneself."""
        self._limits.forgive("sign_in.account", self._account_key)
        spent = self._limits.spend("sign_in.address", self._network, self._rate, self._now, count=0)
        if spent.remaining < spent.limit:
            self._limits.spend("sign_in.address", self._network, self._rate, self._now, count=-1)

    def _counters(self) -> list[tuple[str, str]]:
        return [("sign_in.account", self._account_key), ("sign_in.address", self._network)]
