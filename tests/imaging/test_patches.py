"""Patches: what is shared is made once, and a pair gives its pixels back."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging.patches import LightShift, PatchPair, SkinPatch
from skincompare.imaging.scale import UNKNOWN_SCALE, Scale


def patch_of(linear):
    mask = np.zeros(linear.shape[:2], bool)
    mask[1:, 2:] = True
    return SkinPatch(
        region="left_cheek",
        photo_sha256="0" * 64,
        linear=linear,
        mask=mask,
        scale=UNKNOWN_SCALE,
        coarse_linear=linear,
        coarse_mask=mask,
        coarse_blocks=np.zeros(mask.shape, np.int32),
        n_blocks=1,
        light=LightShift(0.0, 0.0, 0.0, 0.0),
        corner=(10, 20),
    )


def test_the_shared_images_follow_from_the_linear_one():
    linear = np.full((4, 5, 3), 0.1, np.float32)
    linear[0, 0] = 0.0
    patch = patch_of(linear)
    assert patch.log_light(0)[1, 1] == pytest.approx(np.log(0.1))
    assert patch.density[1, 1] == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(patch.log_light(0)).all()
    assert patch.log_light(2) is patch.log_light(2)
    assert patch.median_colour == pytest.approx([0.1, 0.1, 0.1])
    assert patch.box == (slice(1, 4), slice(2, 5))
    assert np.isnan(patch.blur_px)
    assert patch.to_photo(np.array([[1.0, 2.0]])).tolist() == [[11.0, 22.0]]


def test_what_is_remembered_is_made_once():
    made = []
    patch = patch_of(np.full((4, 5, 3), 0.1, np.float32))
    threads = [
        threading.Thread(target=lambda: patch.remembered("list", lambda: made.append(1))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert patch.remembered("other", lambda: 3) == 3


def test_a_pair_makes_its_patches_when_asked_and_lets_them_go():
    made = []

    def make():
        made.append(1)
        patch = patch_of(np.full((4, 5, 3), 0.1, np.float32))
        return patch, patch

    pair = PatchPair(make, to_after=lambda xy: xy + 1, to_before=lambda xy: xy - 1)
    assert made == []
    assert pair.before is pair.after
    assert made == [1]
    assert pair.remembered("sum", lambda: 7) == 7
    pair.release()
    assert pair.remembered("sum", lambda: 8) == 7
    assert made == [1]
    assert pair.after.region == "left_cheek"
    assert made == [1, 1]
    assert pair.to_before(pair.to_after([[2.0, 3.0]])).tolist() == [[2.0, 3.0]]
    assert pair.to_after([]).shape == (0, 2)


@pytest.mark.parametrize(("wider", "taller"), [(1.0, 1.0), (0.8, 1.0), (1.3, 1.1)])
def test_a_pair_tells_how_much_wider_its_skin_is_shown(wider, taller):
    patches = [
        replace(patch_of(np.ones((9, 9, 3), np.float32)), scale=Scale(px, 0.1, 0.1, "given"))
        for px in (10.0, 12.0)
    ]
    matrix = 1.2 * np.array([[wider, 0.0], [0.0, taller]]) @ np.array([[0.6, -0.8], [0.8, 0.6]])
    pair = PatchPair(lambda: tuple(patches), to_after=lambda xy: xy @ matrix.T + 3, to_before=lambda xy: xy)
    assert pair.stretch_at([[1.0, 2.0], [5.0, 5.0]]) == pytest.approx([np.sqrt(wider * taller)] * 2)


def test_a_pair_without_scale_or_map_is_not_stretched():
    patch = patch_of(np.ones((9, 9, 3), np.float32))
    unscaled = PatchPair(lambda: (patch, patch), to_after=lambda xy: xy, to_before=lambda xy: xy)
    known = replace(patch, scale=Scale(10.0, 0.1, 0.1, "given"))
    lost = PatchPair(lambda: (known, known), to_after=lambda xy: xy * np.nan, to_before=lambda xy: xy)
    for pair in (unscaled, lost):
        assert pair.stretch_at([[1.0, 2.0]]) == pytest.approx([1.0])
