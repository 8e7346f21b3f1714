"""Every path that deletes what somebody made asks for legal holds; whoever adds one has to decide here.

`test_holds.py` shows for each path that what is held stays, and that the database refuses what a path forgot.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import holdfast
from tests.support.delete_paths import Source, Statement

_ROOT = Path(holdfast.__file__).parent

ASKED = frozenset({"posts", "media", "accounts", "users", "archives", "ledger_subjects"})
"""Tables of what somebody made, and of whom it is about: their paths ask `records/holds`."""

COPIED = {
    "accounts": "the profile that is overwritten",
    "scheduled_posts": "posts that were never published",
    "polls": "the tally of a poll that an edit replaces",
    "screening_labels": "what the staff said of an account",
    "account_warnings": "what a member was told",
}
"""The database copies a row of a held account before it goes (migration 0015), so their paths need not ask."""

ELSEWHERE = {
    "blobs": "only content that no row names; what is held keeps its row, and its row names its content",
    "media_files": "of an upload that could not be read; those of others go with `media`",
    "ledger_bodies": "go with `ledger_subjects`, whose erasure asks",
    "held_copies": "the copies themselves, once nothing holds them",
    "custom_emojis": "of the server", "custom_emoji_files": "of the server", "announcements": "of the server",
    "webhooks": "of the server", "trends": "computed", "trend_reviews": "of posts that are gone",
    "preview_cards": "what pages elsewhere say", "post_cards": "which card a post shows; its text has the address",
    "screening_rule_figures": "sums about rules, not about anybody",
    "server_blocks": "whom the staff keeps out; the record of the staff's acts stays",
    "server_allows": "as above", "mail_domain_blocks": "as above", "mailbox_blocks": "as above",
    "network_blocks": "as above", "barred_material": "as above", "sign_up_patterns": "as above",
    "post_search": "an index, made of posts", "post_tags": "an index, made of posts",
    "mentions": "an index, made of posts; the text has the name", "conversation_posts": "an index, made of posts",
    "conversations": "an index, made of posts", "notifications": "that something happened, not what",
    "notification_requests": "as above", "notification_permissions": "a choice", "markers": "how far one read",
    "favourites": "a relation", "bookmarks": "a relation", "pins": "a relation", "poll_votes": "a relation",
    "follows": "a relation", "follow_requests": "a relation", "blocks": "a relation", "mutes": "a relation",
    "thread_mutes": "a relation", "domain_blocks": "a relation", "account_notes": "a note to oneself",
    "endorsements": "a choice", "featured_tags": "a choice", "tag_follows": "a choice", "lists": "a choice",
    "list_members": "a choice", "filters": "a choice", "filter_keywords": "a choice", "filter_posts": "a choice",
    "dismissed_suggestions": "a choice", "announcement_reads": "a choice", "announcement_reactions": "a choice",
    "account_aliases": "a choice", "account_counts": "counted from posts and follows",
    "relation_imports": "a file of relations", "relation_import_rows": "a file of relations",
    "archive_imports": "an uploaded file; what came of it are posts", "imported_waiting": "links between posts",
    "sessions": "access", "access_tokens": "access", "authorization_codes": "access", "one_time_links": "access",
    "recovery_codes": "access", "push_subscriptions": "access", "idempotency_keys": "access",
    "jobs": "work that is done", "bench_batch": "of the benchmark",
    "desk_queues": "who works where", "ledger_witnesses": "of the server",
    "statement_mails": "letters with a member's address; the statement that they carried stays",
    "case_bands": "an index, made of posts", "case_prints": "an index, made of posts",
    "case_members": "a grouping; who took what out of a case stands in the log",
    "overdue_holds": "that the staff was paged about a hold; the log has it",
    "reporter_outcomes": "follows from decisions", "strikes": "follows from the moderation log, which stays",
    "effect_baselines": "what an account was before an effect; follows from the log", "case_skips": "who passed a case on", "desk_queue_members": "who works where",
    "moderation_pseudonyms": "the name that stands for an account in figures",
    "gone_posts": "ids of posts that are gone, not what they said", "rule_trials": "figures of a rule, not of anybody",
    "mirror_media_gone": "that copies may go; a file that is held keeps its row in `media`, and so its copies",
    "stamps": "versions of what is cached",
    "public": "the ledger's tables, which going back in time fills again at once with newer rows",
}  # fmt: skip
"""Tables whose rows no hold is about, each with the reason."""


@cache
def source() -> Source:
    return Source.of(_ROOT)


@pytest.mark.parametrize(
    "statement", source().statements, ids=lambda one: f"{one.table}-{one.file.replace('/', '.')}-{one.owner}"
)
def test_a_path_that_deletes_asks_for_holds(statement: Statement) -> None:
    if statement.table in ASKED:
        assert source().asks(statement.file, statement.owner), (
            f"{statement.file}: {statement.owner} deletes from {statement.table}, and some way to it asks nobody; ask"
            " records.holds.park() before, and hide what it returns"
        )
        return
    named = statement.table in COPIED or statement.table in ELSEWHERE
    assert named or source().asks(statement.file, statement.owner), (
        f"{statement.file}: {statement.owner} deletes from {statement.table}: is it content? Then ask for holds and name"
        " it in ASKED, or say here why no hold is about it"
    )


def test_every_file_that_is_deleted_is_one_that_no_row_names() -> None:
    callers = [
        str(path.relative_to(_ROOT)) for path in sorted(_ROOT.rglob("*.py"))
        if re.search(r"\bblobs\.delete\(", path.read_text())
    ]  # fmt: skip
    assert callers == ["main/media_work.py"]


def test_the_database_guards_what_is_asked_about_and_copies_the_rest() -> None:
    schema = "\n".join(path.read_text() for path in sorted((_ROOT / "migrations" / "versions").glob("*.sql")))
    guarded = set(re.findall(r"create trigger what_is_held_stays before delete on (\w+)", schema))
    copied = set(re.findall(r"create trigger what_is_held_is_copied before [\w ,]+? on (\w+)", schema))
    # A user's row goes in the removal of the account alone, which waits as a whole.
    assert guarded == ASKED - {"users"}
    assert copied == set(COPIED)


_ASKING = "async def erase(tx, ids):\n    kept = await park(tx, Subject.POST, ids)\n    await {}(tx, ids)\n"
_STORE = "async def drop(tx, ids):\n    await tx.execute('delete ' 'from posts where id = any($1)', ids)\n"


@pytest.mark.parametrize(
    ("files", "asks"),
    [
        ({"room/store.py": _STORE}, False),
        ({"room/store.py": _STORE, "room/verb.py": "from . import store\n" + _ASKING.format("store.drop")}, True),
        ({"room/store.py": _STORE, "room/verb.py": "from .store import drop\n" + _ASKING.format("drop")}, True),
        (
            {
                "room/store.py": _STORE,
                "room/verb.py": "from . import store\n" + _ASKING.format("store.drop"),
                "room/other.py": "from . import store\nasync def sweep(tx):\n    await store.drop(tx, [1])\n",
            },
            False,
        ),
        (
            {
                "room/__init__.py": "from .store import drop\n",
                "room/store.py": _STORE,
                "far/verb.py": "from ..room import drop\n" + _ASKING.format("drop"),
            },
            True,
        ),
    ],
)  # fmt: skip
def test_the_search_finds_paths_that_do_not_ask(files: dict[str, str], asks: bool) -> None:
    found = Source(files)
    [statement] = found.statements
    assert statement.table == "posts"
    assert found.asks(statement.file, statement.owner) is asks
