"""When something that ended is started again, and when it is given up."""

from __future__ import annotations

from holdfast.main.supervisor import (
    ENDINGS_MAX,
    ENDINGS_MAX_BEFORE_READY,
    HEALTHY_SECONDS,
    PAUSE_MAX_SECONDS,
    Endings,
    describe_ending,
)


def test_the_first_ending_is_answered_at_once_and_later_ones_with_growing_patience() -> None:
    endings = Endings("web")
    pauses = []
    for _ in range(ENDINGS_MAX - 1):
        assert endings.note(1.0, was_ready=True)
        pauses.append(endings.pause_seconds)
    assert pauses[0] == 0
    assert pauses[1:] == sorted(pauses[1:])
    assert len(set(pauses)) == len(pauses)
    assert not endings.note(1.0, was_ready=True)


def test_before_the_server_was_ready_patience_is_short() -> None:
    endings = Endings("web")
    answers = [endings.note(1.0, was_ready=False) for _ in range(ENDINGS_MAX_BEFORE_READY)]
    assert answers == [True] * (ENDINGS_MAX_BEFORE_READY - 1) + [False]


def test_a_long_life_forgives_earlier_endings_for_ever() -> None:
    endings = Endings("web")
    for _ in range(10 * ENDINGS_MAX):
        assert endings.note(HEALTHY_SECONDS, was_ready=True)
        assert endings.pause_seconds <= PAUSE_MAX_SECONDS


def test_what_is_never_given_up_is_waited_for_at_most_so_long() -> None:
    """The shipper of a mirror: whatever is the matter with it, the site goes on, and it is tried for ever."""
    endings = Endings("mirror", count=5_000)
    endings.note(0.1, was_ready=True)
    assert endings.pause_seconds == PAUSE_MAX_SECONDS


def test_endings_are_named() -> None:
    assert describe_ending(3) == "with exit status 3"
    assert describe_ending(-9) == "killed by SIGKILL"
    assert describe_ending(-200) == "with exit status -200"
