"""Views of pairs under addresses: what the viewer shows, fetched by the browser, and each of its pictures."""

import json
from collections.abc import Callable

from skincompare.report.pair_view import PairView, ShownPair, with_addresses
from skincompare.report.viewer_pair import with_full
from skincompare.web.shelf import Shelf

__all__ = ["shelve_view"]

JSON = "application/json"


def shelve_view(
    pictures: Shelf,
    key: str,
    load: Callable[[], PairView | ShownPair | None],
    full: tuple[str, str] = ("", ""),
) -> str:
    """Return the address of what the viewer shows of a pair; nothing is read before it is asked for.

    Parameters
    ----------
    pictures : Shelf
        Where it and its pictures stand.
    key : str
        Names the pair and its version uniquely; it does not leave the server.
    load : callable
        Reads the view; None when it is gone.
    full : tuple of str
        Addresses of the whole photos, which are zoomed into; empty where there are none.

    Returns
    -------
    str
        Address of the JSON that the viewer takes as a pair.
    """

    def content() -> bytes | None:
        view = load()
        if view is None:
            return None
        addresses = {
            name: pictures.put(f"{key}/{name}", _picture(load, name), picture.kind)
            for name, picture in view.pictures.items()
        }
        return json.dumps(with_full(with_addresses(view, addresses), *full)).encode()

    return pictures.put(f"{key}/", content, JSON)


def _picture(load: Callable[[], PairView | ShownPair | None], name: str) -> Callable[[], bytes | None]:
    def data() -> bytes | None:
        view = load()
        picture = view.pictures.get(name) if view else None
        return picture.data if picture else None

    return data
