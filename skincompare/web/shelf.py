"""Pictures for the browser under addresses that tell nothing: neither whose they are nor which file."""

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock

__all__ = ["PICTURES", "Shelf", "Shelved", "shelf"]

PICTURES = "/pictures"
"""Where they are asked for."""
MOST_ADDRESSES = 20_000
"""Addresses known at a time; each is some hundred bytes, the pictures themselves are not held."""
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Shelved:
    """A picture that can be asked for: how it is read (None when it is gone), and its media type."""

    load: Callable[[], bytes | None]
    kind: str


class Shelf:
    """Addresses of pictures; what lies behind them is read when it is asked for.

    Parameters
    ----------
    most : int
        Addresses kept; the longest unused goes first.
    """

    def __init__(self, most: int = MOST_ADDRESSES) -> None:
        self._secret = secrets.token_bytes(32)
        self._most = most
        self._known: OrderedDict[str, Shelved] = OrderedDict()
        self._lock = Lock()

    def put(self, key: str, load: Callable[[], bytes | None], kind: str) -> str:
        """Return the address of a picture, the same for the same key until the server ends.

        Parameters
        ----------
        key : str
            Names it uniquely; it does not leave the server.
        load : callable
            Reads it; it is called in another thread, and returns None when the picture is gone.
        kind : str
            Its media type.

        Returns
        -------
        str
            An absolute path on this server.
        """
        token = hmac.digest(self._secret, key.encode(), "sha256")[:TOKEN_BYTES].hex()
        with self._lock:
            self._known[token] = Shelved(load, kind)
            self._known.move_to_end(token)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return f"{PICTURES}/{token}"

    def find(self, token: str) -> Shelved | None:
        """Return what stands under a token, or None."""
        with self._lock:
            found = self._known.get(token)
            if found is not None:
                self._known.move_to_end(token)
            return found


@cache
def shelf() -> Shelf:
    """Return the one shelf of this process: pages fill it, routes read it."""
    return Shelf()
