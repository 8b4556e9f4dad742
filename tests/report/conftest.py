"""A comparison made by hand, so that every number and every name in it is known."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from skincompare.comparison import Comparison
from skincompare.imaging.alignment import Alignment, AlignmentStatus
from skincompare.imaging.frame import Frame
from skincompare.imaging.light import Light, LightRung
from skincompare.imaging.pairing import PairedRegion, PairedSkin
from skincompare.imaging.patches import LightShift
from skincompare.imaging.references import Reference
from skincompare.imaging.region_pixels import RegionPixels
from skincompare.imaging.sampling import pixel_grid
from skincompare.imaging.scale import Scale
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Effect, Flag, Measurement, Method
from skincompare.photo import Photo

HEIGHT, WIDTH, LEFT, TOP = 40, 30, 7, 5
"""Shape of the frames, and their place in the photos, px."""
REDDER_EI = 9.0
"""By how much the left half of the after photo is redder, EI."""
FOREHEAD = Reference("forehead", 0.0, 0.0, 1.7, 1.7, 60.0)
COARSE = Flag(
    "too_coarse", "Pores needs 8 px/mm; this photo has 3.3 px/mm.", "Come closer.", Effect.NOT_MEASURABLE
)


def make_change(
    metric: str,
    region: str,
    change: float = math.nan,
    *,
    sigma: float = 0.5,
    mdc95: float = 1.9,
    flags: tuple[Flag, ...] = (),
    unit: str = "EI",
) -> Change:
    """Return a change from 20 to 20 + `change`; NaN is not measurable and needs a flag."""

    def side(value: float) -> Measurement:
        own = flags if math.isnan(value) else ()
        return Measurement(metric, region, value, 1.0, unit, 100, own, Method(metric, 1), "0" * 64)

    sigma, mdc95 = (math.nan, math.nan) if math.isnan(change) else (sigma, mdc95)
    return Change.between(side(20.0), side(20.0 + change), sigma=sigma, mdc95=mdc95, flags=flags)


def make_subject(name: str, redder: float) -> Subject:
    linear = np.full((HEIGHT, WIDTH, 3), 0.3, np.float32)
    linear[:, : WIDTH // 2, 0] *= 10 ** (redder / 100)
    pixels = np.full((HEIGHT + 2 * TOP, WIDTH + 2 * LEFT, 3), 150, np.uint8)
    photo = Photo(pixels=pixels, sha256="ab" * 32, name=name, file_format="JPEG")
    frame = Frame(linear, np.zeros((HEIGHT, WIDTH), np.uint8), LEFT, TOP, 1.0)
    scale = Scale(3.3, 0.15, 0.03, "iris")
    return Subject(photo, None, frame, np.ones((HEIGHT, WIDTH), bool), scale)


def make_comparison(
    changes: tuple[Change, ...],
    *,
    names: tuple[str, str] = ("before.jpg", "after.jpg"),
    flags: tuple[Flag, ...] = (),
    treated: tuple[str, ...] = ("left_cheek",),
) -> Comparison:
    before, after = make_subject(names[0], 0.0), make_subject(names[1], REDDER_EI)
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    alignment = Alignment(
        status=AlignmentStatus.ALIGNED,
        method="mesh",
        flags=(),
        before=before.frame,
        after=after.frame,
        field=pixel_grid((HEIGHT, WIDTH)),
        matrix=np.eye(3),
        sigma_field=np.full((HEIGHT, WIDTH), 0.33, np.float32),
        skin=everywhere,
        overlap=1.0,
        detail_agreement=0.8,
        detail_ratio=0.0,
    )
    outline = np.array([[LEFT + 2.0, TOP + 3.0], [LEFT + 12.0, TOP + 3.0], [LEFT + 12.0, TOP + 20.0]])
    blocks = np.zeros((HEIGHT, WIDTH), np.int32)
    whole_frame = RegionPixels(0, 0, everywhere, blocks)
    regions = tuple(
        PairedRegion(name, outline, outline, whole_frame, whole_frame, 1, 0.4, ())
        for name in dict.fromkeys(change.region for change in changes)
    )
    return Comparison(
        before=before,
        after=after,
        alignment=alignment,
        light=Light(LightRung.ONE_REGION, LightShift(0.0, 0.0, 1.7, 1.7), (FOREHEAD,), 0.0),
        scales=(before.scale, after.scale),
        regions=regions,
        treated=treated,
        reference=("forehead",),
        flags=flags,
        changes=changes,
        skin=PairedSkin(everywhere, everywhere, pixel_grid((HEIGHT, WIDTH))),
    )


@pytest.fixture
def change() -> Callable[..., Change]:
    """Return a maker of changes."""
    return make_change


@pytest.fixture
def comparison_of() -> Callable[..., Comparison]:
    """Return a maker of comparisons from changes."""
    return make_comparison


@pytest.fixture
def comparison() -> Comparison:
    """Return a pair: redder on one cheek, unchanged on the other, pores too coarse everywhere."""
    return make_comparison(
        (
            make_change("redness", "forehead", 0.2),
            make_change("redness", "left_cheek", 4.1),
            make_change("redness", "right_cheek", -0.6, sigma=2.0),
            make_change("pore_density", "left_cheek", flags=(COARSE,), unit="per cm²"),
            make_change("pore_density", "right_cheek", flags=(COARSE,), unit="per cm²"),
        )
    )


@pytest.fixture
def refused() -> Comparison:
    """Return a pair whose alignment was refused."""
    reason = Flag("other_skin", "These may be two people.", "Check the names.", Effect.NOT_MEASURABLE)
    whole = make_comparison(())
    alignment = replace(whole.alignment, status=AlignmentStatus.REFUSED, flags=(reason,))
    return replace(whole, alignment=alignment, skin=None, flags=(reason,))
