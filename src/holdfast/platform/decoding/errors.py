"""What can be wrong with a file that is to be decoded.

Invalid
└── MediaNotDecoded      broken, of no kind that is taken, or larger than allowed; says which
Unavailable
└── DecoderBusy          no decoder came free in time
"""

from __future__ import annotations

from ...pure.errors import Invalid, Unavailable


class MediaNotDecoded(Invalid):
    """The file cannot be taken. `public` says why and what to do."""

    public = (
        "This file cannot be read; it may be damaged. Try another one, or save it anew in an image editor."
    )


class DecoderBusy(Unavailable):
    """All decoders are at work, or none can be started."""

    public = "Too many files are being processed; try again shortly."
