"""Sets 2 and 3 of the alignment benchmark: renders whose true correspondence is known everywhere.

2. portrait renders: pose, distance, perspective, expression;
3. close-up renders across a simulated four weeks.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
from alignment_scores import FloatArray, Pair, Truth
from alignment_warps import MARGIN_PX, as_photo

from skincompare.synthetic.camera import CameraOptions, Scene, close_up
from skincompare.synthetic.lighting import PortraitLight
from skincompare.synthetic.noise import stream
from skincompare.synthetic.portrait import Head, PortraitOptions, Render, ViewOptions, grow_head, render
from skincompare.synthetic.skin import LightOptions, SkinOptions
from skincompare.synthetic.surface import Pose

__all__ = ["close_up_pairs", "portrait_pairs"]

PORTRAIT_SIZE = (1100, 1400)
"""Width and height of a portrait render, px."""
SKIN_PX_PER_MM = 6.0
"""Resolution of a rendered person's skin: above the picture's own, about 4.7 px/mm."""
NEAR_SHARE, FAR_SHARE = 0.62, 0.31
"""Share of the picture that the face fills, near and at twice the distance."""
SHORT_MM, LONG_MM = 300.0, 600.0
"""Distance of a phone from the face: arm bent and arm stretched."""


@dataclass(frozen=True)
class Person:
    """Who is rendered."""

    head_seed: int
    ita_degrees: float


@dataclass(frozen=True)
class PortraitPlan:
    """A pair of portrait renders: who, how before, how after, in which row."""

    person: Person
    kind: str
    before: Pose
    after: Pose


LIGHT, FAIR, TAN, BROWN, DARK = (
    Person(3, 60.0),
    Person(7, 45.0),
    Person(11, 20.0),
    Person(2, -15.0),
    Person(14, -45.0),
)
FRONT = Pose(face_share=NEAR_SHARE)
PORTRAIT_PLANS = (
    PortraitPlan(FAIR, "pose", FRONT, Pose(yaw=14, pitch=-5, roll=6, face_share=0.60)),
    PortraitPlan(FAIR, "expression", FRONT, Pose(smile=1.0, yaw=3, roll=-3, face_share=0.60)),
    PortraitPlan(
        FAIR, "perspective", replace(FRONT, distance_mm=SHORT_MM), replace(FRONT, distance_mm=LONG_MM)
    ),
    PortraitPlan(DARK, "distance", FRONT, Pose(distance_mm=1400, face_share=FAR_SHARE, yaw=4, roll=-5)),
    PortraitPlan(LIGHT, "pose", Pose(yaw=-7, face_share=0.58), Pose(yaw=7, pitch=10, face_share=0.62)),
    PortraitPlan(
        LIGHT, "distance", Pose(distance_mm=1400, face_share=FAR_SHARE), replace(FRONT, yaw=-5, pitch=4)
    ),
    PortraitPlan(TAN, "pose", FRONT, Pose(yaw=-12, pitch=8, roll=-10, face_share=0.64)),
    PortraitPlan(TAN, "expression", Pose(smile=0.6, face_share=0.6), Pose(yaw=-4, pitch=3, face_share=0.63)),
    PortraitPlan(
        BROWN,
        "perspective",
        Pose(distance_mm=LONG_MM, face_share=0.60),
        Pose(distance_mm=SHORT_MM, yaw=5, face_share=0.64),
    ),
    PortraitPlan(BROWN, "pose", FRONT, Pose(yaw=10, pitch=-14, roll=4, face_share=0.60)),
    PortraitPlan(BROWN, "expression", FRONT, Pose(smile=1.0, brow_raise=0.5, face_share=0.62)),
    PortraitPlan(DARK, "pose", FRONT, Pose(yaw=-15, pitch=3, roll=-5, face_share=0.60)),
    PortraitPlan(FAIR, "wide", FRONT, Pose(yaw=25, face_share=0.60)),
    PortraitPlan(FAIR, "wide", FRONT, Pose(yaw=-40, face_share=0.60)),
    PortraitPlan(DARK, "wide", FRONT, Pose(yaw=30, roll=30, face_share=0.58)),
    PortraitPlan(LIGHT, "wide", FRONT, Pose(roll=-30, pitch=10, face_share=0.58)),
)
"""The first four are what ``--quick`` keeps."""
WIDE = "wide"
QUICK_PLANS = 4


@cache
def _head(person: Person) -> Head:
    return grow_head(
        PortraitOptions(
            head_seed=person.head_seed,
            skin_seed=person.head_seed,
            ita_degrees=person.ita_degrees,
            px_per_mm=SKIN_PX_PER_MM,
        )
    )


def portrait_pairs(*, quick: bool) -> Iterator[Pair]:
    """Yield set 2: one person twice, in another pose, at another distance, with another expression."""
    plans = PORTRAIT_PLANS[:QUICK_PLANS] if quick else PORTRAIT_PLANS
    for number, plan in enumerate(plans):
        before = _portrait(plan.person, plan.before, 2 * number)
        after = _portrait(plan.person, plan.after, 2 * number + 1)
        name = f"portrait {number + 1}, {plan.kind}"
        photos = as_photo(before.pixels, f"{name}, before"), as_photo(after.pixels, f"{name}, after")
        whole = () if plan.kind == WIDE else ("2 portrait renders",)
        groups = (*whole, f"2 {plan.kind}")
        truth = partial(_portrait_truth, before, after)
        yield Pair(name, groups, *photos, truth, slow_peers=plan.kind != WIDE)


def _portrait(person: Person, pose: Pose, seed: int) -> Render:
    """Photograph a person; every photo has its own light, a little different."""
    chance = stream(seed, "alignment portrait")
    light = PortraitLight(
        azimuth_degrees=float(chance.uniform(80, 112)), elevation_degrees=float(chance.uniform(47, 57))
    )
    camera = CameraOptions(exposure=float(chance.uniform(0.9, 1.05)), seed=seed)
    return render(_head(person), ViewOptions(pose=pose, size_px=PORTRAIT_SIZE, light=light, camera=camera))


def _portrait_truth(before: Render, after: Render, xy: FloatArray) -> Truth:
    uv = before.image_to_uv(xy)
    known = np.isfinite(uv).all(axis=1)
    xy, uv = xy[known], uv[known]
    both = before.visible(uv) & after.visible(uv)
    xy, uv = xy[both], uv[both]
    here, there = before.px_per_mm_at(uv), after.px_per_mm_at(uv)
    return Truth(xy, after.uv_to_image(uv), there / here, 1 / here)


CLOSE_UP_PX = (1000, 750)
"""Width and height of a close-up, px."""
NEW_SPOTS, SMALLER_PORES, FIRST_REDNESS = 3, 0.85, 0.15
"""What four weeks do: spots that are new, pores that are smaller, redness that is gone."""
EVEN = LightOptions(sheen=0.0, ambient=1.0)
"""Light from everywhere: nothing moves on the skin when it turns."""
SLANTING = LightOptions(azimuth_degrees=120.0, elevation_degrees=50.0)
"""A lamp beside the camera: when the skin turns below it, the shadows of its relief move on the skin."""


@dataclass(frozen=True)
class CloseUpPlan:
    """A pair of close-ups: px/mm before, the after photo's size of things and turn, the light, the row."""

    kind: str
    px_per_mm: float
    enlarged: float
    turn_degrees: float
    lights: tuple[LightOptions, LightOptions] = (EVEN, EVEN)
    other_skin: bool = False


BOTH_SLANTING = (SLANTING, SLANTING)
CLOSE_UP_PLANS = (
    CloseUpPlan("even light", 20.0, 1.1, 25.0),
    CloseUpPlan("even light", 10.0, 0.8, -70.0),
    CloseUpPlan("slanting light, turned little", 20.0, 0.95, 8.0, BOTH_SLANTING),
    CloseUpPlan("other skin", 20.0, 1.0, 10.0, other_skin=True),
    CloseUpPlan("even light", 10.0, 1.2, 10.0),
    CloseUpPlan("even light", 10.0, 1.6, 180.0),
    CloseUpPlan("even light", 20.0, 0.6, 120.0),
    CloseUpPlan("even light", 20.0, 1.3, -150.0),
    CloseUpPlan("even light", 25.0, 0.4, 15.0),
    CloseUpPlan("even light", 30.0, 1.0, -20.0),
    CloseUpPlan("even light", 30.0, 0.7, 95.0),
    CloseUpPlan("slanting light, turned little", 10.0, 1.1, -12.0, BOTH_SLANTING),
    CloseUpPlan("slanting light, turned little", 30.0, 0.8, 5.0, BOTH_SLANTING),
    CloseUpPlan("even against slanting light", 20.0, 1.1, 30.0, (EVEN, SLANTING)),
    CloseUpPlan("slanting light, turned far", 20.0, 1.0, 60.0, BOTH_SLANTING),
    CloseUpPlan("slanting light, turned far", 10.0, 0.9, 180.0, BOTH_SLANTING),
    CloseUpPlan("other skin", 10.0, 1.0, -30.0, other_skin=True),
    CloseUpPlan("other skin", 30.0, 0.9, 0.0, BOTH_SLANTING, other_skin=True),
)
"""The first four are what ``--quick`` keeps."""
SHARED = ("even light", "slanting light, turned little", "even against slanting light")
"""Kinds that count as sharing texture: a lamp that turns far round the skin shades other slopes of its relief."""


def close_up_pairs(*, quick: bool) -> Iterator[Pair]:
    """Yield set 3: a piece of skin before and four weeks after a treatment, and pairs of different pieces."""
    plans = CLOSE_UP_PLANS[:QUICK_PLANS] if quick else CLOSE_UP_PLANS
    for number, plan in enumerate(plans):
        before, after = _close_ups(plan, number)
        name = f"close-up {number + 1}, {plan.px_per_mm:g} px/mm x {plan.enlarged:g}, {plan.turn_degrees:g} degrees"
        photos = as_photo(before.pixels, f"{name}, before"), as_photo(after.pixels, f"{name}, after")
        truth = None if plan.other_skin else partial(_close_up_truth, before, after)
        whole = ("3 close-up renders",) if plan.kind in SHARED else ()
        yield Pair(name, (*whole, f"3 {plan.kind}"), *photos, truth, slow_peers=plan.kind in SHARED)


def _close_ups(plan: CloseUpPlan, number: int) -> tuple[Scene, Scene]:
    frame = tuple(side / plan.px_per_mm for side in CLOSE_UP_PX)
    after_frame = tuple(side / max(1.0, plan.enlarged) for side in frame)
    side = math.ceil(1.1 * math.hypot(*frame))  # the picture stays on the skin however it is turned
    skin = SkinOptions(size_mm=(side, side), seed=30 + number, redness=FIRST_REDNESS)
    weeks_later = replace(skin, redness=0.0, pore_scale=SMALLER_PORES, new_spots=NEW_SPOTS)
    if plan.other_skin:
        weeks_later = replace(weeks_later, seed=80 + number)
    before = close_up(
        skin,
        plan.lights[0],
        CameraOptions(seed=2 * number),
        px_per_mm=plan.px_per_mm,
        frame_mm=(frame[0], frame[1]),
    )
    after = close_up(
        weeks_later,
        plan.lights[1],
        CameraOptions(seed=2 * number + 1, exposure=0.95, white_balance=(1.04, 1.0, 0.97)),
        px_per_mm=plan.px_per_mm * plan.enlarged,
        rotation_degrees=plan.turn_degrees,
        shift_mm=(0.03 * frame[0], -0.02 * frame[1]),
        frame_mm=(after_frame[0], after_frame[1]),
    )
    return before, after


def _close_up_truth(before: Scene, after: Scene, xy: FloatArray) -> Truth:
    there = after.to_pixels(before.to_mm(xy))
    seen = after.inside(there, MARGIN_PX)
    return Truth(xy[seen], there[seen], np.full(np.count_nonzero(seen), after.px_per_mm / before.px_per_mm))
