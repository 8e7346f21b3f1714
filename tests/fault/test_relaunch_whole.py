"""The host pulls the plug and keeps the disk: another machine serves the same site, to the same tokens."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from holdfast.continuity.relaunch import PHASE_TEXTS, Phase
from tests.fault.publishers import until
from tests.support.mirror_at_work import is_mirrored
from tests.support.mirrored import memory_folder
from tests.support.pictures import png
from tests.support.up_process import COMMAND, environment
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault

PATIENCE_SECONDS = 120.0


def mirrored_server(folder: Path, stores: tuple[Path, ...]) -> tuple[WholeServer, Path]:
    """A server as an operator sets it up, with a mirror in these folders; and the file of the identity."""
    server = WholeServer(folder / "first")
    server.wait_ready()
    key = folder / "identity"
    server.command("mirror", "init", "--key-out", str(key))
    for store in stores:
        store.mkdir()
        server.command("mirror", "add", store.name, f"file://{store}")
    server.add_member("ann")
    until(lambda: is_mirrored(server.data), "the mirror holds what is written")
    return server, key


def relaunch(data: Path, key: Path, *stores: Path, check: bool = True, more: tuple[str, ...] = ()) -> str:
    """`holdfast relaunch` from these stores; what it says."""
    named = [word for store in stores for word in ("--from", f"file://{store}")]
    done = subprocess.run(
        [*COMMAND, "relaunch", *named, "--key", str(key), "--data", str(data), "--no-serve", "--json", *more],
        env=environment(None), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    if check:
        assert done.returncode == 0, done.stderr
    return done.stdout if done.returncode == 0 else done.stderr


def say(server: WholeServer, token: str, text: str) -> str:
    answer = httpx2.post(
        f"http://127.0.0.1:{server.port}/api/v1/statuses",
        data={"status": text}, headers={"authorization": f"Bearer {token}"}, timeout=30,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def upload(server: WholeServer, token: str) -> tuple[str, bytes]:
    """The address of a picture in a post, and what is there."""
    headers = {"authorization": f"Bearer {token}"}
    here = f"http://127.0.0.1:{server.port}"
    files = {"file": ("a.png", png(), "image/png")}
    answer = httpx2.post(f"{here}/api/v2/media", files=files, headers=headers, timeout=30)
    assert answer.status_code in (200, 202), answer.text
    media = answer.json()["id"]
    until(
        lambda: httpx2.get(f"{here}/api/v1/media/{media}", headers=headers).status_code == 200,
        "it is decoded",
    )
    body = {"status": "look", "media_ids[]": [media]}
    posted = httpx2.post(f"{here}/api/v1/statuses", data=body, headers=headers, timeout=30).json()
    address = posted["media_attachments"][0]["url"]
    return address, httpx2.get(on(server, address), timeout=30).content


def on(server: WholeServer, address: str) -> str:
    """The same address at the place where this server really is."""
    return f"http://127.0.0.1:{server.port}{httpx2.URL(address).path}"


def read(server: WholeServer, token: str, post: str) -> httpx2.Response:
    return httpx2.get(
        f"http://127.0.0.1:{server.port}/api/v1/statuses/{post}",
        headers={"authorization": f"Bearer {token}"}, timeout=30,
    )  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place)


def test_the_site_serves_elsewhere_with_the_same_tokens_and_keys(folder: Path) -> None:
    stores = (folder / "one", folder / "two")
    first, key = mirrored_server(folder, stores)
    try:
        token = first.token("ann")
        say(first, token, "before the backup")
        first.command("mirror", "backup")
        posts = [say(first, token, f"after the backup {number}") for number in range(5)]
        picture, content = upload(first, token)
        fingerprint = first.sql("select value from facts where name = 'master_key'")
        first.kill_everything()
    finally:
        first.close()
    shutil.rmtree(first.data)
    sys.stderr.write(relaunch(folder / "second", key, stores[0]))
    second = WholeServer(folder / "second", port=first.port)
    try:
        second.wait_ready()
        for post in posts:
            assert read(second, token, post).status_code == 200
        assert say(second, token, "and it goes on")
        assert httpx2.get(on(second, picture), timeout=30).content == content
        for lost in (folder / "second" / "media").rglob("*"):
            if lost.is_file():
                lost.unlink()
        told = json.loads(second.command("mirror", "restore-media", "--key", str(key), "--json"))
        assert told["fetched"] == told["files"] > 0
        assert httpx2.get(on(second, picture), timeout=30).content == content
        assert second.sql("select value from facts where name = 'master_key'") == fingerprint
    finally:
        second.close()


def killed_at(phase: Phase, data: Path, key: Path, store: Path) -> None:
    """Run `holdfast relaunch` and kill -9 it as soon as it says that this phase begins."""
    process = subprocess.Popen(
        [*COMMAND, "relaunch", "--from", f"file://{store}", "--key", str(key), "--data", str(data), "--no-serve"],
        env=environment(None), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, process_group=0,
    )  # fmt: skip
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            if line.strip() == PHASE_TEXTS[phase]:
                process.kill()
    process.wait(PATIENCE_SECONDS)


def test_killed_in_every_phase_it_takes_over_in_the_end_and_the_old_server_stands_back(folder: Path) -> None:
    stores = (folder / "one", folder / "two")
    first, key = mirrored_server(folder, stores)
    second: WholeServer | None = None
    try:
        token = first.token("ann")
        first.command("mirror", "backup")
        posts = [say(first, token, f"post {number}") for number in range(3)]
        for phase in Phase:
            killed_at(phase, folder / "second", key, stores[1])
        until(lambda: refuses(first, token), "the old server stands back")
        relaunch(folder / "second", key, stores[0])
        assert refuses(first, token)
        for post in posts:
            assert read(first, token, post).status_code == 200
        out = folder / "review.jsonl"
        assert "transactions" in first.command("mirror", "unshipped", "--out", str(out))
        assert out.read_text().startswith('{"holdfast": "unshipped rows"')
        second = WholeServer(folder / "second")
        second.wait_ready()
        for post in posts:
            assert read(second, token, post).status_code == 200
        assert say(second, token, "and it goes on")
        until(lambda: publishes(second), "the ledger has signed, so that there are keys for a notice")
        until(
            lambda: "https://new.example" in refusal(first, token).text,
            "the old server points to the new one",
        )
    finally:
        first.close()
        if second is not None:
            second.close()


def publishes(server: WholeServer | None) -> bool:
    """Whether a notice of the new address could be signed and put into every store."""
    assert server is not None
    try:
        return bool(server.command("relaunch-notice", "publish", "https://new.example"))
    except AssertionError:
        return False


def refuses(server: WholeServer, token: str) -> bool:
    """Whether it takes no posts any more, and says why."""
    answer = refusal(server, token)
    return answer.status_code == 503 and "was replaced" in answer.text


def refusal(server: WholeServer, token: str) -> httpx2.Response:
    return httpx2.post(
        f"http://127.0.0.1:{server.port}/api/v1/statuses",
        data={"status": "too late"}, headers={"authorization": f"Bearer {token}"}, timeout=30,
    )  # fmt: skip


def test_a_standby_takes_over_within_ten_seconds(folder: Path) -> None:
    stores = (folder / "one", folder / "two")
    first, key = mirrored_server(folder, stores)
    data = folder / "second"
    standby = second = None
    try:
        token = first.token("ann")
        first.command("mirror", "backup")
        standby = subprocess.Popen(
            [*COMMAND, "standby", "--from", f"file://{stores[0]}", "--key", str(key), "--data", str(data), "--no-serve"],
            env=environment(None), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0,
        )  # fmt: skip
        until(lambda: (data / "run" / "standby.json").exists(), "the standby follows")
        posts = [say(first, token, f"post {number}") for number in range(3)]
        first.kill_everything()
        done = subprocess.run(
            [*COMMAND, "promote", "--data", str(data), "--json"],
            env=environment(None), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        facts = json.loads(done.stdout)
        assert facts["standing"] == "held"
        assert facts["seconds"] < 10
        assert standby.wait(PATIENCE_SECONDS) == 0
        second = WholeServer(data)
        second.wait_ready()
        for post in posts:
            assert read(second, token, post).status_code == 200
    finally:
        first.close()
        if standby is not None and standby.poll() is None:
            standby.terminate()
            standby.wait(PATIENCE_SECONDS)
        if second is not None:
            second.close()
