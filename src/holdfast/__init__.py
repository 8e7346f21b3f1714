"""Holdfast: a self-hosted social network server that cannot be switched off."""

__version__ = "0.1.0"
