"""Routes of the pictures: whole, or a part of it at full resolution."""

import io
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from skincompare.errors import SkincompareError
from skincompare.web.shelf import PICTURES, Shelf, shelf

__all__ = ["picture_routes"]

FRAMES_KEPT = 3
"""Decoded pictures kept for the next part of them; one of 12 megapixels takes 36 MB."""
LONGEST_PX = 2400
"""Longer side of a part at most, px: a large screen."""
CROP_QUALITY = 90
"""JPEG quality of a part [judgement: no visible loss at full size]."""
GONE = "This picture is not here any more. Reload the page."


class _Frames:
    """The pictures that were decoded last."""

    def __init__(self, most: int = FRAMES_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, Image.Image] = OrderedDict()
        self._lock = Lock()

    def of(self, token: str, data: bytes) -> Image.Image:
        with self._lock:  # one at a time: two of 12 megapixels at once would double the memory
            found = self._kept.pop(token, None)
            if found is None:
                with Image.open(io.BytesIO(data), formats=("JPEG", "WEBP", "PNG")) as opened:
                    found = opened.convert("RGB")
            self._kept[token] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return found

    def known(self, token: str) -> Image.Image | None:
        with self._lock:
            return self._kept.get(token)


class _Pictures:
    """Answers requests for the pictures of one shelf."""

    def __init__(self, pictures: Shelf) -> None:
        self._shelf = pictures
        self._frames = _Frames()

    async def whole(self, request: Request) -> Response:
        found = self._shelf.find(request.path_params["token"])
        data = await run_in_threadpool(_loaded, found.load) if found else None
        if found is None or data is None:
            return PlainTextResponse(GONE, 404)
        return Response(data, media_type=found.kind)

    async def part(self, request: Request) -> Response:
        try:
            left, top, width, height, longest = (
                int(request.query_params[name]) for name in ("left", "top", "width", "height", "longest")
            )
        except (KeyError, ValueError):
            return PlainTextResponse("A part needs left, top, width, height and longest, whole numbers.", 400)
        token = request.path_params["token"]
        if min(width, height, longest) < 1 or self._shelf.find(token) is None:
            return PlainTextResponse(GONE, 404)
        data = await run_in_threadpool(
            self._cut, token, (left, top, left + width, top + height), min(longest, LONGEST_PX)
        )
        return Response(data, media_type="image/jpeg") if data else PlainTextResponse(GONE, 404)

    def _cut(self, token: str, box: tuple[int, int, int, int], longest: int) -> bytes | None:
        frame = self._frames.known(token)
        if frame is None:
            found = self._shelf.find(token)
            data = _loaded(found.load) if found else None
            if data is None:
                return None
            frame = self._frames.of(token, data)
        inside = max(0, box[0]), max(0, box[1]), min(frame.width, box[2]), min(frame.height, box[3])
        if inside[0] >= inside[2] or inside[1] >= inside[3]:
            return None
        size = inside[2] - inside[0], inside[3] - inside[1]
        factor = min(1.0, longest / max(size))
        wanted = max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
        part = frame.crop(inside) if factor == 1 else frame.resize(wanted, Image.Resampling.BILINEAR, inside)
        stream = io.BytesIO()
        part.save(stream, "JPEG", quality=CROP_QUALITY, subsampling=0)
        return stream.getvalue()


def picture_routes(pictures: Shelf | None = None) -> list[BaseRoute]:
    """Return the routes of the pictures on a shelf; by default that of this process.

    Parameters
    ----------
    pictures : Shelf, optional
        Where they stand.

    Returns
    -------
    list of Route
        ``/pictures/<token>`` gives the picture; ``/pictures/<token>/crop?left=&top=&width=&height=&longest=`` a part
        of it as JPEG, box in px of the whole picture, longer side at most `longest`.
    """
    answers = _Pictures(pictures or shelf())
    return [
        Route(f"{PICTURES}/{{token}}", answers.whole),
        Route(f"{PICTURES}/{{token}}/crop", answers.part),
    ]


def _loaded(load: Callable[[], bytes | None]) -> bytes | None:
    try:
        return load()
    except SkincompareError:
        return None
