"""Settings of what members publish: screening, requests for it, media, streams."""

from .live import LiveSettings

__all__ = ["LiveSettings"]
