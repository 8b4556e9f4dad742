"""Pictures by address: the right one, a part of it, and nothing once it is gone."""

import io
import json
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from skincompare.errors import StoreError
from skincompare.report.pair_view import PairPicture
from skincompare.web import Shelf, picture_routes, shelve_view

JPEG = "image/jpeg"
WIDTH, HEIGHT = 400, 300


def encoded(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def gradient() -> np.ndarray:
    """Return a picture whose red tells the column and whose green tells the row."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack((columns * 255 // WIDTH, rows * 255 // HEIGHT, np.zeros_like(rows)), -1).astype(np.uint8)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def client(shelf: Shelf) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=picture_routes(shelf))) as made:
        yield made


def test_each_key_has_one_address_that_tells_nothing(shelf: Shelf) -> None:
    first = shelf.put("patient A/before.jpg", lambda: b"a", JPEG)
    assert first == shelf.put("patient A/before.jpg", lambda: b"a", JPEG)
    assert first != shelf.put("patient B/before.jpg", lambda: b"b", JPEG)
    assert "patient" not in first
    assert Shelf().put("patient A/before.jpg", lambda: b"a", JPEG) != first


def test_the_picture_behind_an_address_is_its_own(shelf: Shelf, client: TestClient) -> None:
    addresses = {n: shelf.put(f"p{n}", lambda n=n: bytes([n]) * 2_000_000, JPEG) for n in range(4)}
    for n, address in addresses.items():
        answer = client.get(address)
        assert (answer.content[:1], answer.headers["content-type"]) == (bytes([n]), JPEG)


def test_pictures_that_differ_in_the_middle_only_are_told_apart(shelf: Shelf, client: TestClient) -> None:
    one = bytes(3_000_000)
    other = one[:1_500_000] + b"x" + one[1_500_001:]
    addresses = shelf.put("one", lambda: one, JPEG), shelf.put("other", lambda: other, JPEG)
    assert client.get(addresses[0]).content == one
    assert client.get(addresses[1]).content == other


def test_what_is_gone_or_was_never_there_is_not_found(shelf: Shelf, client: TestClient) -> None:
    def missing() -> bytes:
        raise StoreError("The photo is missing.")

    assert client.get("/pictures/0123").status_code == 404
    assert client.get(shelf.put("gone", lambda: None, JPEG)).status_code == 404
    answer = client.get(shelf.put("missing", missing, JPEG))
    assert answer.status_code == 404
    assert "Reload" in answer.text


def test_the_longest_unused_address_goes_first(client: TestClient) -> None:
    shelf = Shelf(most=2)
    first, second = shelf.put("1", lambda: b"1", JPEG), shelf.put("2", lambda: b"2", JPEG)
    shelf.put("1", lambda: b"1", JPEG)
    shelf.put("3", lambda: b"3", JPEG)
    assert shelf.find(first.rpartition("/")[2]) is not None
    assert shelf.find(second.rpartition("/")[2]) is None


def test_a_part_shows_that_part(shelf: Shelf, client: TestClient) -> None:
    address = shelf.put("picture", lambda: encoded(gradient()), "image/png")
    answer = client.get(f"{address}/crop?left=100&top=60&width=80&height=40&longest=1000")
    part = np.asarray(Image.open(io.BytesIO(answer.content)), np.float64)
    wanted = gradient()[60:100, 100:180].astype(np.float64)
    assert part.shape == wanted.shape
    assert np.abs(part - wanted).max() < 8


def test_a_part_is_reduced_and_cut_to_what_there_is(shelf: Shelf, client: TestClient) -> None:
    address = shelf.put("picture", lambda: encoded(gradient()), "image/png")
    answer = client.get(f"{address}/crop?left=-50&top=0&width=9999&height=9999&longest=100")
    with Image.open(io.BytesIO(answer.content)) as part:
        assert part.size == (100, 75)
    assert client.get(f"{address}/crop?left=500&top=0&width=10&height=10&longest=9").status_code == 404


@pytest.mark.parametrize("query", ["", "left=1", "left=a&top=0&width=1&height=1&longest=1"])
def test_a_part_that_is_not_said_is_refused(shelf: Shelf, client: TestClient, query: str) -> None:
    address = shelf.put("picture", lambda: encoded(gradient()), "image/png")
    assert client.get(f"{address}/crop?{query}").status_code == 400


def test_few_decoded_pictures_are_kept_and_none_is_mixed_up(shelf: Shelf, client: TestClient) -> None:
    reads: list[int] = []

    def plain(value: int) -> bytes:
        reads.append(value)
        return encoded(np.full((50, 50, 3), value, np.uint8))

    addresses = [shelf.put(f"p{n}", lambda n=n: plain(40 * n), "image/png") for n in range(5)]
    query = "crop?left=0&top=0&width=20&height=20&longest=20"
    for _ in range(2):
        for n, address in enumerate(addresses):
            with Image.open(io.BytesIO(client.get(f"{address}/{query}").content)) as part:
                assert abs(part.getpixel((5, 5))[0] - 40 * n) <= 2
    assert len(reads) > len(addresses)  # not all five stayed decoded
    client.get(f"{addresses[-1]}/{query}")
    assert reads.count(160) == 2


class View:
    """Stands for a view of a pair."""

    viewer = {"before": {"src": "before.jpg"}, "marks": [{"images": {"after": "layer.webp"}, "label": "x"}]}  # noqa: RUF012

    def __init__(self, mark: bytes) -> None:
        self.pictures = {
            "before.jpg": PairPicture(b"before" + mark, JPEG),
            "layer.webp": PairPicture(b"layer" + mark, "image/webp"),
        }


def test_a_view_is_fetched_with_the_addresses_of_its_pictures(shelf: Shelf, client: TestClient) -> None:
    address = shelve_view(shelf, "pair 1", lambda: View(b"1"))
    other = shelve_view(shelf, "pair 2", lambda: View(b"2"))
    for one, mark in ((address, b"1"), (other, b"2"), (address, b"1")):
        found = json.loads(client.get(one).content)
        assert client.get(found["before"]["src"]).content == b"before" + mark
        layer = client.get(found["marks"][0]["images"]["after"])
        assert (layer.content, layer.headers["content-type"]) == (b"layer" + mark, "image/webp")
    assert found["marks"][0]["label"] == "x"


def test_a_view_in_memory_is_not_kept_alive_by_its_addresses(shelf: Shelf, client: TestClient) -> None:
    view = View(b"1")
    kept = weakref.ref(view)
    address = shelve_view(shelf, "pair", kept)
    source = json.loads(client.get(address).content)["before"]["src"]
    del view
    assert client.get(source).status_code == 404
    assert client.get(address).status_code == 404
