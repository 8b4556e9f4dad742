"""What the camera on a page sends: small frames that are answered with hints, and photos that wait to be kept.

A page issues a ticket, bound to a patient, a course and a view; without one nothing is taken. A photo waits in memory,
one a ticket and few in all, until the page takes it or another one comes.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from skincompare.errors import SkincompareError

__all__ = ["CAPTURES", "Capture", "Tickets", "capture_routes", "tickets"]

CAPTURES = "/captures"
"""Where a camera sends to."""
TICKET_SECONDS = 2 * 3600.0
"""How long a ticket holds after it was last used, s: a long treatment [judgement]."""
MOST_TICKETS = 100
"""Tickets at a time; the longest unused goes first."""
MOST_WAITING = 4
"""Photos that wait at a time, for all pages together; the oldest goes first."""
MAX_CAPTURE_BYTES = 40 * 1024 * 1024
"""Largest photo, bytes: a JPEG of 50 megapixels at its best quality [judgement]."""
MAX_FRAME_BYTES = 512 * 1024
"""Largest frame, bytes: 640 x 640 px at any quality."""
JPEG, JPEG_START = "image/jpeg", b"\xff\xd8\xff"
NO_TICKET = "This page is too old to take photos. Reload it."
TOO_LARGE = "This photo is too large."
NO_JPEG = "Only JPEG pictures are taken here."


class FrameGuide(Protocol):
    """What a ticket asks of who tells how to hold the camera."""

    def hints(self, frame: bytes) -> Sequence[str]:
        """Return what to change, by the JPEG of a frame."""

    def outline(self) -> Mapping[str, Any]:
        """Return lines to lay the picture into."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A photo that was taken: its name here, the JPEG, and when it came, in UTC."""

    name: str
    data: bytes = field(repr=False)
    at: datetime


@dataclass(eq=False)
class _Ticket:
    bound: Hashable
    guide: FrameGuide
    used: float
    busy: Lock = field(default_factory=Lock)


class Tickets:
    """Tickets of the cameras on all pages, and the photos that wait.

    Parameters
    ----------
    clock : callable, optional
        Tells seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[str, _Ticket] = OrderedDict()
        self._waiting: OrderedDict[str, Capture] = OrderedDict()
        self._lock = Lock()

    def issue(self, bound: Hashable, guide: FrameGuide) -> str:
        """Return a new ticket.

        Parameters
        ----------
        bound : hashable
            What its photos are for; only who says the same takes them.
        guide : FrameGuide
            Answers its frames.
        """
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._known[token] = _Ticket(bound, guide, self._clock())
            while len(self._known) > MOST_TICKETS:
                self._forget(next(iter(self._known)))
        return token

    def find(self, token: str) -> _Ticket | None:
        """Return a ticket that holds, or None."""
        with self._lock:
            found = self._known.get(token)
            if found is None:
                return None
            if self._clock() - found.used > TICKET_SECONDS:
                self._forget(token)
                return None
            found.used = self._clock()
            self._known.move_to_end(token)
            return found

    def keep(self, token: str, data: bytes) -> Capture:
        """Let a photo wait; it replaces the one of the same ticket."""
        capture = Capture(secrets.token_urlsafe(12), data, datetime.now(UTC))
        with self._lock:
            self._waiting.pop(token, None)
            self._waiting[token] = capture
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
        return capture

    def take(self, token: str, bound: Hashable, name: str) -> Capture | None:
        """Return a photo that waits and let it go; None when it is gone or was taken for something else."""
        ticket = self.find(token)
        with self._lock:
            waiting = self._waiting.get(token)
            if ticket is None or ticket.bound != bound or waiting is None or waiting.name != name:
                return None
            return self._waiting.pop(token)

    def _forget(self, token: str) -> None:
        del self._known[token]
        self._waiting.pop(token, None)


@cache
def tickets() -> Tickets:
    """Return the one set of tickets of this process: pages issue them, routes ask for them."""
    return Tickets()


class _Captures:
    """Answers the cameras of one set of tickets."""

    def __init__(self, known: Tickets) -> None:
        self._known = known

    async def photo(self, request: Request) -> Response:
        token = request.path_params["ticket"]
        if self._known.find(token) is None:
            return PlainTextResponse(NO_TICKET, 404)
        body = await _body(request, MAX_CAPTURE_BYTES)
        if isinstance(body, Response):
            return body
        capture = self._known.keep(token, body)
        return JSONResponse({"id": capture.name})

    async def hint(self, request: Request) -> Response:
        ticket = self._known.find(request.path_params["ticket"])
        if ticket is None:
            return PlainTextResponse(NO_TICKET, 404)
        body = await _body(request, MAX_FRAME_BYTES)
        if isinstance(body, Response):
            return body
        if not ticket.busy.acquire(blocking=False):
            return JSONResponse({"busy": True})
        try:
            found = await run_in_threadpool(ticket.guide.hints, body)
        except SkincompareError:
            return PlainTextResponse(NO_JPEG, 415)
        finally:
            ticket.busy.release()
        return JSONResponse({"hints": list(found)})

    async def outline(self, request: Request) -> Response:
        ticket = self._known.find(request.path_params["ticket"])
        if ticket is None:
            return PlainTextResponse(NO_TICKET, 404)
        return JSONResponse(dict(await run_in_threadpool(ticket.guide.outline)))


def capture_routes(known: Tickets | None = None) -> list[BaseRoute]:
    """Return the routes of the cameras of a set of tickets; by default that of this process.

    Parameters
    ----------
    known : Tickets, optional
        Who may send.

    Returns
    -------
    list of Route
        ``POST /captures/<ticket>`` takes a photo (JPEG), which waits; ``POST /captures/hint/<ticket>`` answers a
        frame (JPEG) with what to change, one frame at a time; ``GET /captures/outline/<ticket>`` gives lines.
    """
    answers = _Captures(known or tickets())
    return [
        Route(f"{CAPTURES}/hint/{{ticket}}", answers.hint, methods=["POST"]),
        Route(f"{CAPTURES}/outline/{{ticket}}", answers.outline),
        Route(f"{CAPTURES}/{{ticket}}", answers.photo, methods=["POST"]),
    ]


async def _body(request: Request, most: int) -> bytes | Response:
    """Return the JPEG that was sent by a page of ours, or the refusal; never more than `most` goes into memory."""
    origin = urlsplit(request.headers.get("origin", "")).netloc
    if not origin or origin != request.headers.get("host"):
        return PlainTextResponse(NO_TICKET, 403)
    if request.headers.get("content-type") != JPEG:
        return PlainTextResponse(NO_JPEG, 415)
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > most:
            return PlainTextResponse(TOO_LARGE, 413)
    return bytes(parts) if parts.startswith(JPEG_START) else PlainTextResponse(NO_JPEG, 415)
