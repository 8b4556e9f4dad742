"""What the two files say of how the photos were taken and stored: settings of the camera, compression."""

import math
from collections.abc import Iterable

from skincompare.imaging.comparability import Bearing, Check, Concern
from skincompare.measurement import Effect, Flag
from skincompare.photo import Camera, Photo
from skincompare.photo_metadata import NO_SETTINGS

__all__ = ["compression_check", "settings_check"]

MAX_ISO_RATIO = 4.0
"""Ratio of the sensitivities from which noise differs visibly: two stops [judgement]."""
MAX_FOCAL_RATIO = 1.2
"""Ratio of the focal lengths from which the face is drawn by another lens or from another distance [judgement]."""
MAX_ZOOM = 1.05
"""Digital zoom from which a picture is enlarged from fewer pixels [judgement]."""
MIN_QUALITY, MAX_QUALITY_DIFFERENCE = 70.0, 15.0
"""Quality of a JPEG below which, and difference of two from which, fine texture suffers (benchmarks/comparability.py
prints what a quality takes from the finest skin detail)."""


def settings_check(before: Photo, after: Photo) -> Check:
    """Return which settings differ that bear on numbers, as far as both files say.

    Parameters
    ----------
    before, after : Photo
        The photos; settings are read from EXIF.

    Returns
    -------
    Check
        Not made where a file says nothing.
    """
    label = "Camera and settings"
    known = [one.settings != NO_SETTINGS or one.camera is not None for one in (before, after)]
    if not all(known):
        return Check(
            "settings", label, math.nan, "", math.nan, "not both files say with what they were taken"
        )
    concerns = (
        *_camera(before, after),
        *_flash(before, after),
        *_lens(before, after),
        *_zoom(before, after),
        *_noise(before, after),
        *_white_balance(before, after),
    )
    count = len(concerns)
    measured = (
        "no difference that bears on numbers" if not count else f"{count} setting{'s' * (count > 1)} differ"
    )
    return Check("settings", label, float(count), "", 0.0, measured, concerns)


def _camera(before: Photo, after: Photo) -> Iterable[Concern]:
    first, second = before.camera, after.camera
    if first is None or second is None or first == second:
        return
    yield _concern(
        "other_camera",
        f"The after photo was taken with another camera ({_named(second)}, before {_named(first)}).",
        f"Use the {_named(first)} again: each camera has colours and sharpening of its own.",
    )


def _named(camera: Camera) -> str:
    return (camera.model if camera.model.startswith(camera.make) else f"{camera.make} {camera.model}").strip()


def _flash(before: Photo, after: Photo) -> Iterable[Concern]:
    first, second = before.settings.flash_fired, after.settings.flash_fired
    if first is None or second is None or first == second:
        return
    fired, was = ("fired", "off") if second else ("was off", "on")
    yield _concern(
        "flash_differs",
        f"The flash {fired} in the after photo; it was {was} before.",
        f"Switch the flash {was}, as it was before.",
    )


def _lens(before: Photo, after: Photo) -> Iterable[Concern]:
    first, second = before.settings, after.settings
    lengths = first.focal_length_35mm, second.focal_length_35mm
    if any(map(math.isnan, lengths)) and before.camera == after.camera:
        lengths = first.focal_length_mm, second.focal_length_mm
    if not _differs(*lengths, MAX_FOCAL_RATIO):
        return
    yield _concern(
        "other_lens",
        f"The after photo was taken at {lengths[1]:.0f} mm focal length, before at {lengths[0]:.0f} mm.",
        f"Use the lens of {lengths[0]:.0f} mm from the same distance, as before.",
    )


def _zoom(before: Photo, after: Photo) -> Iterable[Concern]:
    zooms = [one.settings.digital_zoom for one in (before, after)]
    enlarged = [zoom > MAX_ZOOM for zoom in zooms]  # NaN is not
    if not any(enlarged):
        return
    which = "Both photos were" if all(enlarged) else f"The {'before' if enlarged[0] else 'after'} photo was"
    yield _concern(
        "digital_zoom",
        f"{which} enlarged by digital zoom, which invents fine texture.",
        "Go closer instead of zooming.",
        Bearing.TEXTURE,
    )


def _noise(before: Photo, after: Photo) -> Iterable[Concern]:
    first, second = before.settings.iso, after.settings.iso
    if not _differs(first, second, MAX_ISO_RATIO):
        return
    darker = "after" if second > first else "before"
    yield _concern(
        "noise_differs",
        f"The {darker} photo was taken in much less light (ISO {max(first, second):.0f} against "
        f"{min(first, second):.0f}), so its texture is noisier.",
        "Use as much light as in the brighter photo.",
        Bearing.TEXTURE,
    )


def _white_balance(before: Photo, after: Photo) -> Iterable[Concern]:
    first, second = before.settings.white_balance, after.settings.white_balance
    if first is None or second is None or first == second:
        return
    yield _concern(
        "white_balance_differs",
        f"The white balance was set {_way(second)} in the after photo and {_way(first)} before; untreated skin "
        "takes out what that did.",
        f"Set the white balance {_way(first)}, as before.",
        Bearing.COLOUR,
        Effect.NOTE,
    )


def _way(mode: str) -> str:
    return "by hand" if mode == "manual" else "by the camera"


def compression_check(before: Photo, after: Photo) -> Check:
    """Return how strongly the two files are compressed.

    Parameters
    ----------
    before, after : Photo
        The photos.

    Returns
    -------
    Check
        Value: the lower quality, as the Independent JPEG Group counts it; not made where neither file is a JPEG.
    """
    qualities = before.jpeg_quality, after.jpeg_quality
    known = [one for one in qualities if not math.isnan(one)]
    label = "Compression of the files"
    if not known:
        return Check("compression", label, math.nan, "", MIN_QUALITY, "neither file is a JPEG")
    lowest = min(known)
    measured = f"JPEG quality {_quality(qualities[0])} before, {_quality(qualities[1])} after (of 100)"
    concerns: tuple[Concern, ...] = ()
    unequal = len(known) == len(qualities) and abs(qualities[0] - qualities[1]) > MAX_QUALITY_DIFFERENCE
    if lowest < MIN_QUALITY or unequal:
        which = "before" if qualities[0] == lowest else "after"
        told = "Both files are" if max(known) < MIN_QUALITY and len(known) > 1 else f"The {which} file is"
        concerns = (
            _concern(
                "compressed",
                f"{told} strongly compressed (JPEG quality {lowest:.0f} of 100), which wipes out fine texture.",
                "Use the file as the camera wrote it, not a copy that was sent by a messenger or saved smaller.",
                Bearing.TEXTURE,
            ),
        )
    warns = f"below {MIN_QUALITY:.0f}, or more than {MAX_QUALITY_DIFFERENCE:.0f} apart"
    return Check("compression", label, lowest, "", MIN_QUALITY, measured, concerns, warns)


def _quality(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.0f}"


def _differs(first: float, second: float, ratio: float) -> bool:
    """Whether two positive numbers differ by more than a ratio; NaN does not."""
    return max(first, second) > ratio * min(first, second)


def _concern(
    code: str,
    reason: str,
    advice: str,
    bearing: Bearing = Bearing.EVERYTHING,
    effect: Effect = Effect.WIDER_ERROR,
) -> Concern:
    return Concern(Flag(code, reason, advice, effect), bearing)
