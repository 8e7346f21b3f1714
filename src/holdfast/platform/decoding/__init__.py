"""Reading what strangers send: pictures in confined processes of our own, everything else in a confined ffmpeg."""

from .errors import DecoderBusy, MediaNotDecoded
from .ffmpeg import Moving, Transcoder, TranscoderLimits, find_programs
from .model import Decoded, DecoderLimits, ImageOrder, Rendition
from .pool import Decoders

__all__ = [
    "Decoded", "DecoderBusy", "DecoderLimits", "Decoders", "ImageOrder", "MediaNotDecoded", "Moving", "Rendition",
    "Transcoder", "TranscoderLimits", "find_programs",
]  # fmt: skip
