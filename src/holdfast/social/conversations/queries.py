"""Reads of conversations. Each takes the member whose they are."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window
from ..graph import Viewer
from .errors import ConversationNotVisible
from .model import ConversationView

# $1 account, $2 below, $3 above, $4 limit, $5 none with one of these, $6 none with these alone
_PAGE_SQL = """
select id, participants, last_post_id, unread from conversations
where account_id = $1 and not dismissed and last_post_id < $2 and last_post_id > $3
  and exists (select 1 from conversation_posts f where f.conversation_id = conversations.id)
  and not participants && $5::bigint[] and not (participants <@ $6::bigint[] and participants <> '{}')
order by last_post_id desc limit $4
"""
_PAGE_FORWARD_SQL = _PAGE_SQL.replace("order by last_post_id desc", "order by last_post_id")


async def conversations_page(
    reader: Reader, viewer: Viewer, page: Window, now: Instant
) -> list[ConversationView]:
    """One page, newest post first; cursors are ids of last posts. None with people whom the viewer blocks."""
    muted = [ident for ident in viewer.mutes if viewer.mutes_now(ident, now)]
    rows = await reader.fetch(
        _PAGE_FORWARD_SQL if page.forward else _PAGE_SQL,
        viewer.account_id, page.below, page.above, page.limit, list(viewer.blocking), muted,
    )  # fmt: skip
    if page.forward:
        rows.reverse()
    return [_view(row) for row in rows]


async def one_conversation(reader: Reader, account_id: int, conversation_id: int) -> ConversationView:
    """One of the member's; raises ConversationNotVisible."""
    row = await reader.fetchrow(
        "select id, participants, last_post_id, unread from conversations"
        " where id = $1 and account_id = $2 and not dismissed",
        conversation_id, account_id,
    )  # fmt: skip
    if row is None:
        raise ConversationNotVisible
    return _view(row)


def _view(row: Row) -> ConversationView:
    return ConversationView(row["id"], list(row["participants"]), row["last_post_id"], row["unread"])
