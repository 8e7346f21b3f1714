"""Pictures for accounts without one."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from holdfast.pure.avatar import PALETTE, default_avatar_png, default_header_png

SIZE_LIMIT_BYTES = 30_000


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def test_pictures_have_their_size_and_are_small() -> None:
    for seed in (b"", b"a", b"b" * 99):
        avatar, header = default_avatar_png(seed, "W"), default_header_png(seed)
        assert (opened(avatar).size, opened(header).size) == ((400, 400), (1500, 500))
        assert max(len(avatar), len(header)) < SIZE_LIMIT_BYTES


def test_the_same_seed_gives_the_same_picture_and_others_differ() -> None:
    assert default_avatar_png(b"a", "x") == default_avatar_png(b"a", "X")
    assert default_header_png(b"a") == default_header_png(b"a")
    assert len({default_avatar_png(bytes([n]), "a") for n in range(8)}) == 8
    assert default_avatar_png(b"a", "x") != default_avatar_png(b"a", "y")


def test_the_letter_is_white_and_in_the_middle() -> None:
    plain = opened(default_avatar_png(b"a", ""))
    lettered = opened(default_avatar_png(b"a", "I"))
    assert lettered.getpixel((200, 200)) == (255, 255, 255)
    assert plain.getpixel((200, 200)) != (255, 255, 255)
    assert lettered.getpixel((20, 20)) == plain.getpixel((20, 20))


@pytest.mark.parametrize("letter", ["", " ", "@", "\ud800", "\x00", "日", "🙂", "\uffff", "\u0301"])
def test_a_letter_that_cannot_be_drawn_is_left_out(letter: str) -> None:
    assert default_avatar_png(b"a", letter) == default_avatar_png(b"a", "")


def test_the_first_letter_that_can_be_drawn_is_taken() -> None:
    assert default_avatar_png(b"a", "_ada") == default_avatar_png(b"a", "A")
    assert default_avatar_png(b"a", "ß") == default_avatar_png(b"a", "S")


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [
        value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_white_letters_are_readable_on_every_colour() -> None:
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for pair in PALETTE for colour in pair)
