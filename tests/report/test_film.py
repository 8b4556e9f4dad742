"""Pictures and films that leave, read back: frames, sizes, labels, light, eyes, and no metadata."""

import io
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from skincompare.errors import OptionError
from skincompare.imaging.eyes import COVER, eye_bars_of_pair
from skincompare.report.film import FRAMES_A_SECOND, FilmKind, FilmPicture, film
from skincompare.report.pair_pictures import PairPictures
from skincompare.report.still import captioned, pair_still
from tests.rendered import front, reddened

SIDE = 121
GREYS = (40, 120, 200)


def pictures(count: int = 3) -> list[FilmPicture]:
    return [
        FilmPicture(np.full((SIDE, SIDE, 3), grey, np.uint8), f"Day {number}")
        for number, grey in enumerate(GREYS[:count])
    ]


def frames_of(data: bytes, folder: Path) -> list[np.ndarray]:
    path = folder / "film.mp4"
    path.write_bytes(data)
    film_file = cv2.VideoCapture(str(path))
    frames = []
    while True:
        is_read, frame = film_file.read()
        if not is_read:
            break
        frames.append(frame[..., ::-1])
    film_file.release()
    return frames


def test_a_film_shows_each_picture_and_the_last_one_longer(tmp_path: Path) -> None:
    frames = frames_of(film(pictures(), FilmKind.MP4, note="Note", seconds=0.5), tmp_path)
    step = FRAMES_A_SECOND // 2
    assert len(frames) == step * 4
    assert all(frame.shape == frames[0].shape for frame in frames)
    assert frames[0].shape[0] % 2 == frames[0].shape[1] % 2 == 0
    assert frames[0].shape[0] > SIDE
    for number, grey in enumerate(GREYS):
        middle = frames[number * step + 1][40:80, 40:80]
        assert np.abs(middle.astype(int) - grey).max() <= 4
    labels = [frames[number * step + 1][SIDE + 2 :] for number in range(3)]
    assert np.abs(labels[0].astype(int) - labels[1]).max() > 60


def test_a_film_is_the_same_twice_and_says_nothing_of_its_maker() -> None:
    first, second = (film(pictures(), FilmKind.MP4) for _ in range(2))
    assert first == second
    for word in (b"x264", b"Lavf", b"libx264", b"creation"):
        assert word not in first


def test_a_gif_has_a_frame_a_picture() -> None:
    data = film(pictures(), FilmKind.GIF, seconds=0.5)
    with Image.open(io.BytesIO(data)) as image:
        assert image.n_frames == 3
        assert "comment" not in image.info
        times = []
        for number in range(3):
            image.seek(number)
            times.append(image.info["duration"])
    assert times == [500, 500, 1000]


def test_a_film_needs_pictures_of_one_shape() -> None:
    with pytest.raises(OptionError, match="no picture"):
        film([], FilmKind.MP4)
    odd = FilmPicture(np.zeros((SIDE, 3 * SIDE, 3), np.uint8), "Day 9")
    with pytest.raises(OptionError, match="one shape"):
        film([*pictures(), odd], FilmKind.MP4)
    with pytest.raises(OptionError, match="seconds"):
        film(pictures(), FilmKind.MP4, seconds=0)


def test_what_stops_the_pictures_stops_the_film() -> None:
    def stopping() -> Iterator[FilmPicture]:
        yield from pictures(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film(stopping(), FilmKind.MP4)


def test_eyes_are_gone_from_films_and_pictures(tmp_path: Path) -> None:
    pair = PairPictures(front().pixels, reddened().pixels, True)
    bars = eye_bars_of_pair(pair.before, pair.after)
    masked = pair.with_masked_eyes()
    shown = frames_of(film([FilmPicture(masked.after, "Day 1")], FilmKind.MP4, seconds=0.2), tmp_path)
    still = np.asarray(Image.open(io.BytesIO(pair_still(masked, ("Before", "After")))))
    for image in (shown[0], still):
        for bar in bars:
            x, y = bar.mean(axis=0).astype(int)
            reach = int(0.3 * np.linalg.norm(bar[1] - bar[0]))
            under = image[y - 4 : y + 5, x - reach : x + reach].astype(int)
            assert np.abs(under - COVER).max() <= 6


def test_a_still_carries_its_dates_and_no_metadata() -> None:
    grey = np.full((200, 150, 3), 90, np.uint8)
    pair = PairPictures(grey, grey, True, matched=grey + 60, matched_words="Colour by 1.0 EI.")
    plain = pair_still(pair, ("2 March 2026", "9 March 2026"))
    with Image.open(io.BytesIO(plain)) as image:
        assert image.format == "PNG"
        assert not image.info
        assert image.size[0] >= 300
        assert image.size[1] > 200
        assert image.getpixel((290, 60)) == (90, 90, 90)
    with Image.open(io.BytesIO(pair_still(pair, ("a", "b"), match_light=True))) as matched:
        assert matched.getpixel((290, 60)) == (150, 150, 150)
    assert pair_still(pair, ("2 March 2026", "8 March 2026")) != plain


def test_a_long_label_is_broken_and_nothing_is_cut() -> None:
    grey = np.full((200, 150, 3), 90, np.uint8)
    short, long = captioned([(grey, "Day 1")]), captioned([(grey, "x" * 300)])
    assert long.shape[1] == short.shape[1] == 150
    assert long.shape[0] > short.shape[0] + 100
