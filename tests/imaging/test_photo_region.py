"""One region of a single photo: the same pixels as in a pair with itself, and the level of untreated skin."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging.photo_region import light_of_one_photo, photo_region
from skincompare.imaging.regions import face_regions, whole_skin
from skincompare.measurement import Effect
from tests.rendered import front, near


def region_named(name, subject):
    size = subject.photo.width, subject.photo.height
    return next(one for one in face_regions(subject.face, size) if one.name == name)


def test_a_patch_holds_the_photos_own_pixels_where_the_region_lies():
    subject = front().subject
    region = region_named("left_cheek", subject)
    patch = photo_region(region, subject).patch(subject, light_of_one_photo((), subject))
    rows, columns = np.nonzero(patch.mask)
    places = patch.to_photo(np.column_stack([columns, rows])).astype(int)
    low, high = region.outline.min(axis=0) - 1, region.outline.max(axis=0) + 1
    assert np.all((places >= low) & (places <= high))
    x, y = places[len(places) // 2]
    code = subject.photo.pixels[y, x] / 255
    linear = np.where(code > 0.04045, ((code + 0.055) / 1.055) ** 2.4, code / 12.92)
    left, top = patch.corner
    assert patch.linear[y - top, x - left] == pytest.approx(linear, abs=1e-4)
    assert patch.n_pixels > 1000
    assert patch.coarse_blocks[patch.coarse_mask].min() >= 0
    assert patch.coarse_blocks.max() < patch.n_blocks


def test_no_untreated_skin_is_no_level():
    light = light_of_one_photo((), front().subject)
    assert (light.u, light.sigma_u) == (0.0, 0.0)
    assert math.isnan(light.level_u)


def test_the_level_is_that_of_the_untreated_skin_and_its_error_covers_how_places_differ():
    subject = front().subject
    places = [photo_region(region_named(name, subject), subject) for name in ("forehead", "chin", "nose")]
    alone = [light_of_one_photo([one], subject) for one in places]
    both = light_of_one_photo(places, subject)
    assert min(one.level_u for one in alone) <= both.level_u <= max(one.level_u for one in alone)
    spread = np.std([one.level_u for one in alone], ddof=1)
    assert both.level_sigma_u > spread / math.sqrt(3) / 2
    assert all(one.level_sigma_u >= 1.0 for one in alone)
    assert both.u == 0.0


def test_a_covered_and_a_clipped_region_say_so():
    subject = near().subject
    size = subject.photo.width, subject.photo.height
    bare = photo_region(whole_skin(size), subject)
    assert bare.flags == ()
    covered = photo_region(whole_skin(size), replace(subject, skin=np.zeros_like(subject.skin)))
    (flag,) = covered.flags
    assert (flag.code, flag.effect) == ("covered", Effect.NOT_MEASURABLE)
    assert "both photos" not in flag.reason
    frame = replace(subject.frame, clipped=np.full_like(subject.frame.clipped, 255))
    assert photo_region(whole_skin(size), replace(subject, frame=frame)).flags[0].code == "clipped"
