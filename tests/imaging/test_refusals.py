"""Photos that cannot be aligned are refused, with the reason and what to do."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from skincompare.errors import OptionError
from skincompare.imaging.align import align
from skincompare.imaging.face import shows_head
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Effect
from tests.rendered import close_up_shot, front, near, nearer, photo_of, stranger, turned


def flipped(subject: Subject) -> Subject:
    return prepare(photo_of(subject.photo.pixels[:, ::-1]))


def refusal(before: Subject, after: Subject) -> str:
    """Return the code for which two photos are refused."""
    found = align(before, after)
    assert not found.is_aligned, f"aligned with {[flag.code for flag in found.flags]}"
    (flag,) = found.flags
    assert flag.effect is Effect.NOT_MEASURABLE
    assert flag.advice
    with pytest.raises(OptionError, match="could not be aligned"):
        found.map_points([[10.0, 10.0]])
    with pytest.raises(OptionError, match="could not be aligned"):
        found.map_points_back([[10.0, 10.0]])
    with pytest.raises(OptionError, match="could not be aligned"):
        found.warp_for_display(after.photo)
    assert np.isnan(found.error_px)
    return flag.code


def test_another_person_never_passes_for_the_same():
    # Two rendered heads have nearly one shape: where that lets an alignment through, no change is reported.
    found = align(front().subject, stranger().subject)
    if found.is_aligned:
        (flag,) = found.flags
        assert (flag.code, flag.effect) == ("no_fine_detail", Effect.NOT_MEASURABLE)
    else:
        assert found.flags[0].code in ("other_skin", "alignment_failed")


def test_the_word_of_the_user_stands_for_detail_that_dim_photos_lack():
    dim = [prepare(photo_of(noisy(shot.pixels, seed))) for seed, shot in enumerate((front(), turned()))]
    unchecked = align(*dim)
    assert [(flag.code, flag.effect) for flag in unchecked.flags] == [
        ("no_fine_detail", Effect.NOT_MEASURABLE)
    ]
    said = align(*dim, same_person=True)
    assert [(flag.code, flag.effect) for flag in said.flags] == [("same_person_said", Effect.WIDER_ERROR)]
    assert np.array_equal(said.field, unchecked.field)


def noisy(pixels: np.ndarray, seed: int) -> np.ndarray:
    """Return a picture as a phone takes it in the evening: dim, and smeared by its noise reduction."""
    noise = np.random.default_rng(seed).normal(0, 16, pixels.shape)
    return cv2.GaussianBlur(np.clip(0.5 * pixels + noise, 0, 255).astype(np.uint8), (0, 0), 0.8)


def test_other_skin_close_up_is_refused():
    other = close_up_shot(skin_seed=9)
    assert refusal(near().subject, other.subject) in ("no_common_texture", "other_skin")


def test_a_face_against_a_close_up_is_refused_both_ways():
    assert refusal(front().subject, near().subject) == "face_against_close_up"
    assert refusal(near().subject, front().subject) == "face_against_close_up"


@pytest.mark.parametrize("shot", [front, turned])
def test_a_mirrored_face_is_called_mirrored(shot):
    assert refusal(front().subject, flipped(shot().subject)) == "mirrored"


def test_a_mirrored_close_up_is_called_mirrored():
    assert refusal(near().subject, flipped(nearer().subject)) == "mirrored"


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_featureless_pictures_are_refused(noise):
    rng = np.random.default_rng(3)
    pictures = [
        prepare(
            photo_of(
                np.clip(rng.normal(150, noise, (300, 400, 1)) + np.array([30, 0, -20]), 0, 255).astype(
                    np.uint8
                )
            )
        )
        for _ in range(2)
    ]
    assert refusal(*pictures) == "no_common_texture"


def test_a_head_without_a_mesh_is_no_close_up(monkeypatch):
    # A profile: the detector is sure, the mesh finds nothing, and hair and outline could be matched.
    bare = [replace(shot().subject, face=None) for shot in (front, front)]
    assert refusal(*bare) == "profile"
    monkeypatch.setattr("skincompare.imaging.align.shows_head", lambda pixels: False)
    assert align(*bare).is_aligned


def test_a_close_up_shows_no_head():
    assert not any(shows_head(shot().pixels) for shot in (near, nearer))


def test_a_tiny_face_is_refused():
    small = cv2.resize(front().pixels, None, fx=0.21, fy=0.21, interpolation=cv2.INTER_AREA)
    picture = np.full((400, 420, 3), 128, np.uint8)
    picture[40 : 40 + small.shape[0], 60 : 60 + small.shape[1]] = small
    tiny = prepare(photo_of(picture))
    assert tiny.face.interocular_px < 60
    assert refusal(front().subject, tiny) == "face_too_small"
    assert refusal(tiny, front().subject) == "face_too_small"


def test_close_ups_that_share_a_corner_are_refused():
    corner = close_up_shot(shift_mm=(27.0, 19.0))
    assert refusal(near().subject, corner.subject) == "too_little_overlap"
