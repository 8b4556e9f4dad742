"""What a camera sends: only with a ticket, only from our own pages, never too much, and gone when it was taken."""

from collections.abc import Iterator, Sequence
from threading import Event, Thread
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skincompare.errors import PhotoError, PhotoProblem
from skincompare.web import captures
from skincompare.web.captures import TICKET_SECONDS, Tickets, capture_routes
from skincompare.web.gate import DeskGate

HERE = ("127.0.0.1", 50_000)
BASE = "http://localhost:8501"
SENT = {"origin": BASE, "content-type": "image/jpeg"}
JPEG = b"\xff\xd8\xff" + bytes(2000)
DOCUMENT = {"accept": "text/html", "sec-fetch-dest": "document"}
BOUND = ("patient", 1, "front")


class Guide:
    """Answers each frame with its length; waits when it is told to."""

    def __init__(self) -> None:
        self.began, self.go_on = Event(), Event()
        self.go_on.set()

    def hints(self, frame: bytes) -> Sequence[str]:
        self.began.set()
        assert self.go_on.wait(30)
        if frame.endswith(b"bad"):
            raise PhotoError(PhotoProblem.NOT_AN_IMAGE, "No picture.")
        return [str(len(frame))]

    def outline(self) -> dict[str, Any]:
        return {"width": 3, "height": 4, "lines": []}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def known() -> Tickets:
    return Tickets(Clock())


@pytest.fixture
def client(known: Tickets) -> Iterator[TestClient]:
    app: Any = DeskGate(Starlette(routes=capture_routes(known)))
    with TestClient(app, base_url=BASE, client=HERE) as made:
        made.get("/", headers=DOCUMENT)  # a page was opened: the cookie is there
        yield made


def test_a_photo_waits_until_it_is_taken_once(client: TestClient, known: Tickets) -> None:
    ticket = known.issue(BOUND, Guide())
    name = client.post(f"/captures/{ticket}", content=JPEG, headers=SENT).json()["id"]
    assert known.take(ticket, ("another patient", 1, "front"), name) is None
    assert known.take(ticket, BOUND, "another name") is None
    capture = known.take(ticket, BOUND, name)
    assert capture is not None
    assert capture.data == JPEG
    assert capture.at.utcoffset() is not None
    assert known.take(ticket, BOUND, name) is None


def test_a_photo_taken_again_replaces_the_first(client: TestClient, known: Tickets) -> None:
    ticket = known.issue(BOUND, Guide())
    first, second = (
        client.post(f"/captures/{ticket}", content=JPEG, headers=SENT).json()["id"] for _ in "ab"
    )
    assert known.take(ticket, BOUND, first) is None
    assert known.take(ticket, BOUND, second) is not None


def test_few_photos_wait_and_few_tickets_hold(known: Tickets, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [known.issue((number,), Guide()) for number in range(captures.MOST_WAITING + 2)]
    names = [known.keep(token, JPEG).name for token in tokens]
    there = [known.take(token, (n,), name) for n, (token, name) in enumerate(zip(tokens, names, strict=True))]
    assert [one is not None for one in there] == [False] * 2 + [True] * captures.MOST_WAITING
    monkeypatch.setattr(captures, "MOST_TICKETS", 2)
    newest = known.issue(("new",), Guide())
    assert known.find(tokens[0]) is None
    assert known.find(newest) is not None


def test_a_ticket_ends_when_it_was_not_used_for_long(known: Tickets) -> None:
    clock = known._clock
    assert isinstance(clock, Clock)
    ticket = known.issue(BOUND, Guide())
    name = known.keep(ticket, JPEG).name
    for _ in range(3):
        clock.now += TICKET_SECONDS - 1
        assert known.find(ticket) is not None  # each use makes it hold longer
    clock.now += TICKET_SECONDS + 1
    assert known.take(ticket, BOUND, name) is None
    assert not known._waiting


@pytest.mark.parametrize("path", ["/captures/{}", "/captures/hint/{}"])
def test_what_may_not_be_sent(
    client: TestClient, known: Tickets, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = path.format(known.issue(BOUND, Guide()))

    def status(content: bytes = JPEG, to: str = address, **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(to, content=content, headers={**SENT, **sent}).status_code

    assert status() == 200
    assert status(to=path.format("guess")) == 404
    assert status(b"GIF89a") == 415
    assert status(content_type="text/plain") == 415
    assert status(origin="http://evil.example") == 403
    assert status(origin="http://localhost:9999") == 403
    assert client.post(address, content=JPEG, headers={"content-type": "image/jpeg"}).status_code == 403
    assert client.get(path.format("x"), headers=SENT).status_code == 405
    monkeypatch.setattr(captures, "MAX_CAPTURE_BYTES", 1000)
    monkeypatch.setattr(captures, "MAX_FRAME_BYTES", 1000)
    assert status() == 413


def test_without_the_cookie_nothing_is_taken(client: TestClient, known: Tickets) -> None:
    ticket = known.issue(BOUND, Guide())
    client.cookies.clear()
    for path in (f"/captures/{ticket}", f"/captures/hint/{ticket}"):
        assert client.post(path, content=JPEG, headers=SENT).status_code == 403
    answer = client.get(f"/captures/outline/{ticket}", headers=DOCUMENT)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert not known._waiting


def test_a_frame_is_answered_and_a_bad_one_refused(client: TestClient, known: Tickets) -> None:
    ticket = known.issue(BOUND, Guide())
    answer = client.post(f"/captures/hint/{ticket}", content=JPEG, headers=SENT)
    assert answer.json() == {"hints": [str(len(JPEG))]}
    assert answer.headers["cache-control"] == "no-store"
    assert client.post(f"/captures/hint/{ticket}", content=JPEG + b"bad", headers=SENT).status_code == 415
    assert client.post(f"/captures/hint/{ticket}", content=JPEG, headers=SENT).status_code == 200
    assert client.get(f"/captures/outline/{ticket}").json() == {"width": 3, "height": 4, "lines": []}


def test_a_frame_is_dropped_while_another_is_looked_at(client: TestClient, known: Tickets) -> None:
    guide = Guide()
    ticket = known.issue(BOUND, guide)
    guide.go_on.clear()
    answers = []
    first = Thread(
        target=lambda: answers.append(client.post(f"/captures/hint/{ticket}", content=JPEG, headers=SENT))
    )
    first.start()
    assert guide.began.wait(30)
    dropped = client.post(f"/captures/hint/{ticket}", content=JPEG, headers=SENT)
    guide.go_on.set()
    first.join()
    assert dropped.json() == {"busy": True}
    assert "hints" in answers[0].json()
