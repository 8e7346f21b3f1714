"""One small object to every store at once: what each of them answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from ...platform import stores
from ...pure.errors import Unavailable


class TooFewHold(Unavailable):
    """Fewer stores than the quorum took it; `answers` says what each one did."""

    public = "Too few stores hold it; see `holdfast mirror status`."

    def __init__(self, answers: Mapping[str, stores.StoreError | None]) -> None:
        super().__init__(
            private=", ".join(f"{name}: {type(error).__name__}" for name, error in answers.items())
        )
        self.answers = answers


async def spread(
    opened: Mapping[str, stores.Store], name: str, data: bytes, *, needed: int = 0, replacing: bool = False
) -> dict[str, stores.StoreError | None]:
    """Put an object at all stores; by store what was wrong, None for nothing. One that holds these bytes already took it.

    needed: so many must have taken it. Raises TooFewHold.
    """

    async def one(store: stores.Store) -> stores.StoreError | None:
        try:
            if replacing:
                await store.put(name, data)
            else:
                await store.put_new(name, data)
        except stores.ObjectExists as error:
            return await _unless_same(store, name, data, error)
        except stores.StoreError as error:
            return error
        return None

    done = await asyncio.gather(*(one(store) for store in opened.values()))
    answers = dict(zip(opened, done, strict=True))
    if sum(error is None for error in answers.values()) < needed:
        raise TooFewHold(answers)
    return answers


async def _unless_same(
    store: stores.Store, name: str, data: bytes, error: stores.StoreError
) -> stores.StoreError | None:
    try:
        return None if await store.get(name) == data else error
    except stores.StoreError as other:
        return other
