"""The gate of the desk: this machine only, a cookie for the browser that opened a page, everything else closed.

A page that is opened by a browser on this machine gets the cookie; pictures, uploads, the websocket and every other
route ask for it. Another site in the same browser cannot use it (``SameSite=Strict``, ``Host`` and ``Origin`` are
checked), and another machine cannot reach the server at all.
"""

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Iterable, MutableMapping
from functools import cache
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "DeskGate", "content_security_policy", "desk_middleware"]

COOKIE = "skincompare_desk"
"""Name of the cookie."""
OPEN_PATHS = ("/_stcore/health",)
"""What anybody on this machine may ask without the cookie: whether the server runs."""
HOST_NAMES = ("localhost", "127.0.0.1", "::1")
"""Names under which a browser may reach the desk; another one is a foreign name that points here (DNS rebinding)."""
ASSETS = "/static/"
"""Where the pages' own scripts lie: named by their content, so a browser may keep them."""
POLICY = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
"""What a page may load: only what this server gives. Without ``'unsafe-inline'`` styles the page is bare."""
INLINE_SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)
HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"),
)
"""Added to every answer."""


class DeskGate:
    """Pure ASGI middleware that lets in the browsers of this machine.

    Parameters
    ----------
    app : ASGI application
        What stands behind the gate.
    secret : str, optional
        Value of the cookie; by default a new one for each start of the server.
    """

    def __init__(self, app: ASGIApp, secret: str = "") -> None:
        self._app = app
        self._secret = secret or secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        known = self._knows(headers.get("cookie", ""))
        opening = not known and _opens_a_page(scope, headers)
        may_enter = known or opening or scope["path"] in OPEN_PATHS
        if not (_is_local(scope, headers) and may_enter):
            await _refuse(scope, send)
            return
        extra = [("set-cookie", self._cookie(scope))] if opening else []
        await self._app(scope, receive, _with_headers(send, scope["path"], extra))

    def _knows(self, cookies: str) -> bool:
        try:
            found = SimpleCookie(cookies).get(COOKIE)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self._secret.encode())

    def _cookie(self, scope: Scope) -> str:
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        return f"{COOKIE}={self._secret}; Path=/; HttpOnly; SameSite=Strict{secure}"


@cache
def content_security_policy() -> str:
    """Return what a page may load and run.

    Scripts: the server's own files, ``blob:`` (without it components do not start), and the few lines that stand in
    Streamlit's own page, known by their hash.
    """
    page = files("streamlit").joinpath("static", "index.html").read_text(encoding="utf-8")
    hashes = (hashlib.sha256(one.encode()).digest() for one in INLINE_SCRIPT.findall(page))
    own = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    return "; ".join((*POLICY, f"script-src 'self' blob: {own}".rstrip()))


def desk_middleware() -> list[Middleware]:
    """Return the middleware of the app."""
    return [Middleware(DeskGate)]


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _opens_a_page(scope: Scope, headers: MutableMapping[str, str]) -> bool:
    """Return whether a browser opens a page of its own accord: not a frame, a picture or a script."""
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and "text/html" in headers.get("accept", "")
        and headers.get("sec-fetch-dest", "document") == "document"
        and not scope["path"].startswith(("/_stcore/", "/media/", "/pictures/", "/captures/", "/component/"))
    )


def _is_local(scope: Scope, headers: MutableMapping[str, str]) -> bool:
    client = scope.get("client")
    if client is not None and not _is_loopback(client[0]):
        return False
    names = [headers.get("host", "")]
    if "origin" in headers:
        names.append(urlsplit(headers["origin"]).netloc)
    return all(urlsplit(f"//{name}").hostname in HOST_NAMES for name in names)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    body = b"Open the app's own address in a browser on this computer."
    headers: Iterable[tuple[str, str]] = (("content-type", "text/plain; charset=utf-8"), *_safety())
    await send({"type": "http.response.start", "status": 403, "headers": [_encoded(*one) for one in headers]})
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send, path: str, extra: list[tuple[str, str]]) -> Send:
    """Return a sender that adds the headers of safety to an answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = [*_safety(), *extra]
            if not path.startswith(ASSETS):
                added.append(("cache-control", "no-store"))
            names = {name for name, _ in added if name != "set-cookie"}
            kept: list[Any] = [
                one for one in message.get("headers", ()) if one[0].decode("latin-1").lower() not in names
            ]
            message = {**message, "headers": [*kept, *(_encoded(*one) for one in added)]}
        await send(message)

    return sending


def _safety() -> tuple[tuple[str, str], ...]:
    return (("content-security-policy", content_security_policy()), *HEADERS)


def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode("latin-1"), value.encode("latin-1")
