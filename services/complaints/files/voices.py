"""A voice as it is kept: an MP3 that every browser plays, made of its sound alone. Pure.

WeChat gives AMR, which no browser plays.
"""

from collections.abc import Iterable
from io import BytesIO

import av
from av import AudioFrame

from services.complaints.files.unclean import Unclean

BEGINNINGS = {b"#!AMR\n": "amr", b"#!AMR-WB\n": "amr", b"ID3": "mp3", b"\xff\xfb": "mp3", b"\xff\xf3": "mp3", b"\xff\xf2": "mp3"}
"""FFmpeg reads hundreds of formats; only these are tried, and each only by its own reader."""
MOST_SECONDS = 61
"""WeChat ends a recording after sixty; the last frame may be whole."""
RATE = 16_000
BIT_RATE = 32_000
MEDIA_TYPE = "audio/mpeg"


def mp3_of(content: bytes) -> bytes:
    """Of one that is cut off or broken, what can be heard up to there. Raises Unclean."""
    format = next((name for beginning, name in BEGINNINGS.items() if content.startswith(beginning)), None)
    if format is None:
        raise Unclean("not_a_voice")
    frames: list[AudioFrame] = []
    try:
        with av.open(BytesIO(content), "r", format=format, metadata_errors="ignore") as source:
            frames.extend(_bounded(source.decode(audio=0)))
    except (av.FFmpegError, LookupError, ValueError) as broken:
        if not frames:
            raise Unclean("not_a_voice") from broken
    if not frames:
        raise Unclean("not_a_voice")
    try:
        return _written(frames)
    except (av.FFmpegError, ValueError) as broken:  # of two kinds of sound, say
        raise Unclean("not_a_voice") from broken


def _bounded(frames: Iterable[AudioFrame]) -> Iterable[AudioFrame]:
    """Raises Unclean for one that lasts too long, before the rest of it is unfolded."""
    seconds = 0.0
    for frame in frames:
        seconds += frame.samples / frame.sample_rate
        if seconds > MOST_SECONDS:
            raise Unclean("too_large")
        yield frame


def _written(frames: Iterable[AudioFrame]) -> bytes:
    out = BytesIO()
    with av.open(out, "w", format="mp3") as target:
        stream = target.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        for frame in (*frames, None):  # None: what the encoder still holds
            target.mux(stream.encode(frame))
    return out.getvalue()
