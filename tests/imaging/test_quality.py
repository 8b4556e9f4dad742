"""The gate: each check against a known disturbance, the same photo, and both orders of the photos."""

import io
import math
from dataclasses import replace
from datetime import datetime
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from skincompare.imaging.align import align
from skincompare.imaging.alignment import AlignmentStatus
from skincompare.imaging.colour import linear_from_srgb, srgb_from_linear
from skincompare.imaging.comparability import Bearing, Check, Comparability, Concern, Standing
from skincompare.imaging.pairing import pair_region, pair_skin
from skincompare.imaging.quality import judge_pair, region_checks
from skincompare.imaging.regions import face_regions
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Effect, Flag
from skincompare.photo import Camera, CaptureTime, Photo
from skincompare.photo_compression import jpeg_quality
from skincompare.photo_metadata import CaptureSettings
from tests.rendered import front, front_to_turned, known_alignment, near, nearer, photo_of, turned, with_face

SAME_PLACE = np.eye(3)


@cache
def itself() -> Comparability:
    """Return what is said of a photo beside itself."""
    subject = front().subject
    return judge_pair(subject, subject, known_alignment(subject, subject, SAME_PLACE))


@cache
def two_visits() -> Comparability:
    return judge_pair(front().subject, turned().subject, front_to_turned())


def judged(before: Subject, after: Subject) -> Comparability:
    """Judge two pictures that lie on one another."""
    return judge_pair(before, after, known_alignment(before, after, SAME_PLACE))


def with_pixels(pixels: np.ndarray) -> Subject:
    """Return the front face with other pixels and its own mesh."""
    seen = prepare(photo_of(pixels))
    return replace(seen, face=front().subject.face)


def codes(found: Comparability, name: str) -> list[str]:
    check = found.find(name)
    assert check is not None
    return [flag.code for flag in check.flags]


def only_flag(found: Comparability, name: str) -> Flag:
    check = found.find(name)
    assert check is not None
    (flag,) = check.flags
    return flag


def test_a_photo_beside_itself_passes_every_check():
    assert {check.standing for check in itself().checks} <= {Standing.OK, Standing.NOT_CHECKED}
    for name in ("pose", "light_direction", "sharpness", "beauty_filter"):
        assert abs(itself().find(name).value) < 0.02, name
        assert itself().find(name).standing is Standing.OK


def test_two_visits_in_ordinary_light_may_be_compared():
    assert two_visits().standing is Standing.OK
    assert two_visits().find("same_skin").value > 0.5
    assert two_visits().verdict("left_cheek", Bearing.TEXTURE) is Standing.OK


@pytest.mark.parametrize(("yaw", "side", "back"), [(9.0, "left", "right"), (-9.0, "right", "left")])
def test_a_turned_head_says_how_far_and_which_way_back(yaw, side, back):
    subject, other = front().subject, with_face(front().subject, yaw=yaw)
    flag = only_flag(judged(subject, other), "pose")
    assert (flag.code, flag.effect) == ("turned", Effect.WIDER_ERROR)
    assert f"9 degrees further to the {side}" in flag.reason
    assert f"Turn the face 9 degrees to the {back}, as in the before photo" in flag.advice
    assert f"to the {side}" in only_flag(judged(other, subject), "pose").advice


@pytest.mark.parametrize("yaw", [4.5, -4.5])
def test_a_slight_turn_is_let_pass(yaw):
    assert codes(judged(front().subject, with_face(front().subject, yaw=yaw)), "pose") == []


@pytest.mark.parametrize(("pitch", "held", "way"), [(9.0, "lower", "Lift"), (-9.0, "higher", "Lower")])
def test_a_nod_says_which_way_the_chin_goes(pitch, held, way):
    nodded = with_face(front().subject, pitch=pitch)
    flag = only_flag(judged(front().subject, nodded), "pose")
    assert flag.code == "nodded"
    assert f"9 degrees {held}" in flag.reason
    assert flag.advice.startswith(f"{way} the chin by 9 degrees")


def test_the_day_of_the_before_photo_is_named_where_the_camera_wrote_it():
    taken = CaptureTime(datetime(2026, 5, 3, 9), 120, "exif")
    before = replace(front().subject, photo=replace(front().photo, captured=taken))
    assert "as on 3 May" in only_flag(judged(before, with_face(before, yaw=9.0)), "pose").advice


@pytest.mark.parametrize("mouth", [1.2, 0.8])
def test_another_expression_bears_on_skin_that_moves(mouth):
    found = judged(front().subject, with_face(front().subject, mouth=mouth))
    assert found.verdict("left_nasolabial", Bearing.COLOUR) is Standing.NOT_MEASURABLE
    assert found.verdict("right_cheek", Bearing.COLOUR) is Standing.WIDER_ERROR
    for region in ("forehead", "nose", "neck", "left_temple", "scar_1"):
        assert found.verdict(region, Bearing.COLOUR) is Standing.OK
    assert found.pair_flags == ()


def test_the_same_expression_at_another_visit_is_no_other_expression():
    assert codes(two_visits(), "expression") == []


def lit_from(across: float, down: float) -> Subject:
    """Return the front face with light that changes by these natural logs per distance of the eye corners."""
    face = front().subject.face
    rows, columns = np.indices(front().pixels.shape[:2], dtype=np.float32)
    middle = face.xy.mean(axis=0)
    slope = (across * (columns - middle[0]) + down * (rows - middle[1])) / face.interocular_px
    light = linear_from_srgb(front().pixels) * 0.8 * np.exp(slope)[..., None]
    return with_pixels(srgb_from_linear(np.clip(light, 0, 1).astype(np.float32)))


@pytest.mark.parametrize(
    ("across", "down", "source", "from_where"),
    [
        (0.3, 0.0, "the person's left", "the person's right"),
        (-0.3, 0.05, "the person's right", "the person's left"),
        (0.0, 0.3, "below", "above"),
        (0.1, -0.3, "above", "below"),
    ],
)
def test_light_from_another_side_is_measured_and_told(across, down, source, from_where):
    lit = lit_from(across, down)
    check = judged(front().subject, lit).find("light_direction")
    assert check.value == pytest.approx(math.hypot(across, down), abs=0.03)
    (flag,) = check.flags
    assert (flag.code, flag.effect) == ("light_direction", Effect.WIDER_ERROR)
    assert f"more from {source}" in flag.reason
    assert f"come from {from_where}" in flag.advice
    swapped = only_flag(judged(lit, front().subject), "light_direction")
    assert f"more from {from_where}" in swapped.reason


def test_a_slight_change_of_the_light_is_let_pass():
    assert codes(judged(front().subject, lit_from(0.12, 0.05)), "light_direction") == []


@cache
def blurred() -> Subject:
    return with_pixels(cv2.GaussianBlur(front().pixels, (0, 0), 1.5))


@cache
def smoothed() -> Subject:
    return with_pixels(cv2.bilateralFilter(np.ascontiguousarray(front().pixels), 15, 60, 8))


def test_a_blurred_photo_forbids_texture_and_says_which_it_is():
    for before, after, which in (
        (front().subject, blurred(), "after"),
        (blurred(), front().subject, "before"),
    ):
        found = judged(before, after)
        flag = only_flag(found, "sharpness")
        assert (flag.code, flag.effect) == ("sharpness_differs", Effect.NOT_MEASURABLE)
        assert f"The {which} photo is much softer" in flag.reason
        assert codes(found, "beauty_filter") == []
        assert found.verdict("nose", Bearing.TEXTURE) is Standing.NOT_MEASURABLE
        assert found.verdict("nose", Bearing.COLOUR) is Standing.OK


def test_smoothed_skin_beside_sharp_eyes_is_a_beauty_filter():
    for before, after, which in (
        (front().subject, smoothed(), "after"),
        (smoothed(), front().subject, "before"),
    ):
        found = judged(before, after)
        assert codes(found, "beauty_filter") == ["beauty_filter", "beauty_filter"]
        assert f"skin of the {which} photo" in found.find("beauty_filter").flags[0].reason
        assert codes(found, "sharpness") == []
        assert found.verdict("nose", Bearing.TEXTURE) is Standing.NOT_MEASURABLE
        assert found.verdict("nose", Bearing.COLOUR) is Standing.WIDER_ERROR


@pytest.mark.parametrize(
    ("ratio", "softer"), [(-0.41, "after"), (-0.39, None), (0.0, None), (0.29, None), (0.31, "before")]
)
def test_coarser_detail_alone_forbids_texture_too(ratio, softer):
    subject = front().subject
    alignment = replace(known_alignment(subject, subject, SAME_PLACE), detail_ratio=ratio)
    check = judge_pair(subject, subject, alignment).find("sharpness")
    assert [f"The {softer} photo is much softer" in flag.reason for flag in check.flags] == [True] * bool(
        softer
    )


def test_close_ups_have_no_face_to_check_but_their_sharpness_and_files():
    found = judge_pair(near().subject, nearer().subject, align(near().subject, nearer().subject))
    unchecked = {check.name for check in found.checks if check.standing is Standing.NOT_CHECKED}
    assert {"pose", "expression", "light_direction", "beauty_filter"} <= unchecked
    assert found.find("sharpness").standing is Standing.OK
    assert found.standing is Standing.OK


def test_a_refused_pair_says_why_and_measures_nothing_else():
    reason = Flag("other_skin", "Not the same.", "Check it.", Effect.NOT_MEASURABLE)
    refused = replace(front_to_turned(), status=AlignmentStatus.REFUSED, flags=(reason,))
    found = judge_pair(front().subject, turned().subject, refused)
    assert found.standing is Standing.NOT_MEASURABLE
    assert found.find("same_skin").flags == (reason,)
    for name in ("light_direction", "sharpness", "beauty_filter", "mirrored"):
        assert found.find(name).standing is Standing.NOT_CHECKED


def test_a_mirrored_photo_stands_in_a_check_of_its_own():
    reason = Flag("mirrored", "Mirrored.", "Flip it.", Effect.NOT_MEASURABLE)
    refused = replace(front_to_turned(), status=AlignmentStatus.REFUSED, flags=(reason,))
    found = judge_pair(front().subject, turned().subject, refused)
    assert found.find("mirrored").flags == (reason,)
    assert found.find("same_skin").flags == found.find("alignment").flags == ()


def said(before: dict, after: dict, **photo: object) -> Comparability:
    """Return what is said of two photos that were taken with these settings."""
    first, second = (
        replace(front().photo, camera=Camera("Acme", "One"), settings=CaptureSettings(**one))
        for one in (before, after)
    )
    subject = front().subject
    return judge_pair(
        replace(subject, photo=first),
        replace(subject, photo=replace(second, **photo)),
        known_alignment(subject, subject, SAME_PLACE),
    )


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ({"flash_fired": False}, {"flash_fired": True}, "flash_differs", "Switch the flash off"),
        ({"flash_fired": True}, {"flash_fired": False}, "flash_differs", "Switch the flash on"),
        ({"iso": 50.0}, {"iso": 800.0}, "noise_differs", "as much light"),
        ({"focal_length_35mm": 26.0}, {"focal_length_35mm": 52.0}, "other_lens", "lens of 26 mm"),
        ({"focal_length_mm": 4.2}, {"focal_length_mm": 2.1}, "other_lens", "lens of 4 mm"),
        ({"digital_zoom": 1.0}, {"digital_zoom": 2.0}, "digital_zoom", "Go closer"),
        ({"white_balance": "auto"}, {"white_balance": "manual"}, "white_balance_differs", "by the camera"),
    ],
)
def test_a_setting_that_differs_is_named_with_what_to_do(before, after, code, words):
    flag = only_flag(said(before, after), "settings")
    assert flag.code == code
    assert words in flag.advice


def test_settings_that_agree_or_are_not_noted_say_nothing():
    noted = {"flash_fired": False, "iso": 100.0, "focal_length_mm": 4.2, "white_balance": "auto"}
    assert said(noted, noted).find("settings").standing is Standing.OK
    assert said(noted, {}).find("settings").flags == ()
    assert itself().find("settings").standing is Standing.NOT_CHECKED


def test_another_camera_is_named():
    flag = only_flag(said({}, {}, camera=Camera("Acme", "Acme Two")), "settings")
    assert flag.code == "other_camera"
    assert "(Acme Two, before Acme One)" in flag.reason


@pytest.mark.parametrize(
    ("qualities", "flagged"),
    [
        ((95.0, 92.0), False),
        ((95.0, 60.0), True),
        ((95.0, 78.0), True),
        ((75.0, 72.0), False),
        ((math.nan, 95.0), False),
        ((math.nan, 40.0), True),
    ],
)
def test_strong_or_unequal_compression_bears_on_texture(qualities, flagged):
    subject = front().subject
    pair = [replace(subject, photo=replace(subject.photo, jpeg_quality=one)) for one in qualities]
    found = judge_pair(*pair, known_alignment(subject, subject, SAME_PLACE))
    assert codes(found, "compression") == ["compressed"] * flagged
    assert found.verdict("nose", Bearing.COLOUR) is Standing.OK
    assert (found.verdict("nose", Bearing.TEXTURE) is Standing.WIDER_ERROR) == flagged


@pytest.mark.parametrize("quality", [30, 50, 75, 90, 96])
def test_the_quality_of_a_jpeg_is_read_off_its_tables(quality):
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG", quality=quality)
    assert jpeg_quality(Image.open(stream).quantization) == pytest.approx(quality, abs=1.0)


@pytest.mark.parametrize("tables", [{}, {0: [1] * 63}, {0: [0] * 64}, {1: [1] * 64}])
def test_no_table_no_quality(tables):
    assert math.isnan(jpeg_quality(tables))


def test_flags_of_regions_become_checks_of_their_own():
    alignment = front_to_turned()
    skin = pair_skin(front().subject, turned().subject, alignment)
    outline = face_regions(front().subject.face, front().photo.pixels.shape[1::-1])[0]
    region = pair_region(outline, front().subject, turned().subject, alignment, skin, front().subject.scale)
    glare = Flag("clipped", "Overexposed.", "Softer light.", Effect.NOT_MEASURABLE)
    found = Comparability(region_checks([replace(region, flags=(glare,))]))
    assert found.find("exposure").measured == f"not {outline.label} (1 of 1)"
    assert found.verdict(region.name, Bearing.TEXTURE) is Standing.NOT_MEASURABLE
    assert found.verdict("elsewhere", Bearing.TEXTURE) is Standing.OK
    assert found.pair_flags == ()
    assert region_checks([]) == ()


def test_the_gate_goes_out_as_plain_values():
    told = two_visits().to_dict()
    assert told["standing"] == "ok"
    assert {check["name"] for check in told["checks"]} >= {"pose", "light_direction", "compression"}
    settings = next(check for check in told["checks"] if check["name"] == "settings")
    assert (settings["value"], settings["standing"]) == (None, "not checked")


def test_what_bears_on_everything_bears_on_colour_and_texture():
    flag = Flag("flash_differs", "The flash.", "Off.", Effect.WIDER_ERROR)
    found = Comparability((Check("settings", "Settings", 1.0, "", 0.0, "one", (Concern(flag),)),))
    assert found.flags_on("nose", Bearing.EVERYTHING) == (flag,)
    assert found.flags_on("nose", Bearing.TEXTURE) == ()
    assert found.verdict("nose", Bearing.TEXTURE) is Standing.WIDER_ERROR


def test_a_photo_of_png_has_no_quality():
    assert math.isnan(Photo(front().pixels, "0" * 64, "a.png", "PNG").jpeg_quality)
