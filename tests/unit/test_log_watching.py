"""Watching a log: what is found when it lies, goes back, stands still or breaks, with its public files alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pytest

from holdfast.main.log_watching import LogWatcher, Look, NotServed, WatchedWitness, keys_of, prefix_of
from holdfast.platform.guarded_http import OutboundFailed
from holdfast.pure.evidence import Algorithm, SigningKey, cosign_checkpoint, parse_note
from holdfast.pure.log_watch import Finding, Remembered, WatchStateInvalid, read_remembered
from tests.support.little_log import LittleLog

KEY = SigningKey("log.example/evidence/1", Algorithm.ED25519, bytes(32))
WITNESS = SigningKey("w.example/1", Algorithm.COSIGNATURE_V1, b"\x02" * 32)
LOG = LittleLog(KEY, 900)
FORGED = LittleLog(KEY, 900, forked_at=200)
URL = "https://log.example/evidence"
NOW = 1_764_000_000


@dataclass
class Web:
    """Files by address, as the log and a witness serve them."""

    files: dict[str, bytes] = field(default_factory=dict)
    away: bool = False

    async def fetch(self, url: str) -> bytes:
        if self.away:
            raise OutboundFailed("unreachable")
        if url not in self.files:
            raise NotServed(url)
        return self.files[url]

    def publish(self, log: LittleLog, size: int, *, note: bytes | None = None) -> None:
        files = {f"{URL}/{path}": data for path, data in log.files(size).items()}
        self.files = {**files, f"{URL}/checkpoint": note or log.note(size)}

    def witnessed(self, log: LittleLog, size: int) -> None:
        path = hashlib.sha256(KEY.name.encode()).hexdigest()
        self.files[f"https://w.example/{path}/checkpoint"] = cosigned(log, size)


def cosigned(log: LittleLog, size: int) -> bytes:
    note = parse_note(log.note(size))
    return note.with_signatures([cosign_checkpoint(note, WITNESS, time_unix=NOW)]).encode()


@pytest.fixture
def web() -> Web:
    return Web()


async def look(web: Web, before: Look | None = None, *, now: int = NOW, witnesses: bool = False) -> Look:
    seen = [WatchedWitness(WITNESS.verifier, "https://w.example")] if witnesses else []
    watcher = LogWatcher(URL, [KEY.verifier], web.fetch, witnesses=seen, stall_seconds=900)
    return await watcher.look(before.remembered if before else None, now=now)


async def test_a_log_that_grows_is_fine(web: Web) -> None:
    web.publish(LOG, 300)
    first = await look(web)
    web.publish(LOG, 700)
    second = await look(web, first)
    assert (first.finding, second.finding) == (Finding.FINE, Finding.FINE)
    assert second.remembered is not None
    assert second.remembered.checkpoint.size == 700
    assert (True, "it continues what was seen before: 400 new") in second.sentences


@pytest.mark.parametrize("size", [301, 700, 300])
async def test_another_history_is_a_split_view_and_both_notes_are_kept(web: Web, size: int) -> None:
    web.publish(LOG, 300)
    first = await look(web)
    web.publish(FORGED, size)
    second = await look(web, first)
    assert second.finding is Finding.SPLIT_VIEW
    assert second.contradicting == (LOG.note(300), FORGED.note(size))
    # The history that was seen first is remembered, and is found wrong the next time as well.
    assert second.remembered == first.remembered
    assert (await look(web, second)).finding is Finding.SPLIT_VIEW


async def test_less_than_before_is_a_rollback(web: Web) -> None:
    web.publish(LOG, 700)
    first = await look(web)
    web.publish(LOG, 300)
    assert (await look(web, first)).finding is Finding.ROLLBACK


async def test_less_of_another_history_is_a_split_view_where_the_tiles_still_show_it(web: Web) -> None:
    web.publish(LOG, 700)
    first = await look(web)
    files = web.files
    web.publish(FORGED, 300)
    # The longer history's tiles are still served, beside those of the shorter one.
    web.files = {**files, f"{URL}/checkpoint": FORGED.note(300)}
    web.files[f"{URL}/tile/0/001.p/44"] = FORGED.files(300)["tile/0/001.p/44"]
    found = await look(web, first)
    assert found.finding in (Finding.SPLIT_VIEW, Finding.BAD_SIGNATURE)


async def test_a_signature_of_another_key_is_bad(web: Web) -> None:
    other = SigningKey(KEY.name, Algorithm.ED25519, b"\x01" * 32)
    web.publish(LOG, 300, note=LOG.note(300, other))
    assert (await look(web)).finding is Finding.BAD_SIGNATURE


async def test_any_flipped_byte_of_a_tile_that_is_read_is_found(web: Web) -> None:
    web.publish(LOG, 300)
    for path in ("tile/0/001.p/44", "tile/1/000.p/1"):
        whole = web.files[f"{URL}/{path}"]
        for place in range(0, len(whole), 17):
            web.files[f"{URL}/{path}"] = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
            assert (await look(web)).finding is Finding.BAD_SIGNATURE, (path, place)
        web.files[f"{URL}/{path}"] = whole
    assert (await look(web)).finding is Finding.FINE
    del web.files[f"{URL}/tile/0/001.p/44"]
    assert (await look(web)).finding is Finding.BAD_SIGNATURE


async def test_a_log_that_stands_still_is_told_after_the_time_given(web: Web) -> None:
    web.publish(LOG, 300)
    first = await look(web)
    second = await look(web, first, now=NOW + 900)
    assert second.finding is Finding.FINE
    assert (await look(web, second, now=NOW + 901)).finding is Finding.STALLED


async def test_no_answer_is_told_and_nothing_is_forgotten(web: Web) -> None:
    web.publish(LOG, 300)
    first = await look(web)
    web.away = True
    second = await look(web, first)
    assert second.finding is Finding.UNREACHABLE
    assert second.remembered == first.remembered


async def test_a_full_tile_stands_for_a_partial_one_that_is_gone(web: Web) -> None:
    web.publish(LOG, 300)
    tile = web.files.pop(f"{URL}/tile/1/000.p/1")
    web.files[f"{URL}/tile/1/000"] = tile + bytes(255 * 32)
    assert (await look(web)).finding is Finding.FINE


async def test_what_a_witness_saw_is_compared(web: Web) -> None:
    web.publish(LOG, 700, note=cosigned(LOG, 700))
    web.witnessed(LOG, 300)
    assert (await look(web, witnesses=True)).finding is Finding.FINE
    web.publish(LOG, 700)
    web.witnessed(LOG, 700)
    assert (await look(web, witnesses=True)).finding is Finding.UNWITNESSED
    web.witnessed(FORGED, 500)
    assert (await look(web, witnesses=True)).finding is Finding.SPLIT_VIEW
    web.witnessed(LOG, 900)
    assert (await look(web, witnesses=True)).finding is Finding.ROLLBACK


async def test_the_key_is_taken_from_the_policy_the_first_time(web: Web) -> None:
    web.files[f"{URL}/policy"] = f"log {KEY.verifier.vkey} {URL}\nquorum none\n".encode()
    assert await keys_of(URL, web.fetch) == [KEY.verifier]


def test_the_state_is_read_back_and_only_if_it_was_signed() -> None:
    kept = Remembered(URL, (KEY.verifier.vkey,), LOG.note(300), NOW, NOW)
    assert read_remembered(kept.encode()) == kept
    for broken in (
        b"",
        b"{}",
        b"[]",
        kept.encode().replace(b"300", b"301"),
        kept.encode().replace(b"watch/1", b"watch/2"),
    ):
        with pytest.raises(WatchStateInvalid):
            read_remembered(broken)


def test_a_server_alone_leads_to_its_log() -> None:
    assert prefix_of("https://a.example") == "https://a.example/.well-known/holdfast/evidence/1"
    assert prefix_of("https://a.example/my/log/") == "https://a.example/my/log"
