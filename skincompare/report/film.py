"""A time-lapse of aligned pictures as MP4 or GIF: one picture a day, no pictures in between are made up."""

import io
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
from PIL import Image

from skincompare.errors import OptionError, SkincompareError
from skincompare.report.figures import shrunk
from skincompare.report.still import captioned

__all__ = ["FILM_PX", "FRAMES_A_SECOND", "FilmKind", "FilmPicture", "film"]

Picture = npt.NDArray[np.uint8]

FILM_PX = 1080
"""Longer side of a picture of the film, px; the label comes below it."""
FRAMES_A_SECOND = 10
"""Frames a second: players stumble over fewer; each picture is repeated."""
LONGEST_SECONDS = 30.0
"""Longest that a picture is shown, s."""
LAST_FACTOR = 2
"""How much longer the last picture is shown than the others."""
QUALITY = "17"
"""Constant rate factor of the H.264 encoder: lower is better, 17 has no visible loss."""
CLEAN = (
    *("-map_metadata", "-1", "-metadata:s:v", "encoder=", "-bsf:v", "filter_units=remove_types=6"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1"),
)
"""The file holds no metadata and no notes of the encoder, and the same pictures give the same bytes."""
PIXEL_MULTIPLE = 2
"""Width and height of the film are multiples of this (the colour format asks for it)."""
GIF_COLOURS = 256


class FilmKind(StrEnum):
    """Kinds of files."""

    MP4 = "mp4"
    GIF = "gif"


@dataclass(frozen=True, eq=False)
class FilmPicture:
    """One picture of a film, and what stands below it."""

    picture: Picture
    label: str


def film(
    pictures: Iterable[FilmPicture],
    kind: FilmKind,
    *,
    note: str = "",
    seconds: float = 1.0,
    longest: int = FILM_PX,
) -> bytes:
    """Return a film.

    Parameters
    ----------
    pictures : iterable of FilmPicture
        RGB, all of one shape, in their order. They are taken one at a time, so that few are in memory.
    kind : FilmKind
        MP4 (H.264) or GIF.
    note : str
        What stands below every picture: that it was moved, and its light matched.
    seconds : float
        How long each is shown; the last twice as long.
    longest : int
        Longer side of a picture, px.

    Returns
    -------
    bytes
        The file, without any metadata.

    Raises
    ------
    OptionError
        When there is no picture, their shapes differ, or the time is none.
    SkincompareError
        When this machine cannot encode it.
    """
    if not 0.1 <= seconds <= LONGEST_SECONDS:
        raise OptionError(f"A picture is shown for 0.1 to {LONGEST_SECONDS:g} seconds, not {seconds}.")
    frames = _frames(pictures, note, longest)
    return _gif(frames, seconds) if kind is FilmKind.GIF else _mp4(frames, seconds)


def _frames(pictures: Iterable[FilmPicture], note: str, longest: int) -> Iterator[Picture]:
    """Yield the pictures with their labels, all of one even size."""
    shape: tuple[int, ...] = ()
    for one in pictures:
        frame = captioned([(shrunk(one.picture, longest), one.label)], note)
        if not shape:
            shape = tuple(-(-size // PIXEL_MULTIPLE) * PIXEL_MULTIPLE for size in frame.shape[:2])
        if frame.shape[1] > shape[1] or abs(frame.shape[0] - shape[0]) > shape[0] // 4:
            raise OptionError("The pictures of a film have one shape.")
        even = np.full((*shape, 3), 255, np.uint8)
        height = min(frame.shape[0], shape[0])
        even[:height, : frame.shape[1]] = frame[:height]
        yield even
    if not shape:
        raise OptionError("There is no picture for a film.")


def _mp4(frames: Iterator[Picture], seconds: float) -> bytes:
    repeats = max(1, round(seconds * FRAMES_A_SECOND))
    first = next(frames)
    with tempfile.TemporaryDirectory(prefix="skincompare-film-") as folder:
        path = Path(folder) / "film.mp4"
        with _encoder(path, first.shape[1], first.shape[0]) as pipe:
            shown = first
            for shown in _chain(first, frames):
                for _ in range(repeats):
                    pipe.write(shown.tobytes())
            for _ in range(repeats * (LAST_FACTOR - 1)):
                pipe.write(shown.tobytes())
        return path.read_bytes()


@contextmanager
def _encoder(path: Path, width: int, height: int) -> Iterator[IO[bytes]]:
    """Yield what takes raw pictures; the encoder is ended however this ends."""
    source = (
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{width}x{height}",
        "-r",
        str(FRAMES_A_SECOND),
        "-i",
        "-",
    )
    target = ("-an", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", QUALITY, "-movflags", "+faststart")
    command = (
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-nostdin",
        "-loglevel",
        "error",
        *source,
        *target,
        *CLEAN,
        str(path),
    )
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        assert process.stdin is not None
        try:
            yield process.stdin
            process.stdin.close()
        except BrokenPipeError:
            pass  # the encoder ended by itself: told below
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise SkincompareError("The film could not be encoded on this machine; make a GIF instead.")


def _chain(first: Picture, rest: Iterator[Picture]) -> Iterator[Picture]:
    yield first
    yield from rest


def _gif(frames: Iterator[Picture], seconds: float) -> bytes:
    images = [
        Image.fromarray(frame).quantize(GIF_COLOURS, dither=Image.Dither.FLOYDSTEINBERG) for frame in frames
    ]
    milliseconds = round(1000 * seconds)
    times = [milliseconds] * (len(images) - 1) + [milliseconds * LAST_FACTOR]
    stream = io.BytesIO()
    images[0].save(
        stream, "GIF", save_all=True, append_images=images[1:], duration=times, loop=0, optimize=False
    )
    return stream.getvalue()
