"""Courses of recovery as numbers whose truth is known: what photos would say, without rendering any.

Used by tests and by ``benchmarks/recovery.py``. Redness rises quickly and returns exponentially; a course may be given
what a clinician should see: a late return, a second rise, a hot spot on one side, pigment that rises while redness
falls.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from skincompare.measurement import Z95, Change, Effect, Flag, Measurement, Method

__all__ = [
    "PHOTO_DAYS",
    "SIDES",
    "CourseOptions",
    "SimulatedCourse",
    "change_of",
    "draw_course",
    "simulate_course",
]

Floats = npt.NDArray[np.float64]

SIDES = ("left_cheek", "right_cheek")
"""Regions of a simulated course."""
PHOTO_DAYS = (0.05, 0.4, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0, 21.0, 28.0)
"""Days on which photos are asked for; patients are some hours early or late."""
HOURS_OFF = 0.08
"""SD of how early or late a photo is, days."""
REDNESS_SW, MELANIN_SW = 0.69, 0.62
"""Within-subject SD of one photo: of redness when the light changes (mdc95 1.9 EI), of the melanin index (mdc95 1.7).
Measured on 102 people photographed twice without a treatment."""
LIGHT_SD = 0.9
"""SD of the error that the light leaves in all regions of one photo, EI (several untreated skin references)."""
ASYMMETRY = 0.10
"""SD in ln of one cheek's redness against the other's in an ordinary course [judgement]."""
WOBBLE = 0.06
"""Day-to-day wobble of redness as a share of its height [judgement]."""
OUTLIER_SHARE, OUTLIER_FACTOR = 0.03, 3.0
"""Share of photos whose error is larger than they know, and by how much [judgement]."""
SIGMA_MISSTATED = 0.10
"""SD in ln of a stated sigma around the true one [judgement]."""
TONE_ITA = (55.0, 41.0, 28.0, 10.0, -30.0)
"""Bounds of the tone classes, degrees of ITA (Chardon 1991, Del Bino 2013)."""
TONE_NOISE = (1.0, 1.0, 1.05, 1.1, 1.2, 1.4)
"""Factor on the light's error by tone class, very light to dark [judgement]."""
PIGMENT_BEGINS, PIGMENT_RISES = 3.0, 6.0
"""Day on which pigment begins to rise after inflammation, and its time constant in days [judgement]."""
LATEST_DAY = 200.0
"""Where the truth of a return is looked for, days."""
UNSEEN = Flag("missed", "No photo was usable.", "Take it again.", Effect.NOT_MEASURABLE)


@dataclass(frozen=True, slots=True)
class CourseOptions:
    """What happens in a simulated course.

    Parameters
    ----------
    half_life_days : float
        Of the return of redness.
    peak_ei : float
        Amplitude of redness, EI.
    rise_days : float
        Time constant of the rise, days.
    ita_degrees : float
        Skin tone; dark skin is measured with more error.
    needle_depth_mm : float
        Depth, for the record.
    with_energy : bool
        Whether radio-frequency or laser was used, for the record.
    photo_days : tuple of float
        Days on which photos are asked for.
    missed_share : float
        Share of photos that are not taken, in [0, 1]. The first one never is missed: it is taken in the clinic.
    flare_ei, flare_day, flare_days : float
        A second rise: its height in EI, the day it begins and how long it lasts before it falls again.
    hot_spot_ei, hot_spot_day : float
        Extra redness of one side (the first of `SIDES`): its height, reached within a day of that day, falling by half
        in five days.
    pigment : float
        Final rise of the melanin index on both sides.
    shots : int
        Photos a visit that are averaged.
    noise : float
        Factor on every error: 0 makes photos exact.
    seed : int
        Of all that is random.
    """

    half_life_days: float = 1.2
    peak_ei: float = 12.0
    rise_days: float = 0.02
    ita_degrees: float = 45.0
    needle_depth_mm: float = 1.0
    with_energy: bool = False
    photo_days: tuple[float, ...] = PHOTO_DAYS
    missed_share: float = 0.15
    flare_ei: float = 0.0
    flare_day: float = 4.0
    flare_days: float = 4.0
    hot_spot_ei: float = 0.0
    hot_spot_day: float = 2.0
    pigment: float = 0.0
    shots: int = 1
    noise: float = 1.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class SimulatedCourse:
    """Photos of a simulated course as numbers, and the truth.

    Parameters
    ----------
    options : CourseOptions
        What happened.
    days : tuple of (float, tuple of Change)
        Day since the treatment, and the changes of redness and melanin on both sides.
    scale : dict of str to float
        Factor of each side on the amplitude of redness.
    """

    options: CourseOptions
    days: tuple[tuple[float, tuple[Change, ...]], ...]
    scale: dict[str, float] = field(default_factory=dict)

    def true_redness(self, region: str, days: npt.ArrayLike) -> Floats:
        """Return the true rise of redness of a side on days, EI."""
        return _redness(self.options, region, self.scale[region], np.asarray(days, dtype=np.float64))

    def true_return(self, region: str, threshold: float) -> float:
        """Return the day from which the true rise of redness stays within a threshold, by a fine grid; days."""
        grid = np.geomspace(1e-3, LATEST_DAY, 40_001)
        above = np.flatnonzero(self.true_redness(region, grid) > threshold)
        return 0.0 if above.size == 0 else float(grid[min(above[-1] + 1, grid.size - 1)])


def _redness(options: CourseOptions, region: str, scale: float, days: Floats) -> Floats:
    t = np.maximum(days, 0.0)
    slow = options.half_life_days / math.log(2.0)
    curve = options.peak_ei * scale * (1.0 - np.exp(-t / options.rise_days)) * np.exp(-t / slow)
    if options.flare_ei:
        since = t - options.flare_day
        flare = np.clip(since / 0.5, 0.0, 1.0) * np.exp2(-np.maximum(since - options.flare_days, 0.0))
        curve = curve + options.flare_ei * flare
    if options.hot_spot_ei and region == SIDES[0]:
        since = t - options.hot_spot_day
        curve = curve + options.hot_spot_ei * np.clip(since + 0.5, 0.0, 1.0) * np.exp2(
            -np.maximum(since, 0.0) / 5.0
        )
    return np.asarray(curve)


def _pigment(options: CourseOptions, days: Floats) -> Floats:
    since = np.maximum(days - PIGMENT_BEGINS, 0.0)
    return np.asarray(options.pigment * -np.expm1(-since / PIGMENT_RISES))


def simulate_course(options: CourseOptions) -> SimulatedCourse:
    """Return the numbers that photos of a course would give.

    Parameters
    ----------
    options : CourseOptions
        What happens; its seed decides all that is random.

    Returns
    -------
    SimulatedCourse
        With the truth.
    """
    rng = np.random.default_rng(options.seed)
    noise = options.noise / math.sqrt(options.shots)
    scale = {region: math.exp(rng.normal(0.0, ASYMMETRY)) for region in SIDES}
    asked = np.array(options.photo_days)
    taken = rng.random(asked.size) >= options.missed_share
    taken[0] = True
    days = np.maximum(asked + rng.normal(0.0, HOURS_OFF, asked.size) * np.minimum(1.0, asked), 0.01)[taken]
    days = np.sort(days)
    columns = _columns(options, scale, days, rng)
    listed = tuple(
        (
            float(day),
            tuple(
                change_of(region, metric, float(values[index]), float(sigmas[index]), noise)
                for (metric, region), (values, sigmas) in columns.items()
            ),
        )
        for index, day in enumerate(days)
    )
    return SimulatedCourse(options, listed, scale)


def _columns(
    options: CourseOptions, scale: dict[str, float], days: Floats, rng: np.random.Generator
) -> dict[tuple[str, str], tuple[Floats, Floats]]:
    """Return what the photos say and the sigma they state, by metric and region."""
    noise = options.noise / math.sqrt(options.shots)
    tone = sum(options.ita_degrees <= bound for bound in TONE_ITA)
    light_sd = LIGHT_SD * TONE_NOISE[tone] * noise
    odd = np.where(rng.random(days.size) < OUTLIER_SHARE, OUTLIER_FACTOR, 1.0)
    light = rng.normal(0.0, 1.0, days.size) * light_sd * odd
    wobble = 1.0 + WOBBLE * options.noise * rng.normal(0.0, 1.0, days.size)
    columns: dict[tuple[str, str], tuple[Floats, Floats]] = {}
    for region in SIDES:
        for metric, repeat, truth in (
            ("redness", REDNESS_SW, _redness(options, region, scale[region], days) * wobble),
            ("melanin", MELANIN_SW, _pigment(options, days)),
        ):
            s_w = repeat * noise
            sigma = math.hypot(math.sqrt(2.0) * s_w, light_sd)
            baseline = rng.normal(0.0, 1.0) * s_w
            own = rng.normal(0.0, 1.0, days.size) * s_w * odd
            # Melanin hangs on the light too, by its own error.
            lit = light if metric == "redness" else rng.normal(0.0, 1.0, days.size) * light_sd * odd
            stated = sigma * np.exp(rng.normal(0.0, SIGMA_MISSTATED, days.size))
            columns[metric, region] = truth + own + lit - baseline, stated
    return columns


def change_of(region: str, metric: str, value: float, sigma: float, noise: float = 1.0) -> Change:
    """Return a change as a comparison would give it.

    Parameters
    ----------
    region, metric : str
        ``"redness"`` or ``"melanin"``.
    value, sigma : float
        The change and its standard deviation; a NaN value is a photo that was not usable.
    noise : float
        Factor on the within-subject SD, which gives the smallest detectable change.

    Returns
    -------
    Change
        With made-up photos before and after.
    """
    unit, repeat = ("EI", REDNESS_SW) if metric == "redness" else ("MI", MELANIN_SW)
    flags = (UNSEEN,) if math.isnan(value) else ()

    def side(number: float, sha256: str) -> Measurement:
        return Measurement(metric, region, number, repeat, unit, 500, flags, Method(metric, 1), sha256)

    mdc95 = Z95 * math.sqrt(2.0) * repeat * max(noise, 1e-3)
    return Change.between(
        side(20.0, "a" * 64), side(20.0 + value, "b" * 64), sigma=max(sigma, 1e-4), mdc95=mdc95
    )


def draw_course(seed: int, **changed: float) -> CourseOptions:
    """Draw an ordinary course: depth, tone, height and speed of return at random.

    Parameters
    ----------
    seed : int
        Decides everything, also the noise of the course.
    **changed : float
        Options to set to a value of one's own.

    Returns
    -------
    CourseOptions
        Redness of depths up to 0.5, up to 1.5 and above 1.5 mm (or with energy) returns within 1.9 EI on days 1-2,
        2-4 and 3-7, the clinic's expectation.
    """
    rng = np.random.default_rng([seed, 6])
    depth, (first, last) = ((0.5, (1.0, 2.0)), (1.2, (2.0, 4.0)), (2.0, (3.0, 7.0)))[int(rng.integers(3))]
    with_energy = depth == 2.0 and bool(rng.random() < 0.4)
    peak = float(rng.uniform(8.0, 18.0))
    back = float(rng.uniform(first, last))
    # Redness is back on that day: peak 2^(-day / half-life) = 1.9.
    half_life = back * math.log(2.0) / math.log(peak / (Z95 * math.sqrt(2.0) * REDNESS_SW))
    options: dict[str, float | int | bool] = {
        "half_life_days": half_life,
        "peak_ei": peak,
        "rise_days": float(np.exp(rng.normal(math.log(0.25 if with_energy else 0.02), 0.5))),
        "ita_degrees": float(rng.uniform(-50.0, 65.0)),
        "needle_depth_mm": depth,
        "with_energy": with_energy,
        "seed": seed,
        **changed,
    }
    return CourseOptions(**options)  # type: ignore[arg-type]
