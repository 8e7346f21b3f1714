"""Live events as payloads, the queue of a stream, the names of streams and the frames around events."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.edge.mastodon.streaming_frames import Frame
from holdfast.edge.mastodon.streaming_names import NAMES, UnknownStream, label_of
from holdfast.main.live_events import LIVE_EVENTS, live_events_of
from holdfast.platform.live import LIVE_CHANNEL, PAYLOAD_MAX_BYTES, LiveEvent, Notifier, packed, unpacked
from holdfast.social.graph import Viewer
from holdfast.social.live import Ending, Item, LiveConnection, Topic, What
from holdfast.social.live.fan_out import HANDLERS
from holdfast.social.live.model import PUBLIC_EVERYWHERE, public_topics
from holdfast.social.posts import PostDeleted, Visibility
from holdfast.social.timelines import Place
from holdfast.social.tokens import TokenSession

idents = st.integers(min_value=0, max_value=2**63 - 1)
several = st.lists(idents, max_size=8).map(tuple)
events = st.builds(
    LiveEvent, st.sampled_from(sorted(HANDLERS)), several, st.lists(several, max_size=2).map(tuple)
)


@given(st.lists(events, max_size=300))
def test_what_is_packed_comes_out_in_order_and_every_payload_fits(sent: list[LiveEvent]) -> None:
    payloads = packed(sent)
    assert all(len(one.encode()) <= PAYLOAD_MAX_BYTES for one in payloads)
    assert [event for one in payloads for event in unpacked(one)] == sent


def test_an_event_that_fits_into_no_payload_is_left_out() -> None:
    large = LiveEvent("gone", (1, 2, 0), (tuple(range(2**60, 2**60 + 1000)), ()))
    small = LiveEvent("posted", (1,))
    assert [event for one in packed([small, large, small]) for event in unpacked(one)] == [small, small]


def test_the_largest_deletion_fits() -> None:
    many = tuple(range(2**62, 2**62 + 500))
    [event] = live_events_of(PostDeleted(2**62, 2**62, Visibility.PUBLIC.value, many, many))
    assert len(packed([event])) == 1


@pytest.mark.parametrize("payload", ["", "{}", '[["posted",["x"]]]', "[[1]]", '"posted"'])
def test_a_payload_of_another_version_tells_nothing(payload: str) -> None:
    assert unpacked(payload) == []


def test_every_live_event_has_somebody_who_tells_it() -> None:
    for kind, make in LIVE_EVENTS.items():
        fields = {field.name: field.default for field in msgspec.structs.fields(kind)}
        event = kind(**{name: 7 for name, default in fields.items() if default is msgspec.NODEFAULT})
        assert make(event).name in HANDLERS, kind


class _Wire:
    """Takes what the notifier sends, or fails."""

    def __init__(self) -> None:
        self.sent: list[tuple[list[str], list[str]]] = []
        self.down = False
        self.took = asyncio.Event()

    async def notify(self, channels: list[str], payloads: list[str]) -> None:
        if self.down:
            self.took.set()
            raise OSError("away")
        self.sent.append((channels, payloads))
        self.took.set()


async def test_the_notifier_sends_many_as_one_and_keeps_them_while_the_database_is_away() -> None:
    wire = _Wire()
    notifier = Notifier(wire.notify, "jobs")
    wire.down = True
    for number in range(50):
        notifier.announce([LiveEvent("posted", (number,))])
        notifier.wake_workers()
    await wire.took.wait()
    wire.down = False
    await notifier.close()
    [(channels, payloads)] = wire.sent
    assert channels == [LIVE_CHANNEL, "jobs"]
    assert [event.ids[0] for event in unpacked(payloads[0])] == list(range(50))


def _connection(most: int) -> LiveConnection:
    return LiveConnection(TokenSession(1, 2, 3, frozenset()), 3, secret="s", address="192.0.2.1", most=most)


async def test_a_full_queue_ends_the_stream_and_drops_what_waits() -> None:
    connection = _connection(2)
    item = Item("delete", Viewer(3), {}, 1)
    connection.push(("user",), item)
    connection.push(("user",), item)
    assert not connection.over()
    connection.push(("user",), item)
    assert connection.ending is Ending.SLOW
    assert await connection.take(5) == []


async def test_whoever_waits_wakes_for_an_item_for_the_end_and_after_the_timeout() -> None:
    connection = _connection(5)
    assert await connection.take(0) == []
    waiting = asyncio.create_task(connection.take(60))
    await asyncio.sleep(0)
    connection.push(("user",), Item("delete", Viewer(3), {}, 1))
    assert len(await waiting) == 1
    waiting = asyncio.create_task(connection.take(60))
    await asyncio.sleep(0)
    connection.end(Ending.ACCESS)
    connection.end(Ending.STOPPING)
    assert await waiting == []
    assert connection.ending is Ending.ACCESS


@pytest.mark.parametrize(
    ("name", "parameters", "label"),
    [
        ("user", {}, ("user",)),
        ("hashtag", {"tag": "Tea"}, ("hashtag", "Tea")),
        ("hashtag:local", {"tag": ["#tea"]}, ("hashtag:local", "#tea")),
        ("list", {"list": 12}, ("list", "12")),
    ],
)
def test_streams_are_called_as_clients_know_them(name: str, parameters: dict[str, Any], label: Any) -> None:
    assert label_of(name, parameters) == label


@given(
    name=st.sampled_from(NAMES) | st.text(),
    parameters=st.dictionaries(
        st.sampled_from(["tag", "list"]), st.none() | st.booleans() | st.text() | st.lists(st.none())
    ),
)
def test_any_name_is_known_or_refused_in_known_words(name: str, parameters: dict[str, Any]) -> None:
    said = ""
    try:
        assert label_of(name, parameters)[0] in NAMES
    except UnknownStream as error:
        said = error.public
    assert said in ("", "Unknown stream type", "Missing tag name parameter", "Missing list name parameter")


def test_a_frame_holds_its_payload_as_text() -> None:
    frame = Frame("update", b'{"a":"\xc3\xa4\\n"}')
    assert msgspec.json.decode(frame.message(("hashtag", "x"))) == {
        "stream": ["hashtag", "x"], "event": "update", "payload": '{"a":"\u00e4\\n"}',
    }  # fmt: skip
    assert frame.sse == b'event: update\ndata: {"a":"\xc3\xa4\\n"}\n\n'
    empty = Frame("filters_changed", None)
    assert msgspec.json.decode(empty.message(("user",))) == {"stream": ["user"], "event": "filters_changed"}
    assert empty.sse == b"event: filters_changed\ndata: undefined\n\n"


def test_public_posts_go_to_the_topics_that_they_belong_to_and_to_no_other() -> None:
    place = Place(1, 2, local=True, public=True, media=False, tags=("tea",))
    assert set(public_topics(place)) == {
        Topic(What.PUBLIC), Topic(What.PUBLIC, local=True), Topic(What.TAG, "tea"), Topic(What.TAG, "tea", local=True),
    }  # fmt: skip
    remote = Place(1, 2, local=False, public=True, media=True, tags=())
    assert set(public_topics(remote)) == {
        Topic(What.PUBLIC, media=media, remote=far) for media in (False, True) for far in (False, True)
    }
    assert set(public_topics(remote)) | set(public_topics(place)) <= {
        *PUBLIC_EVERYWHERE,
        *public_topics(place),
    }
    assert public_topics(Place(1, 2, local=True, public=False, media=True, tags=())) == []
