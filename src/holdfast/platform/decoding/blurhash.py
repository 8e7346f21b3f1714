"""BlurHash: a picture in a few characters, to show while it loads (https://github.com/woltapp/blurhash).

Own lines: the packages for it have had no release for years, and with numpy it is two products of matrices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
COMPONENTS = 4  # across and down


def blurhash(pixels: NDArray[np.uint8]) -> str:
    """The hash of (height, width, 3) sRGB pixels. Give it a small picture: 64 pixels a side are plenty."""
    height, width, _ = pixels.shape
    linear = _linear(pixels)
    down, across = _cosines(height), _cosines(width)
    factors = np.einsum("ih,hwc,jw->ijc", down, linear, across) / (height * width)
    factors[1:, :] *= 2
    factors[0, 1:] *= 2
    colours = factors.reshape(-1, 3)
    rest = colours[1:]
    peak = float(np.abs(rest).max()) if rest.size else 0.0
    quantised = max(0, min(82, int(peak * 166 - 0.5)))
    scale = (quantised + 1) / 166
    red, green, blue = _encoded(colours[0])
    text = [_base83((COMPONENTS - 1) + (COMPONENTS - 1) * 9, 1), _base83(quantised, 1)]
    text.append(_base83((red << 16) + (green << 8) + blue, 4))
    steps = np.clip(np.floor(np.sign(rest) * np.sqrt(np.abs(rest) / scale) * 9 + 9.5), 0, 18).astype(int)
    text.extend(_base83(int(r) * 19 * 19 + int(g) * 19 + int(b), 2) for r, g, b in steps)
    return "".join(text)


def _cosines(size: int) -> NDArray[np.float64]:
    return np.cos(np.pi * np.outer(np.arange(COMPONENTS), np.arange(size)) / size)


def _linear(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    value = pixels.astype(np.float64) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _encoded(colour: NDArray[np.float64]) -> tuple[int, int, int]:
    value = np.clip(colour, 0, 1)
    curve = np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)
    red, green, blue = (int(part * 255 + 0.5) for part in curve)
    return red, green, blue


def _base83(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83 ** (length - place - 1) % 83] for place in range(length))
