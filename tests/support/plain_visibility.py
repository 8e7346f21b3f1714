"""Who may see what, worked out from the bare tables by loops that a person can follow; no code of the product."""

from __future__ import annotations

from typing import Any

from holdfast.platform.db import Reader

PUBLIC, UNLISTED, PRIVATE, DIRECT = range(4)
SHOWN = (0, 4)


class PlainView:
    """A copy of the tables. Viewers are account ids, None for nobody in particular."""

    def __init__(self, tables: dict[str, list[Any]]) -> None:
        self.posts = {row["id"]: row for row in tables["posts"]}
        self.states = {row["id"]: row["state"] for row in tables["accounts"]}
        self.follows = {
            (row["follower_id"], row["followed_id"]): row["show_boosts"] for row in tables["follows"]
        }
        self.blocks = {(row["account_id"], row["target_id"]) for row in tables["blocks"]}
        self.mutes = {(row["account_id"], row["target_id"]) for row in tables["mutes"]}
        self.quotes = {row["post_id"]: row for row in tables["quotes"]}
        self.mentions: dict[int, set[int]] = {}
        for row in tables["mentions"]:
            self.mentions.setdefault(row["post_id"], set()).add(row["account_id"])

    @classmethod
    async def read(cls, reader: Reader) -> PlainView:
        """Copy the tables."""
        return cls(
            {
                "posts": await reader.fetch("select * from posts"),
                "accounts": await reader.fetch("select id, state from accounts"),
                "follows": await reader.fetch("select * from follows"),
                "blocks": await reader.fetch("select * from blocks"),
                "mutes": await reader.fetch("select * from mutes"),
                "mentions": await reader.fetch("select * from mentions"),
                "quotes": await reader.fetch("select * from quotes"),
            }
        )

    def may_see(self, post_id: int, viewer: int | None) -> bool:
        """Whether the viewer may see the post at all; a boost only with what it boosts."""
        post = self.posts[post_id]
        if post["boost_of_id"] is not None and not self.may_see(post["boost_of_id"], viewer):
            return False
        author = post["account_id"]
        if author == viewer:
            return True
        if post["state"] != 0 or self.states[author] not in SHOWN or (author, viewer) in self.blocks:
            return False
        if post["visibility"] in (PUBLIC, UNLISTED):
            return True
        if viewer is None:
            return False
        mentioned = viewer in self.mentions.get(post_id, ())
        return mentioned or (post["visibility"] == PRIVATE and (viewer, author) in self.follows)

    def quote_state(self, post_id: int, viewer: int | None) -> str | None:
        """What the viewer is told of the quote in a post that they see; None when it quotes nothing."""
        quote = self.quotes.get(post_id)
        if quote is None:
            return None
        if quote["state"] != 1:
            return {0: "pending", 2: "rejected", 3: "revoked"}[quote["state"]]
        quoted = quote["quoted_id"]
        if quoted is None:
            return "deleted"
        if not self.may_see(quoted, viewer):
            return "unauthorized"
        author = self.posts[quoted]["account_id"]
        if (viewer, author) in self.blocks:
            return "blocked_account"
        return "muted_account" if (viewer, author) in self.mutes else "accepted"

    def times_quoted(self, post_id: int) -> int:
        """By how many posts that can be seen, with consent."""
        return sum(
            quote["quoted_id"] == post_id and quote["state"] == 1 and self.posts[quoting]["state"] == 0
            for quoting, quote in self.quotes.items()
        )

    def unwanted(self, post_id: int, viewer: int | None) -> bool:
        """Whether a timeline leaves it out for the viewer: blocked, blocking or muted accounts take part."""
        post = self.posts[post_id]
        if viewer is None or post["account_id"] == viewer:
            return False
        part = {post["account_id"], post["in_reply_to_account_id"], *self.mentions.get(post_id, ())} - {
            None,
            viewer,
        }
        for other in part:
            if (
                (viewer, other) in self.blocks
                or (other, viewer) in self.blocks
                or (viewer, other) in self.mutes
            ):
                return True
        return post["boost_of_id"] is not None and self.unwanted(post["boost_of_id"], viewer)

    def home(self, viewer: int) -> list[int]:
        """Ids of the home timeline, newest first, boosts of the same post included."""
        authors = {viewer} | {followed for follower, followed in self.follows if follower == viewer}
        found = []
        for post_id, post in sorted(self.posts.items(), reverse=True):
            author, answered = post["account_id"], post["in_reply_to_account_id"]
            if author not in authors or post["state"] != 0:
                continue
            if answered is not None and answered != author and answered not in authors:
                continue
            if post["boost_of_id"] is not None and author != viewer and not self.follows[viewer, author]:
                continue
            if self.may_see(post_id, viewer) and not self.unwanted(post_id, viewer):
                found.append(post_id)
        return found

    def public(self, viewer: int | None) -> list[int]:
        """Ids of the public timeline, newest first."""
        found = []
        for post_id, post in sorted(self.posts.items(), reverse=True):
            if post["visibility"] != PUBLIC or post["state"] != 0 or post["boost_of_id"] is not None:
                continue
            if post["in_reply_to_account_id"] not in (None, post["account_id"]):
                continue
            if self.may_see(post_id, viewer) and not self.unwanted(post_id, viewer):
                found.append(post_id)
        return found

    def once(self, ids: list[int]) -> list[int]:
        """The same list without what shows a post a second time."""
        kept: dict[int, int] = {}
        for post_id in ids:
            kept.setdefault(self.posts[post_id]["boost_of_id"] or post_id, post_id)
        return list(kept.values())
