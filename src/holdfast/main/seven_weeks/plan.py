"""When what happens: drawn from a seed, so that every replay is the same. Pure but for the draw."""

from __future__ import annotations

import random

from .model import HostMail, Options, Plan

_REPEATS_OF_98 = 7
_UNFOUND_OF_98 = 4


def make_plan(options: Options) -> Plan:
    """Mails of the host with their items, an ultimatum of the store, a breach, questions of the press."""
    chance = random.Random(options.seed)
    hours = options.days * 24
    shares = _shares(options.items, options.mails, chance)
    repeats = max(1, options.items * _REPEATS_OF_98 // 98)
    unfound = max(1, options.items * _UNFOUND_OF_98 // 98)
    mails, known = list[HostMail](), 0
    late = set(range(4, options.mails, 5)) or {options.mails - 1}
    for number in range(options.mails):
        # More and more towards the end, as it was said.
        at = hours * 0.9 * ((number + 1) / options.mails) ** 0.8 - 20 + chance.uniform(0, 8)
        count, lost, again = shares[number], 0, list[int]()
        if number and unfound and count > 1:
            lost, unfound, count = 1, unfound - 1, count - 1
        while number and repeats and count > 1 and known and len(again) < 2:
            again.append(chance.randrange(known))
            repeats, count = repeats - 1, count - 1
        cites = (*range(known, known + count), *again)
        known += count
        mails.append(
            HostMail(
                number, max(at, 2.0), cites, lost,
                chance.uniform(30, 60) if number in late else chance.uniform(2, 18),
                bounces=number == options.mails // 3, asks_for_time=number == options.mails // 2,
            )
        )  # fmt: skip
    store = tuple(range(known, known + 5))
    return Plan(
        tuple(mails), hours - 60.0, hours - 20.0, tuple(hours * (one + 1) / (options.press + 1) for one in range(options.press)),
        known + len(store), store,
    )  # fmt: skip


def _shares(items: int, mails: int, chance: random.Random) -> list[int]:
    """How many items each mail has: at least one, and all of them together."""
    found = [1] * mails
    for _ in range(items - mails):
        found[chance.randrange(mails)] += 1
    return found
