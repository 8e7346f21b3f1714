"""What rules did, counted in memory as they run: cheap, per process, handed over and begun anew by `drain`."""

from __future__ import annotations

from typing import Final, NamedTuple

MAX_AUTHORS_COUNTED: Final = 10_000
"""Different authors remembered for one rule between two drains; beyond, each hit counts as one."""


class Did(NamedTuple):
    """What one rule did: `asked` times looked at a text in `spent_ns` (counted for a sample of texts), `hits` posts,
    `authors` different ones of them (unknown authors count each), `errors`."""

    hits: int
    authors: int
    errors: int
    asked: int
    spent_ns: int


class _Counter:
    __slots__ = ("asked", "authors", "errors", "hits", "nameless", "spent_ns")

    def __init__(self) -> None:
        self.hits = self.nameless = self.errors = self.asked = self.spent_ns = 0
        self.authors: set[int] = set()


class RuleStatistics:
    """Counters of one engine. Threads may count at once: a count can be lost, never invented."""

    def __init__(self) -> None:
        self.posts = 0
        self._rules: dict[str, _Counter] = {}

    def _of(self, rule_id: str) -> _Counter:
        counter = self._rules.get(rule_id)
        if counter is None:
            counter = self._rules[rule_id] = _Counter()
        return counter

    def hit(self, rule_id: str, author_id: int | None) -> None:
        """A rule matched a post, whatever its stage made of it."""
        counter = self._of(rule_id)
        counter.hits += 1
        if author_id is None or len(counter.authors) >= MAX_AUTHORS_COUNTED:
            counter.nameless += 1
        else:
            counter.authors.add(author_id)

    def failed(self, rule_id: str) -> int:
        """A rule broke; returns how often since the last drain."""
        counter = self._of(rule_id)
        counter.errors += 1
        return counter.errors

    def timed(self, rule_id: str, spent_ns: int) -> None:
        """A rule was asked of one view and took so long."""
        counter = self._of(rule_id)
        counter.asked += 1
        counter.spent_ns += spent_ns

    def drain(self) -> tuple[int, dict[str, Did]]:
        """(posts screened, what each rule did) since the last drain."""
        posts, rules = self.posts, self._rules
        self.posts, self._rules = 0, {}
        return posts, {
            rule_id: Did(c.hits, len(c.authors) + c.nameless, c.errors, c.asked, c.spent_ns)
            for rule_id, c in rules.items()
        }
