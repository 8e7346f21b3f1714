"""The command-line client `toot`: registers its app, signs in by the browser, and does everything it can do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.up_process import PATIENCE_SECONDS
from tests.support.whole_server import WholeServer, approve, shown_code

pytestmark = pytest.mark.conformance


class Toot:
    """The client with a home of its own."""

    def __init__(self, server: WholeServer, home: Path) -> None:
        self._server = server
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "LANG": "C.UTF-8",
        }

    def log_in(self, name: str) -> None:
        """`toot login`, with a person in a browser beside it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "toot", "login", "--instance", self._server.url],
            env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            seen = ""
            for line in lines:
                seen += line
                if line.startswith("http"):
                    break
            assert seen.splitlines()[-1].startswith(self._server.url), seen
            code = shown_code(approve(seen.splitlines()[-1].strip(), name))
            output, _ = process.communicate(f"n\n{code}\n", timeout=PATIENCE_SECONDS)
            assert process.returncode == 0, seen + output
            assert "Successfully logged in" in output
        finally:
            process.kill()

    def run(self, *arguments: str) -> str:
        """A command that must work; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "toot", *arguments], env=self._environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def ask(self, *arguments: str) -> Any:
        """The same with --json."""
        return json.loads(self.run(*arguments, "--json"))

    def post(self, text: str, *options: str) -> dict[str, Any]:
        posted: dict[str, Any] = self.ask("post", text, *options)
        return posted


@pytest.fixture(scope="module")
def ann(server: WholeServer, tmp_path_factory: pytest.TempPathFactory) -> Toot:
    toot = Toot(server, tmp_path_factory.mktemp("ann"))
    toot.log_in("ann")
    return toot


@pytest.fixture(scope="module")
def bob(server: WholeServer, tmp_path_factory: pytest.TempPathFactory) -> Toot:
    toot = Toot(server, tmp_path_factory.mktemp("bob"))
    toot.log_in("bob")
    return toot


def test_who_one_is_and_where(ann: Toot, server: WholeServer) -> None:
    assert ann.ask("whoami")["username"] == "ann"
    assert ann.ask("whois", "bob")["acct"] == "bob"
    assert ann.ask("instance")["uri"] == f"localhost:{server.port}"
    assert f"ann@localhost:{server.port}" in ann.run("auth")


def test_a_post_its_reply_and_boost_are_read_by_others(ann: Toot, bob: Toot) -> None:
    assert bob.ask("follow", "ann")["following"] is True
    post = ann.post("Hello from a terminal #harbour", "--visibility", "public", "--language", "en")
    assert post["visibility"] == "public"
    assert post["application"]["name"] == "toot - a Mastodon CLI client"
    reply = bob.post("@ann welcome", "--reply-to", post["id"])
    assert reply["in_reply_to_id"] == post["id"]
    assert bob.ask("reblog", post["id"])["reblog"]["id"] == post["id"]
    thread = bob.ask("thread", post["id"])
    assert [row["id"] for row in thread["descendants"]] == [reply["id"]]
    home = bob.ask("timelines", "home")
    # A boosted post is shown once, as the boost.
    assert {post["id"], reply["id"]} <= {(row["reblog"] or row)["id"] for row in home}
    assert post["id"] in {row["id"] for row in ann.ask("timelines", "public")}
    assert post["id"] in {row["id"] for row in ann.ask("timelines", "tag", "harbour")}
    assert post["id"] in {row["id"] for row in bob.ask("timelines", "account", "ann")}
    shown = bob.run("timelines", "home", "--no-pager", "--no-clear")
    assert "Hello from a terminal" in shown
    old = bob.run("timeline", "--once")
    assert "Hello from a terminal" in old


def test_notifications_arrive(server: WholeServer, ann: Toot, bob: Toot) -> None:
    post = ann.post("notify me")
    bob.run("favourite", post["id"])
    wanted = {"favourite", "mention", "reblog", "follow"}
    bob.run("reblog", post["id"])
    bob.post("@ann ping", "--reply-to", post["id"])
    # The worker tells about it a moment later; every look asks the server again.
    kinds: set[str] = set()
    for _ in range(40):
        kinds = {row["type"] for row in ann.ask("notifications")}
        if wanted <= kinds:
            break
    assert wanted <= kinds
    assert "favourited your" in ann.run("notifications")
    ann.run("notifications", "--clear")
    assert ann.ask("notifications") == []


def test_marks_are_set_and_taken_back(ann: Toot, bob: Toot) -> None:
    post = ann.post("mark me")
    for verb, undo, field in (
        ("favourite", "unfavourite", "favourited"),
        ("bookmark", "unbookmark", "bookmarked"),
        ("pin", "unpin", "pinned"),
    ):
        who = ann if verb == "pin" else bob
        assert who.ask(verb, post["id"])[field] is True
        assert who.ask("status", post["id"])[field] is True
        if verb == "bookmark":
            assert "mark me" in bob.run("bookmarks", "--once")
        assert who.ask(undo, post["id"])[field] is False
    bob.run("reblog", post["id"])
    assert [row["acct"] for row in json.loads(ann.run("reblogged_by", post["id"], "--json"))] == ["bob"]
    assert bob.ask("unreblog", post["id"])["reblogged"] is False


def test_people_are_followed_muted_and_blocked(ann: Toot) -> None:
    assert ann.ask("follow", "carla")["following"] is True
    assert "carla" in [row["acct"] for row in ann.ask("following")]
    assert "ann" in [row["acct"] for row in ann.ask("followers", "carla")]
    assert ann.ask("unfollow", "carla")["following"] is False
    assert ann.ask("mute", "carla")["muting"] is True
    assert [row["acct"] for row in ann.ask("muted")] == ["carla"]
    assert ann.ask("unmute", "carla")["muting"] is False
    assert ann.ask("block", "carla")["blocking"] is True
    assert [row["acct"] for row in ann.ask("blocked")] == ["carla"]
    assert ann.ask("unblock", "carla")["blocking"] is False


def test_a_profile_is_edited_and_locked(ann: Toot, bob: Toot) -> None:
    edited = ann.ask("update_account", "--display-name", "Ann of the harbour", "--note", "Boats, mostly.")
    assert edited["display_name"] == "Ann of the harbour"
    assert "<p>Boats, mostly.</p>" in edited["note"]
    ann.run("update_account", "--locked")
    assert ann.ask("whoami")["locked"] is True
    bob.run("unfollow", "ann")
    assert bob.ask("follow", "ann")["requested"] is True
    assert [row["acct"] for row in ann.ask("follow-requests", "list")] == ["bob"]
    assert ann.ask("follow-requests", "accept", "bob")["followed_by"] is True
    assert ann.ask("follow-requests", "list") == []
    ann.run("update_account", "--no-locked")
    assert ann.ask("whoami")["locked"] is False


def test_polls_warnings_and_visibilities(ann: Toot, bob: Toot) -> None:
    options = ("--poll-option", "tea", "--poll-option", "coffee", "--poll-expires-in", "1 hour")
    poll = ann.post("which?", *options)["poll"]
    assert [option["title"] for option in poll["options"]] == ["tea", "coffee"]
    assert bob.ask("polls", "vote", poll["id"], "1")["own_votes"] == [1]
    assert bob.ask("polls", "show", poll["id"])["voted"] is True
    warned = ann.post("spoiler", "--spoiler-text", "films", "--sensitive", "--visibility", "unlisted")
    assert (warned["spoiler_text"], warned["sensitive"], warned["visibility"]) == ("films", True, "unlisted")
    private = ann.post("for friends", "--visibility", "direct")
    with pytest.raises(AssertionError, match="Record not found"):
        bob.ask("status", private["id"])


def test_search_and_tags(ann: Toot) -> None:
    ann.post("looking for #lighthouses")
    assert ann.ask("search", "bob")["accounts"][0]["acct"] == "bob"
    assert ann.ask("tags", "info", "lighthouses")["name"] == "lighthouses"
    assert ann.ask("tags", "followed") == []
    found: list[str] = []
    for _ in range(40):  # indexed by the worker a moment later
        found = [row["content"] for row in ann.ask("search", "lighthouses", "--type", "statuses")["statuses"]]
        if found:
            break
    assert re.search("lighthouses", found[0])


def test_what_is_deleted_is_gone(ann: Toot, bob: Toot) -> None:
    post = ann.post("not for long")
    assert ann.ask("delete", post["id"])["text"] == "not for long"
    with pytest.raises(AssertionError, match="Record not found"):
        bob.ask("status", post["id"])


def test_logging_out_ends_it(server: WholeServer, ann: Toot) -> None:
    ann.run("logout", f"ann@localhost:{server.port}")
    with pytest.raises(AssertionError):
        ann.run("whoami")
