"""How well a colour chart in the photo tells the light: found, patches, redness; beside OpenCV's ccm and grey-world.

Part 1 renders whole photos (a strip of skin and a tilted chart; noise, tone curve, JPEG) under eleven lamps and forty
cameras, and asks where the chart is found and how its patches fit. Part 2 takes pairs of photos of one skin under two
lamps with one camera and asks what change of redness each method reads where there is none, and where 0.10 of blood
(optical density) was added. Part 3 takes rendered portraits with a chart beside the head. Nothing here was used to
choose the constants but the weight of the skin patches (``SKIN_WEIGHT``), which was chosen on cameras 1-49; these are
cameras 100-139.

    python benchmarks/light_chart.py [--pairs N] [--found N] [--portraits N] [--seed N]
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.chart import ChartReading, read_chart
from skincompare.imaging.chart_colours import PATCH_COLOURS
from skincompare.imaging.chart_fit import patch_difference
from skincompare.imaging.chart_light import chart_shift
from skincompare.imaging.colour import linear_from_srgb
from skincompare.synthetic.camera import CameraOptions, photograph
from skincompare.synthetic.chart import ChartPose, patch_corners_mm, with_chart
from skincompare.synthetic.optics import HEMOGLOBIN_AXIS, MELANIN_AXIS, base_melanin, bloodless_reflectance
from skincompare.synthetic.portrait import PortraitOptions, ViewOptions, grow_head, render, shade
from skincompare.synthetic.spectra import LAMPS
from skincompare.synthetic.spectral_camera import SpectralView
from skincompare.synthetic.surface import Pose

FloatArray = npt.NDArray[np.float64]

SIZE_PX = (1400, 900)
WIDTHS_PX = (160, 190, 220, 300, 450)
TONES = (60.0, 48.0, 35.0, 20.0, -10.0, -40.0)
FIRST_CAMERA, CAMERAS = 100, 40
CALM, UNTREATED, DOSED = (0.0, 0.13), (0.02, 0.16), (0.0, 0.23)
"""Melanin added and hemoglobin of the strips of skin: to be treated, another place, the first one after the dose."""
STRIP_PX = 110
PORTRAIT_TONES = (50.0, 15.0, -25.0)
PORTRAIT_REGIONS = ("left_cheek", "forehead", "neck")
CCM_GAMMA = 2.2
"""Default of cv2.ccm."""
MOTTLE_PX, MOTTLE_DENSITY = 4.0, 0.02
"""Size (SD, px) and contrast (optical density) of the mottling of the strips."""


@dataclass(frozen=True, eq=False)
class Shot:
    """A photo of three strips of skin and a chart."""

    view: SpectralView
    pose: ChartPose
    skin: FloatArray
    pixels: npt.NDArray[np.uint8]
    reading: ChartReading | None
    seconds: float


def scene(ita: float, melanin_off: float) -> npt.NDArray[np.float32]:
    """Return three strips of mottled, shaded skin and a grey wall, linear sRGB in daylight.

    Flat strips would not do: a JPEG rounds the mean colour of a flat block, by up to 2 EI.
    """
    base = base_melanin(ita)
    picture = np.full((SIZE_PX[1], SIZE_PX[0], 3), (0.30, 0.315, 0.335), np.float32)
    rng = np.random.default_rng(0)
    mottled = [
        cv2.GaussianBlur(rng.standard_normal((SIZE_PX[1], STRIP_PX)), (0, 0), MOTTLE_PX) for _ in range(3)
    ]
    mottled = [one / one.std() for one in mottled]
    for number, (melanin, blood) in enumerate((CALM, UNTREATED, DOSED)):
        place = slice(number * STRIP_PX, (number + 1) * STRIP_PX)
        dark = np.maximum(0.0, base + melanin_off + melanin + MOTTLE_DENSITY * mottled[0])
        red = blood + MOTTLE_DENSITY * mottled[1]
        density = dark[..., None] * MELANIN_AXIS + red[..., None] * HEMOGLOBIN_AXIS
        shade = np.linspace(0.7, 1.0, SIZE_PX[1])[:, None] * (1 + 0.03 * mottled[2])
        picture[:, place] = bloodless_reflectance(base) * 10.0**-density * shade[..., None]
    return picture


def shoot(rng: np.random.Generator, picture: npt.NDArray[np.float32], camera: int, width: float) -> Shot:
    """Photograph a scene under a random lamp, with the disturbances of a phone."""
    view = SpectralView(
        LAMPS[rng.integers(len(LAMPS))], camera, rng.uniform(0.7, 1.0), tuple(rng.normal(0, 0.1, 2))
    )
    pose = ChartPose(
        (900 + rng.uniform(-60, 60), 450 + rng.uniform(-60, 60)),
        width,
        rng.choice([0, 90, 180, 270]) + rng.uniform(-15, 15),
        tuple(rng.uniform(-20, 20, 2)),
        rng.uniform(0.85, 1.05),
        rng.uniform(-0.08, 0.08),
    )
    options = CameraOptions(
        exposure=rng.uniform(0.6, 0.95),
        tone_curve=rng.uniform(-0.5, 0.5),
        light_gradient=rng.uniform(0, 0.1),
        jpeg_quality=int(rng.integers(70, 96)),
        seed=int(rng.integers(1 << 30)),
    )
    pixels = photograph(with_chart(view.relit(picture), pose, view), options)
    start = time.perf_counter()
    reading = read_chart(pixels)
    seconds = time.perf_counter() - start
    strips = [pixels[50:-50, n * STRIP_PX + 15 : (n + 1) * STRIP_PX - 15] for n in range(3)]
    skin = np.array([linear_from_srgb(strip).mean(axis=(0, 1), dtype=np.float64) for strip in strips])
    return Shot(view, pose, skin, pixels, reading, seconds)


def ei(linear: FloatArray) -> FloatArray:
    """Return the erythema index; NaN where a channel is not above 0."""
    safe = np.where(linear > 0, linear, np.nan)
    return np.asarray(100 * np.log10(safe[..., 0] / safe[..., 1]))


def naive(shot: Shot) -> FloatArray:
    """Return the redness of the strips as the photo has it."""
    return ei(shot.skin)


def grey_world(shot: Shot) -> FloatArray:
    """Return the redness after each channel was divided by its mean over the picture."""
    return ei(shot.skin / linear_from_srgb(shot.pixels).mean(axis=(0, 1), dtype=np.float64))


def grey_card(shot: Shot) -> FloatArray:
    """Return the redness after each channel was divided by the chart's neutral 5: a grey card."""
    return ei(shot.skin / shot.reading.colours[21]) if shot.reading else np.full(3, np.nan)


def by_chart(shot: Shot) -> FloatArray:
    """Return the redness after the correction by the chart."""
    return ei(shot.reading.correct(shot.skin)) if shot.reading else np.full(3, np.nan)


def ccm_correct(reading: ChartReading, linear: FloatArray) -> FloatArray:
    """Return linear colours (N, 3) corrected by OpenCV's model (gamma 2.2, 3 x 3), fitted to the patches that we read.

    The matrix is applied here: ``correctImage`` of OpenCV 5.0 gives other colours than its own matrix does, by 4 to 20
    in dE00. Clipped patches weigh nothing, as in ours.
    """
    coded = coded_from_linear(reading.colours).reshape(24, 1, 3)
    try:
        model = cv2.ccm.ColorCorrectionModel(coded, cv2.ccm.COLORCHECKER_MACBETH)
        model.setWeightsList(reading.counted.all(axis=1).astype(np.float64).reshape(24, 1))
        model.compute()
    except cv2.error:
        return np.full(linear.shape, np.nan)
    return np.asarray(coded_from_linear(linear) ** CCM_GAMMA @ model.getColorCorrectionMatrix())


def coded_from_linear(linear: FloatArray) -> FloatArray:
    """Return sRGB coded values in [0, 1], not rounded."""
    light = np.clip(np.nan_to_num(linear), 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def by_ccm(shot: Shot) -> FloatArray:
    """Return the redness by OpenCV's ccm with its defaults."""
    return ei(ccm_correct(shot.reading, shot.skin)) if shot.reading else np.full(3, np.nan)


METHODS: dict[str, Callable[[Shot], FloatArray]] = {
    "photo as it is": naive,
    "grey-world": grey_world,
    "grey card, gains": grey_card,
    "cv2.ccm": by_ccm,
    "chart, light corrected": by_chart,
}


def found_table(rng: np.random.Generator, count: int) -> None:
    """Print how often the chart is found by its width, and how its patches fit."""
    print("| board width, px | found | patch error, px (median, max) | mean dE00, ours | cv2.ccm | seconds |")
    print("|---|---|---|---|---|---|")
    for width in WIDTHS_PX:
        shots = [
            shoot(rng, scene(TONES[n % 6], 0.0), FIRST_CAMERA + n % CAMERAS, width) for n in range(count)
        ]
        read = [shot for shot in shots if shot.reading is not None and shot.reading.fit is not None]
        away = [
            np.linalg.norm(
                s.reading.outlines.mean(1) - s.pose.to_pixels(patch_corners_mm()).mean(1), axis=1
            ).max()
            for s in read
        ]
        ours = [s.reading.difference for s in read]
        peer = [patch_error(s.reading) for s in read]
        print(
            f"| {width} | {len(read)} of {count} | {np.median(away):.2f}, {np.max(away):.2f} | "
            f"{np.mean(ours):.2f} (95 %: {np.percentile(ours, 95):.2f}) | {np.nanmean(peer):.2f} | "
            f"{np.median([s.seconds for s in shots]):.2f} |"
        )


def patch_error(reading: ChartReading) -> float:
    """Return the mean dE00 of the counted patches after OpenCV's default correction."""
    whole = reading.counted.all(axis=1)
    corrected = ccm_correct(reading, reading.colours[whole])
    return float(np.mean(patch_difference(corrected, PATCH_COLOURS[whole])))


def redness_table(rng: np.random.Generator, count: int) -> None:
    """Print the error of the change of redness by each method."""
    errors: dict[str, list[tuple[float, float, float, float]]] = {}
    tones, away_v = [], []
    for number in range(count):
        picture = scene(TONES[number % 6], rng.normal(0, 0.02))
        camera = FIRST_CAMERA + int(rng.integers(CAMERAS))
        pair = [shoot(rng, picture, camera, rng.uniform(240, 450)) for _ in range(2)]
        strips = [
            picture[:, n * STRIP_PX : (n + 1) * STRIP_PX].mean((0, 1), dtype=np.float64) for n in (0, 2)
        ]
        true = float(ei(strips[1]) - ei(strips[0]))
        tones.append(TONES[number % 6])
        for name, method in METHODS.items():
            first, second = method(pair[0]), method(pair[1])
            errors.setdefault(name, []).append(scores(second - first, second[2] - first[0], true))
        errors.setdefault("chart, shift of the colour", []).append(shift_scores(pair, true))
        away_v.append(v_error(pair))
    print(
        "| method | alone, nil: bias, SD | alone, dose | with untreated skin, nil | with untreated skin, dose | lost |"
    )
    print("|---|---|---|---|---|---|")
    for name, rows in errors.items():
        table = np.array(rows)
        lost = int(np.isnan(table[:, 0]).sum())
        cells = " | ".join(f"{np.nanmean(column):+.2f}, {np.nanstd(column):.2f}" for column in table.T)
        print(f"| {name} | {cells} | {lost} of {count} |")
    ours = np.array(errors["chart, light corrected"])
    print()
    print("| ITA, degrees | " + " | ".join(f"{tone:.0f}" for tone in TONES) + " |")
    print("|---|" + "---|" * len(TONES))
    for label, column in (("chart alone, nil: SD", 0), ("chart and skin, nil: SD", 2)):
        values = [np.nanstd(ours[np.array(tones) == tone, column]) for tone in TONES]
        print(f"| {label} | " + " | ".join(f"{value:.2f}" for value in values) + " |")
    print(f"\nv by the shift of the colour, nil: bias, SD {np.nanmean(away_v):+.2f}, {np.nanstd(away_v):.2f}")


def scores(moved: FloatArray, dosed: float, true: float) -> tuple[float, float, float, float]:
    """Return the errors: no change and dose, alone and with the untreated strip as reference."""
    return (
        float(moved[0]),
        float(dosed - true),
        float(moved[0] - moved[1]),
        float(dosed - true - moved[1]),
    )


def v_error(pair: list[Shot]) -> float:
    """Return the error of the shift of v = 100 log10(G/B) by the charts, where nothing changed."""
    before, after = pair
    if before.reading is None or after.reading is None:
        return np.nan
    shift = chart_shift(before.reading, after.reading, before.skin[0])
    v = [100 * np.log10(shot.skin[0, 1] / shot.skin[0, 2]) for shot in pair]
    return float(v[1] - v[0] - shift.v)


def shift_scores(pair: list[Shot], true: float) -> tuple[float, float, float, float]:
    """Return the errors where the photos stay and the shift that the charts tell is taken off."""
    before, after = pair
    if before.reading is None or after.reading is None:
        return (np.nan,) * 4
    shift = np.array([chart_shift(before.reading, after.reading, before.skin[n]).u for n in (0, 1, 0)])
    moved = naive(after) - naive(before) - shift
    return scores(moved, float(naive(after)[2] - naive(before)[0] - shift[0]), true)


def portrait_table(rng: np.random.Generator, count: int) -> None:
    """Print the error of a cheek's redness on portrait renders with a chart beside the head, where nothing changed."""
    people = [portrait(tone, number) for number, tone in enumerate(PORTRAIT_TONES)]
    rows = []
    for number in range(count):
        linear, masks = people[number % len(people)]
        camera = FIRST_CAMERA + int(rng.integers(CAMERAS))
        raw, corrected, readings, colours = [], [], [], []
        for _ in range(2):
            view = SpectralView(
                LAMPS[rng.integers(len(LAMPS))], camera, rng.uniform(0.7, 1.0), tuple(rng.normal(0, 0.1, 2))
            )
            pose = ChartPose((1180, 500), 400, rng.uniform(-15, 15), tuple(rng.uniform(-15, 15, 2)))
            options = CameraOptions(
                exposure=rng.uniform(0.6, 0.9),
                tone_curve=rng.uniform(-0.4, 0.4),
                jpeg_quality=int(rng.integers(75, 96)),
                seed=int(rng.integers(1 << 30)),
            )
            pixels = photograph(with_chart(view.relit(linear), pose, view), options)
            readings.append(read_chart(pixels))
            light = linear_from_srgb(pixels)
            skins = [light[mask].astype(np.float64) for mask in masks]
            colours.append([np.median(skin, axis=0) for skin in skins])
            raw.append(np.array([np.nanmedian(ei(skin)) for skin in skins]))
            fixed = [
                readings[-1].correct(skin) if readings[-1] else np.full(skin.shape, np.nan) for skin in skins
            ]
            corrected.append(
                np.array([np.nanmedian(ei(one)) if np.isfinite(one).any() else np.nan for one in fixed])
            )
        if readings[0] is not None and readings[1] is not None:
            shifts = np.array([chart_shift(readings[0], readings[1], colour).u for colour in colours[0]])
        else:
            shifts = np.full(len(masks), np.nan)
        rows.append([raw[1] - raw[0], corrected[1] - corrected[0], raw[1] - raw[0] - shifts])
    print("| left cheek of a portrait, SD of EI | alone | minus the forehead | minus forehead and neck |")
    print("|---|---|---|---|")
    for label, table in zip(
        ("photo as it is", "light corrected", "shift of the colour"), np.stack(rows, axis=1), strict=True
    ):
        cheek, forehead, neck = table.T
        cells = (cheek, cheek - forehead, cheek - (forehead + neck) / 2)
        print(f"| {label} | " + " | ".join(f"{np.nanstd(cell):.2f}" for cell in cells) + " |")


def portrait(tone: float, seed: int) -> tuple[npt.NDArray[np.float32], list[npt.NDArray[np.bool_]]]:
    """Return a head's scene-linear picture with room for a chart, and where its cheek, forehead and neck are."""
    head = grow_head(PortraitOptions(head_seed=seed, skin_seed=seed, ita_degrees=tone, px_per_mm=5.0))
    view = ViewOptions(pose=Pose(face_share=0.5, centre_share=(0.38, 0.45)), size_px=(1500, 1200))
    scene = shade(head, view)
    seen = render(head, view)
    masks = []
    for name in PORTRAIT_REGIONS:
        mask = np.zeros(scene.linear.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.rint(seen.region_outline(name)).astype(np.int32)], (1,))
        masks.append((mask > 0) & (scene.skin_visible > 0.99))
    return scene.linear, masks


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=240, help="pairs of part 2 (default 240)")
    parser.add_argument("--found", type=int, default=60, help="photos of each width of part 1 (default 60)")
    parser.add_argument("--portraits", type=int, default=30, help="pairs of portraits of part 3 (default 30)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    if options.found:
        found_table(rng, options.found)
        print()
    if options.pairs:
        redness_table(rng, options.pairs)
        print()
    if options.portraits:
        portrait_table(rng, options.portraits)


if __name__ == "__main__":
    main()
