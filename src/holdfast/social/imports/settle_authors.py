"""Use case: the authors of a batch have accounts, each the same one on every run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.names import local_username_from
from ..accounts import AccountState
from . import queries, store
from .model import VERIFIED_BADGE, Author, Former, Person, username_candidates


async def settle_authors(
    tx: Tx, former: Former, people: Iterable[Person], *, also: Iterable[str] = (), now: Instant
) -> tuple[dict[str, Author], int]:
    """Accounts by key, unclaimed ones made for people who have none, and how many were made.

    `also`: keys to look up without making anything. An account that somebody else has, a member or a person of
    another site, is never taken: the newcomer gets another name.
    """
    people = list({person.keys[0]: person for person in reversed(list(people))}.values())
    keys = {key for person in people for key in person.keys}
    known = await queries.known_authors(tx, former.source, sorted(keys.union(also)))
    aliases: list[tuple[str, int]] = []
    newcomers: list[Person] = []
    for person in reversed(people):
        author = next((known[key] for key in person.keys if key in known), None)
        if author is None:
            newcomers.append(person)
            continue
        for key in person.keys:
            if key not in known:
                known[key] = author
                aliases.append((key, author.account_id))
    made = await _make(tx, former, newcomers, now)
    for person, author in made:
        for key in person.keys:
            if key not in known:
                known[key] = author
                aliases.append((key, author.account_id))
    if aliases:
        await store.copy_author_keys(tx, former.source, aliases)
    return known, len(made)


async def _make(tx: Tx, former: Former, people: list[Person], now: Instant) -> list[tuple[Person, Author]]:
    # Two rows of one person may carry different sets of keys: "@ann" alone, then "@ann" and her id.
    unique: dict[str, Person] = {}
    for person in people:
        if not any(key in unique for key in person.keys):
            unique.update(dict.fromkeys(person.keys, person))
    newcomers = list(dict.fromkeys(unique.values()))
    if not newcomers:
        return []
    names = await _names(tx, newcomers)
    rows = []
    made = []
    for number, (person, username) in enumerate(zip(newcomers, names, strict=True)):
        account_id = new_id(now - timedelta(milliseconds=number % 1000))
        display_name = person.display_name
        if not display_name and username != person.name.lower():
            display_name = person.name
        rows.append(
            (
                account_id, username, display_name[: former.display_name_characters].rstrip(),
                AccountState.UNCLAIMED.value, VERIFIED_BADGE if person.verified else None,
                min(person.created_at or now, now),
            )
        )  # fmt: skip
        made.append((person, Author(account_id, username, private=False, gone=False)))
    await store.copy_accounts(tx, rows)
    return made


async def _names(tx: Tx, newcomers: list[Person]) -> list[str]:
    """A free name for each. Nearly all get the first that they ask for, so only the others cost a second look."""
    nearest = [local_username_from(person.name) for person in newcomers]
    taken = await queries.names_taken(tx, nearest)
    contested = {name for name in nearest if name in taken or not name or nearest.count(name) > 1}
    choices: dict[int, list[str]] = {}
    for number, person in enumerate(newcomers):
        first = next(username_candidates(person.name, person.keys[0]))
        if nearest[number] in contested or first != nearest[number]:
            choices[number] = list(username_candidates(person.name, person.keys[0]))
        else:
            choices[number] = [first]
    more = [name for names in choices.values() if len(names) > 1 for name in names]
    if more:
        taken |= await queries.names_taken(tx, more)
    given = []
    for number in range(len(newcomers)):
        name = next((name for name in choices[number] if name not in taken), choices[number][-1])
        taken.add(name)
        given.append(name)
    return given
