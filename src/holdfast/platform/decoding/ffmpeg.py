"""Videos, sounds and animations through ffmpeg: confined, told what format to expect, and given nothing but the file.

The input is opened by the one demuxer that its first bytes called for, so that no playlist, no list of other files and no
address can be read into it; protocols other than `file` are off, and the process has neither a network nor
other files (see `confine.py`). All tracks but one picture and one sound, and all that is written about them, are left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from ..processes import wait_exit
from .confine import confinement
from .errors import MediaNotDecoded

log = structlog.get_logger(__name__)

SOURCE: Final = "source"
VIDEO: Final = "video.mp4"
AUDIO: Final = "audio.mp3"
POSTER: Final = "poster.png"
_PROBE: Final = "probe.json"
_PROBE_SECONDS: Final = 30.0
_OUTPUT_FACTOR: Final = 4
_COMMON = ("-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe")
# Neither what the file says of itself, nor chapters, nor where it was made, nor which program wrote it.
_BARE = (
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-flags:a",
    "+bitexact",
)


class Programs(msgspec.Struct, frozen=True):
    """Where ffmpeg and ffprobe are."""

    ffmpeg: str
    ffprobe: str


class TranscoderLimits(msgspec.Struct, frozen=True):
    """What a file may be, and what ffmpeg may use; every number is a setting."""

    memory_bytes: int = 4 << 30
    seconds: float = 1200.0
    output_bytes: int = 400 << 20
    pixels: int = 8_294_400
    frame_rate: int = 120
    duration_seconds: int = 7200
    original_pixels: int = 1920 * 1080


class Moving(msgspec.Struct, frozen=True):
    """What came of it, in the workplace. `frame_rate`: a fraction as text; `poster`: there is one."""

    file: Path
    mime: str
    has_picture: bool
    has_sound: bool
    width: int | None
    height: int | None
    duration: float
    frame_rate: str | None
    bitrate: int | None
    audio_codec: str | None
    audio_channels: str | None
    poster: Path | None


def find_programs(name: str) -> Programs | None:
    """ffmpeg, by name or path, and the ffprobe beside it; None when one is not there."""
    ffmpeg = shutil.which(name) if name else None
    if ffmpeg is None:
        return None
    beside = Path(ffmpeg).with_name(Path(ffmpeg).name.replace("ffmpeg", "ffprobe"))
    ffprobe = shutil.which(str(beside)) or shutil.which("ffprobe")
    return None if ffprobe is None else Programs(ffmpeg, ffprobe)


class Transcoder:
    """Runs ffmpeg on the file `source` of a workplace, a folder of its own."""

    def __init__(self, programs: Programs, limits: TranscoderLimits) -> None:
        self._programs = programs
        self._limits = limits

    async def transcode(self, workplace: Path, demuxer: str, *, silent: bool = False) -> Moving:
        """An MP4 or MP3 that every browser plays, with a poster where there is a picture. `silent`: a GIF.

        Raises MediaNotDecoded.
        """
        probed = await self._probe(workplace, demuxer)
        self._check(probed)
        picture, sound = probed.picture, None if silent else probed.sound
        if picture is None and sound is None:
            raise MediaNotDecoded("There is neither a picture nor a sound in this file.")
        made = workplace / (AUDIO if picture is None else VIDEO)
        source = [*_COMMON, "-f", demuxer, "-i", f"file:{SOURCE}"]
        how = self._video(picture, sound) if picture is not None else _sound(str(made.name))
        await self._run([self._programs.ffmpeg, *source, *how], workplace, self._limits.seconds)
        poster = await self._poster(workplace) if picture is not None else None
        result = await self._probe(workplace, "mov" if picture is not None else "mp3", file=made.name)
        return _told(result, made, poster)

    def _check(self, probed: _Probed) -> None:
        limits, picture = self._limits, probed.picture
        if probed.duration > limits.duration_seconds:
            raise MediaNotDecoded(f"It is longer than {limits.duration_seconds} seconds. Make it shorter.")
        if picture is None:
            return
        if picture.width * picture.height > limits.pixels:
            raise MediaNotDecoded(
                f"{picture.width}x{picture.height} videos are not supported: at most {limits.pixels} pixels a frame"
            )
        if picture.rate and picture.rate > limits.frame_rate:
            raise MediaNotDecoded(f"Videos have at most {limits.frame_rate} frames per second")

    def _video(self, picture: _Picture, sound: str | None) -> list[str]:
        # ffmpeg turns the picture upright by itself. Sides must be even; smaller ones stay as they are.
        scale = (self._limits.original_pixels / max(1, picture.width * picture.height)) ** 0.5
        size = (
            "trunc(iw/2)*2:trunc(ih/2)*2"
            if scale >= 1
            else f"trunc(iw*{scale:.6f}/2)*2:trunc(ih*{scale:.6f}/2)*2"
        )
        rate = ["-r", "60"] if picture.rate and picture.rate > 60 else []
        audio = ["-map", "0:a:0", "-c:a", "aac", "-b:a", "128k", "-ac", "2"] if sound else ["-an"]
        return [
            "-map", "0:v:0", *audio, "-sn", "-dn", *_BARE, "-vf", f"scale={size},setsar=1", *rate,
            "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads", "2",
            "-max_muxing_queue_size", "1024", "-movflags", "+faststart", "-f", "mp4", "-y", f"file:{VIDEO}",
        ]  # fmt: skip

    async def _poster(self, workplace: Path) -> Path | None:
        poster = workplace / POSTER
        how = [
            "-f",
            "mov",
            "-i",
            f"file:{VIDEO}",
            "-frames:v",
            "1",
            *_BARE,
            "-f",
            "image2",
            "-c:v",
            "png",
            "-y",
            f"file:{POSTER}",
        ]
        try:
            await self._run([self._programs.ffmpeg, *_COMMON, *how], workplace, _PROBE_SECONDS)
        except MediaNotDecoded:
            return None
        return poster if poster.exists() else None

    async def _probe(self, workplace: Path, demuxer: str, *, file: str = SOURCE) -> _Probed:
        command = [
            self._programs.ffprobe, *_COMMON[1:], "-f", demuxer, "-show_format", "-show_streams",
            "-of", "json", "-i", f"file:{file}",
        ]  # fmt: skip
        text = await self._run(command, workplace, _PROBE_SECONDS)
        try:
            return _read_probe(msgspec.json.decode(text))
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise MediaNotDecoded(private=repr(error)) from error

    async def _run(self, command: list[str], workplace: Path, seconds: float) -> bytes:
        """What a program writes; raises MediaNotDecoded when it fails, is killed or takes too long."""
        limits = self._limits
        bind = confinement(
            memory_bytes=limits.memory_bytes,
            seconds=seconds * _OUTPUT_FACTOR,
            output_bytes=limits.output_bytes,
            workplace=workplace,
            program=command[0],
        )
        answer, errors = workplace / _PROBE, workplace / "errors"
        with answer.open("wb") as out, errors.open("wb") as err:
            # Forking takes moments; what follows is waited for.
            process = subprocess.Popen(  # noqa: ASYNC220
                command,
                cwd=workplace,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={"PATH": os.environ.get("PATH", ""), "HOME": str(workplace)},
                preexec_fn=bind,  # noqa: PLW1509 (it was prepared before the fork, and only makes system calls)
                start_new_session=True,
            )
        try:
            status = await wait_exit(process, seconds)
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await asyncio.to_thread(process.wait)
        if status != 0:
            why = errors.read_bytes()[:2000].decode("utf-8", "replace")
            log.info("decoding.ffmpeg_failed", program=command[0], status=status, why=why)
            raise MediaNotDecoded(
                "It takes too long to process. Make it shorter." if status is None else None
            )
        return answer.read_bytes()


class _Picture(msgspec.Struct, frozen=True):
    width: int
    height: int
    rate: Fraction | None


class _Probed(msgspec.Struct, frozen=True):
    picture: _Picture | None
    sound: str | None
    channels: str | None
    duration: float
    bitrate: int | None


def _sound(target: str) -> list[str]:
    return ["-map", "0:a:0", "-vn", "-sn", "-dn", *_BARE, "-id3v2_version", "0", "-write_xing", "1", "-c:a", "libmp3lame",
            "-q:a", "2", "-ac", "2", "-f", "mp3", "-y", f"file:{target}"]  # fmt: skip


def _read_probe(told: Any) -> _Probed:
    picture: _Picture | None = None
    sound = channels = None
    for stream in told.get("streams", []):
        if stream.get("codec_type") == "video" and picture is None:
            if stream.get("disposition", {}).get("attached_pic"):
                continue
            width, height = int(stream["width"]), int(stream["height"])
            if _quarter_turned(stream):
                width, height = height, width
            picture = _Picture(width, height, _fraction(stream.get("avg_frame_rate")))
        elif stream.get("codec_type") == "audio" and sound is None:
            sound = str(stream.get("codec_name", "unknown"))
            channels = {1: "mono", 2: "stereo"}.get(
                stream.get("channels"), f"{stream.get('channels', 0)} channels"
            )
    form = told.get("format", {})
    bitrate = form.get("bit_rate")
    return _Probed(
        picture, sound, channels, float(form.get("duration", 0) or 0), int(bitrate) if bitrate else None
    )


def _quarter_turned(stream: Any) -> bool:
    turns = [int(side["rotation"]) for side in stream.get("side_data_list", []) if "rotation" in side]
    return bool(turns) and turns[0] % 180 != 0


def _fraction(text: str | None) -> Fraction | None:
    if not text or text.endswith("/0"):
        return None
    return Fraction(text)


def _told(result: _Probed, made: Path, poster: Path | None) -> Moving:
    picture = result.picture
    rate = picture.rate if picture else None
    return Moving(
        file=made,
        mime="audio/mpeg" if picture is None else "video/mp4",
        has_picture=picture is not None,
        has_sound=result.sound is not None,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        duration=result.duration,
        frame_rate=f"{rate.numerator}/{rate.denominator}" if rate else None,
        bitrate=result.bitrate,
        audio_codec=result.sound,
        audio_channels=result.channels,
        poster=poster,
    )
