"""The gate: what a browser on this machine gets, and that everything else is closed."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from skincompare.web.gate import COOKIE, DeskGate, content_security_policy

HERE = ("127.0.0.1", 50_000)
BASE = "http://localhost:8501"
DOCUMENT = {"accept": "text/html,*/*", "sec-fetch-dest": "document"}
ROUTES = ("/_stcore/upload_file/x", "/media/abc.jpg", "/pictures/abc", "/_stcore/host-config", "/static/a.js")


async def _answer(request: Request) -> Response:
    return PlainTextResponse("inside", headers={"cache-control": "public"})


async def _talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


@pytest.fixture
def inside() -> Any:
    routes = [
        WebSocketRoute("/_stcore/stream", _talk),
        Route("/{path:path}", _answer, methods=["GET", "POST"]),
    ]
    return DeskGate(Starlette(routes=routes))


@pytest.fixture
def client(inside: Any) -> Iterator[TestClient]:
    with TestClient(inside, base_url=BASE, client=HERE) as made:
        yield made


@pytest.mark.parametrize("path", ROUTES)
def test_without_the_cookie_every_route_is_closed(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, "inside" in answer.text) == (403, False)
    assert client.post(path).status_code == 403


def test_health_is_open(client: TestClient) -> None:
    assert client.get("/_stcore/health").status_code == 200


def test_a_page_that_is_opened_hands_out_the_cookie(client: TestClient) -> None:
    answer = client.get("/patient", headers=DOCUMENT)
    said = answer.headers["set-cookie"]
    assert answer.status_code == 200
    assert said.startswith(f"{COOKIE}=")
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said
    assert client.get("/pictures/abc").text == "inside"
    assert "set-cookie" not in client.get("/patient", headers=DOCUMENT).headers


@pytest.mark.parametrize("kind", ["iframe", "image", "empty", "script"])
def test_what_is_no_page_gets_no_cookie(client: TestClient, kind: str) -> None:
    answer = client.get("/", headers={**DOCUMENT, "sec-fetch-dest": kind})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize("path", ["/pictures/abc", "/media/x", "/_stcore/stream"])
def test_a_picture_that_is_opened_as_a_page_hands_out_nothing(client: TestClient, path: str) -> None:
    assert client.get(path, headers=DOCUMENT).status_code == 403


def test_the_websocket_is_closed_without_the_cookie(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://localhost:8501/_stcore/stream"):
        pass
    client.get("/", headers=DOCUMENT)
    with client.websocket_connect("ws://localhost:8501/_stcore/stream") as socket:
        assert socket.receive_text() == "inside"


def test_another_cookie_opens_nothing(client: TestClient) -> None:
    for value in ("guess", "", "ü", 'a"b', "a;b"):
        answer = client.get("/pictures/abc", headers={"cookie": f"{COOKIE}={value}".encode()})
        assert answer.status_code == 403


def test_each_start_has_a_cookie_of_its_own(inside: Any) -> None:
    values = set()
    for _ in range(2):
        with TestClient(DeskGate(inside._app), base_url=BASE, client=HERE) as client:
            client.get("/", headers=DOCUMENT)
            values.add(client.cookies[COOKIE])
    assert len(values) == 2


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.0.4:8501", ""])
def test_another_name_of_this_machine_is_refused(client: TestClient, host: str) -> None:
    client.get("/", headers=DOCUMENT)
    assert client.get("/", headers={**DOCUMENT, "host": host}).status_code == 403
    assert client.get("/_stcore/health", headers={"host": host}).status_code == 403


def test_another_site_may_not_use_the_cookie(client: TestClient) -> None:
    client.get("/", headers=DOCUMENT)
    assert client.post("/_stcore/upload_file/x", headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/_stcore/upload_file/x", headers={"origin": "null"}).status_code == 403
    assert client.post("/_stcore/upload_file/x", headers={"origin": BASE}).status_code == 200
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(
            "ws://localhost:8501/_stcore/stream", headers={"origin": "http://evil.example"}
        ),
    ):
        pass


def test_another_machine_is_refused(inside: Any) -> None:
    with TestClient(inside, base_url=BASE, client=("192.168.0.7", 1)) as client:
        assert client.get("/", headers=DOCUMENT).status_code == 403


def test_answers_are_safe_and_not_kept(client: TestClient) -> None:
    answer = client.get("/", headers=DOCUMENT)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert client.get("/static/a.js").headers["cache-control"] == "public"
    assert (
        "frame-ancestors 'none'"
        in client.get("/x", headers={"cookie": ""}).headers["content-security-policy"]
    )


def test_scripts_run_from_this_server_only() -> None:
    (rule,) = (one for one in content_security_policy().split("; ") if one.startswith("script-src"))
    assert "unsafe" not in rule
    assert "'self'" in rule
    assert "sha256-" in rule  # the lines in Streamlit's own page
