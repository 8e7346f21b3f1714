"""Decisions about uploads that need no file: what kind one is, what may be attached, how a picture is summed up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.platform.decoding.blurhash import blurhash
from holdfast.pure import media_types
from holdfast.pure.media_types import sniff
from holdfast.screening.rules.banks import BankSource, Problem, compile_bank, media_hit
from holdfast.social.media import (
    MediaKind,
    MediaLimits,
    MediaNotAttachable,
    MediaNotTaken,
    MediaState,
    MediaView,
    Meta,
    OwnMedia,
    check_attachable,
    cleaned_description,
    read_focus,
)

LIMITS = MediaLimits()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", media_types.JPEG),
        (b"\x89PNG\r\n\x1a\n", media_types.PNG),
        (b"GIF89a", media_types.GIF),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", media_types.WEBP),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", media_types.WAVE),
        (b"RIFF\x10\x00\x00\x00AVI LIST", None),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miaf", media_types.AVIF),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00avifmiaf", media_types.AVIF),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", media_types.HEIC),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42", media_types.MP4),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", media_types.QUICKTIME),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42", media_types.M4A),
        (b"\x00\x00\x00\x18ftypzzzz\x00\x00\x00\x00zzzz", None),
        (b"\x1a\x45\xdf\xa3\x01", media_types.WEBM),
        (b"OggS\x00", media_types.OGG),
        (b"fLaC", media_types.FLAC),
        (b"ID3\x04", media_types.MP3),
        (b"\xff\xfb\x90\x00", media_types.MP3),
        (b"\xff\xf1\x50\x80", media_types.AAC),
        (b"\xff\xff\xff\xff", None),
        (b"<svg xmlns=", None),
        (b"#EXTM3U", None),
        (b"", None),
    ],
)
def test_a_kind_is_told_from_the_first_bytes(head: bytes, kind: media_types.MediaType | None) -> None:
    assert sniff(head) == kind


@given(st.binary(max_size=64))
def test_any_bytes_can_be_asked_about(head: bytes) -> None:
    kind = sniff(head)
    assert kind is None or kind.decoder


def media(
    ident: int, *, kind: MediaKind = MediaKind.IMAGE, state: MediaState = MediaState.READY,
    post_id: int | None = None, scheduled_id: int | None = None,
) -> OwnMedia:  # fmt: skip
    view = MediaView(ident, kind, state, "", None, Meta(), None, "o", "s")
    return OwnMedia(view, post_id, scheduled_id, None, ())


def test_what_may_be_attached() -> None:
    two = {1: media(1), 2: media(2, kind=MediaKind.GIFV)}
    assert [one.view.id for one in check_attachable([2, 1, 2], two, LIMITS)] == [2, 1]
    own = {1: media(1, post_id=7)}
    assert check_attachable([1], own, LIMITS, post_id=7)
    waiting = {1: media(1, scheduled_id=9)}
    assert check_attachable([1], waiting, LIMITS, scheduled_id=9)
    for wanted, found in (
        ([1], {}),
        ([1], own),
        ([1], waiting),
        ([1], {1: media(1, state=MediaState.PROCESSING)}),
        ([1], {1: media(1, state=MediaState.FAILED)}),
        ([1, 2], {1: media(1), 2: media(2, kind=MediaKind.VIDEO)}),
        ([1, 2], {1: media(1, kind=MediaKind.AUDIO), 2: media(2)}),
        ([1, 2, 3, 4, 5], {n: media(n) for n in range(1, 6)}),
    ):
        with pytest.raises(MediaNotAttachable):
            check_attachable(wanted, found, LIMITS)


def test_focus_and_descriptions() -> None:
    assert read_focus("0.5,-2") == (0.5, -1.0)
    assert read_focus(" ") is None
    for wrong in ("x,y", "1", "nan,0", "1,2,3"):
        with pytest.raises(MediaNotTaken):
            read_focus(wrong)
    assert cleaned_description("  red\r\ncorner ", LIMITS) == "red\ncorner"
    with pytest.raises(MediaNotTaken):
        cleaned_description("x" * 1501, LIMITS)


def test_a_blurhash_is_as_the_reference_makes_it() -> None:
    # One colour: only the first component says anything, and it is the colour itself.
    plain = blurhash(np.full((32, 48, 3), (255, 0, 0), np.uint8))
    assert plain.startswith("U") or len(plain) == 36
    assert len(plain) == 6 + 2 * 15
    assert plain[0] == "U"  # four components each way
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
    average = 0
    for character in plain[2:6]:
        average = average * 83 + digits.index(character)
    assert average == 0xFF0000


def test_a_media_bank_knows_files_and_pictures_that_look_alike() -> None:
    problems: list[Problem] = []
    entries = ["pdq:" + "f" * 64, "sha256:" + "0" * 64, "md5:" + "0" * 32]
    bank = compile_bank("known", BankSource("media", entries), {}, "file", problems)
    assert bank is not None
    assert len(problems) == 1
    thirty_one = (1 << 31) - 1
    near = f"{(1 << 256) - 1 ^ thirty_one:064x}"
    far = f"{(1 << 256) - 1 ^ (thirty_one << 1 | 1):064x}"
    assert media_hit(bank, ["sha256:" + "0" * 64])
    assert media_hit(bank, ["sha256:" + "1" * 64, f"pdq:{near}"])
    assert not media_hit(bank, [f"pdq:{far}"])
    assert not media_hit(bank, ["sha256:" + "f" * 64])
