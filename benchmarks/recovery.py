"""How well is a recovery told? Simulated courses with known truth, ours beside naive peers.

``python benchmarks/recovery.py`` prints, on 300 courses of all depths and tones with noise, bad photos and missed
days: bias of the half-life, coverage of the 95 % interval of the day of return, and for each flag how many of the
courses that have it are flagged and how many that do not. ``--fit`` prints, on other seeds, what the constants were
chosen by. ``--quick`` takes 60 courses.
"""

import argparse
import math
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unittest import mock

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit

from skincompare.measurement import Z95, Verdict
from skincompare.recovery import (
    ASSUMED_BANDS,
    DayOfChanges,
    FitStatus,
    FlagCode,
    RecoveryCurve,
    depth_class,
    find_rows,
    fit_recovery,
    likelihood,
    recovery_curves,
    recovery_outlook,
)
from skincompare.recovery.outlook import RecoveryOutlook
from skincompare.synthetic.courses import (
    SIDES,
    CourseOptions,
    SimulatedCourse,
    draw_course,
    simulate_course,
)
from skincompare.synthetic.marks import row_marks, strewn_marks

COURSES, QUICK_COURSES = 300, 60
"""Simulated courses."""
FITTING_SEED, PRINTING_SEED = 50_000, 200_000
"""First seeds of the courses on which constants were chosen, and of those that are printed."""
WOBBLES = (0.0, 0.03, 0.06, 0.1)
"""Day-to-day wobbles that ``--fit`` tries."""
SEEN_UNTIL = (math.inf, 7.0, 4.0, 2.5)
"""Days until which the photos of a course are known: a course under way is told with fewer."""
MARKS = (12, 20, 40, 80)
"""Natural marks on a patch."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one method says of one course beside the truth; NaN where it says nothing."""

    half_life: float
    day: float
    low: float
    high: float
    true_half_life: float
    true_day: float


def curve_of(course: SimulatedCourse, until: float = math.inf) -> RecoveryCurve:
    """Return the redness of one side, as far as it is known."""
    days = [DayOfChanges(day, changes) for day, changes in course.days if day <= until]
    return recovery_curves(days, regions=SIDES[:1])[0]


def ours(curve: RecoveryCurve, course: SimulatedCourse) -> tuple[float, float, float, float, str]:
    """Return half-life, day of return with its interval, and status."""
    fit = fit_recovery(curve, with_energy=course.options.with_energy)
    return fit.half_life.value, fit.returned.value, fit.returned.low, fit.returned.high, fit.status.value


def last_day_above(curve: RecoveryCurve, _: SimulatedCourse) -> tuple[float, float, float, float, str]:
    """Return the middle between the last photo above the threshold and the next: what a table by eye gives."""
    points = curve.points
    above = [i for i, point in enumerate(points) if point.change.change > point.change.mdc95]
    if not above:
        return math.nan, 0.0, math.nan, math.nan, "told"
    if above[-1] + 1 == len(points):
        return math.nan, math.nan, math.nan, math.nan, "not over yet"
    low, high = points[above[-1]].day, points[above[-1] + 1].day
    return math.nan, (low + high) / 2.0, low, high, "told"


def plain_exponential(curve: RecoveryCurve, _: SimulatedCourse) -> tuple[float, float, float, float, str]:
    """Return an unweighted least-squares exponential with the interval by its covariance."""
    days = np.array([point.day for point in curve.points])
    values = np.array([point.change.change for point in curve.points])
    threshold = curve.points[0].change.mdc95
    try:
        (height, slow), covariance = curve_fit(
            lambda t, a, tau: a * np.exp(-t / tau),
            days,
            values,
            p0=(values.max(), 2.0),
            bounds=((0.1, 0.05), (200, 100)),
        )
    except (RuntimeError, ValueError, OptimizeWarning):
        return math.nan, math.nan, math.nan, math.nan, "no fit"
    if height <= threshold:
        return math.log(2.0) * slow, 0.0, 0.0, 0.0, "told"
    day = slow * math.log(height / threshold)
    slope = np.array([slow / height, math.log(height / threshold)])
    half = Z95 * math.sqrt(float(slope @ covariance @ slope))
    return math.log(2.0) * slow, day, day - half, day + half, "told"


METHODS: Sequence[tuple[str, Callable[..., tuple[float, float, float, float, str]]]] = (
    ("ours", ours),
    ("plain exponential", plain_exponential),
    ("last day above", last_day_above),
)


def judge(
    name: str,
    method: Callable[..., tuple[float, float, float, float, str]],
    courses: Sequence[SimulatedCourse],
    until: float,
) -> None:
    """Print what one method says of all courses whose photos are known until a day."""
    told: list[Told] = []
    states: Counter[str] = Counter()
    for course in courses:
        curve = curve_of(course, until)
        half_life, day, low, high, status = method(curve, course)
        states[status] += 1
        if not math.isnan(day):
            truth = course.true_return(SIDES[0], curve.points[0].change.mdc95)
            told.append(Told(half_life, day, low, high, course.options.half_life_days, truth))
    seen = "whole course" if math.isinf(until) else f"until day {until:g}"
    line = f"{name:18s} {seen:14s} told {len(told):3d}/{len(courses)}"
    if told:
        ratios = np.array([one.half_life / one.true_half_life for one in told])
        errors = np.array([one.day - one.true_day for one in told])
        covered = np.mean([one.low <= one.true_day <= one.high for one in told])
        width = np.median([one.high - one.low for one in told])
        bias = (
            f"{np.mean(ratios) - 1:+6.1%} mean {np.median(ratios) - 1:+6.1%} median"
            if not np.isnan(ratios).all()
            else " " * 27
        )
        line += f"  half-life {bias}  return error median {np.median(errors):+.2f}"
        line += f" |.| {np.median(np.abs(errors)):.2f} d"
        line += f"  interval covers {covered:.1%}, median width {width:.1f} d"
    others = {key: value for key, value in states.items() if key not in (FitStatus.FITTED.value, "told")}
    print(line, others or "", flush=True)


def outlook_of(options: CourseOptions) -> RecoveryOutlook:
    """Return the flags of a course, without the fits."""
    days = [DayOfChanges(*one) for one in simulate_course(options).days]
    with mock.patch("skincompare.recovery.outlook.fit_recovery", no_fit):
        return recovery_outlook(
            days, needle_depth_mm=options.needle_depth_mm, with_energy=options.with_energy
        )


def no_fit(curve: RecoveryCurve, **_: object) -> object:
    """Stand in for the fit where only flags are counted."""
    return fit_recovery(RecoveryCurve(curve.region, curve.metric, curve.unit, ()))


def late(seed: int, low: float, high: float) -> CourseOptions:
    """Return a course whose redness is back only at a multiple of the day after which one asks."""
    usual = draw_course(seed)
    line = ASSUMED_BANDS.line(depth_class(usual.needle_depth_mm, with_energy=usual.with_energy))
    day = line.ask_after_day * np.random.default_rng([seed, 9]).uniform(low, high)
    threshold = simulate_course(usual).days[0][1][0].mdc95
    return draw_course(seed, half_life_days=float(day * math.log(2.0) / math.log(usual.peak_ei / threshold)))


def with_event(
    name: str, low: float, high: float, day: tuple[float, float] | None = None
) -> Callable[[int], CourseOptions]:
    """Return a maker of courses with an event of a size, and on a day, between these bounds."""

    def make(seed: int) -> CourseOptions:
        rng = np.random.default_rng([seed, 9])
        changed = {name: float(rng.uniform(low, high))}
        if day is not None:
            changed[f"{name.removesuffix('_ei')}_day"] = float(rng.uniform(*day))
        return draw_course(seed, **changed)

    return make


FLAGGED: Sequence[tuple[FlagCode, str, Callable[[int], CourseOptions]]] = (
    (FlagCode.ABOVE_BAND, "back at 2 to 4 times the day to ask", lambda seed: late(seed, 2.0, 4.0)),
    (FlagCode.ABOVE_BAND, "weaker: 1.2 to 2 times", lambda seed: late(seed, 1.2, 2.0)),
    (FlagCode.SECOND_RISE, "of 8 to 14 EI on days 3 to 6", with_event("flare_ei", 8.0, 14.0, (3.0, 6.0))),
    (FlagCode.SECOND_RISE, "weaker: 4 to 8 EI", with_event("flare_ei", 4.0, 8.0, (3.0, 6.0))),
    (
        FlagCode.HOT_SPOT,
        "of 8 to 14 EI from days 1 to 4 on",
        with_event("hot_spot_ei", 8.0, 14.0, (1.0, 4.0)),
    ),
    (FlagCode.HOT_SPOT, "weaker: 4 to 8 EI", with_event("hot_spot_ei", 4.0, 8.0, (1.0, 4.0))),
    (FlagCode.PIGMENT_RISING, "of 4 to 8 MI", with_event("pigment", 4.0, 8.0)),
    (FlagCode.PIGMENT_RISING, "weaker: 2 to 4 MI", with_event("pigment", 2.0, 4.0)),
)


def judge_flags(seeds: Sequence[int]) -> None:
    """Print how many courses with and without each thing are flagged."""
    ordinary = [{flag.code for flag in outlook_of(draw_course(seed)).flags} for seed in seeds]
    for code, what, make in FLAGGED:
        found = np.mean([code in {flag.code for flag in outlook_of(make(seed)).flags} for seed in seeds])
        false = np.mean([code in codes for codes in ordinary])
        naive = (
            f"  naive: {one_photo(code, seeds)}"
            if code is FlagCode.ABOVE_BAND and "weaker" not in what
            else ""
        )
        print(
            f"{code.value:15s} {what:38s} flagged {found:6.1%}  false alarms {false:5.1%}{naive}", flush=True
        )
    print(
        f"any of these on an ordinary course (two cheeks, all its days): {np.mean([bool(one) for one in ordinary]):.1%}"
    )


def one_photo(code: FlagCode, seeds: Sequence[int]) -> str:
    """Return false alarms of the rule that any one photo after the day to ask is flagged when detectably raised."""
    false = []
    for seed in seeds:
        options = draw_course(seed)
        line = ASSUMED_BANDS.line(depth_class(options.needle_depth_mm, with_energy=options.with_energy))
        false.append(
            any(
                day > line.ask_after_day
                and change.metric == "redness"
                and change.verdict is Verdict.INCREASED
                for day, changes in simulate_course(options).days
                for change in changes
            )
        )
    return f"one raised photo is enough: false alarms {np.mean(false):.1%}"


def judge_rows(seeds: Sequence[int]) -> None:
    """Print how many patches with and without rows are flagged."""
    for are_lines in (False, True):
        found = np.mean([find_rows(row_marks(seed, are_lines=are_lines)).is_regular for seed in seeds])
        print(f"regular_rows    {'lines' if are_lines else 'dots in rows':38s} flagged {found:6.1%}")
    for count in MARKS:
        false = np.mean([find_rows(strewn_marks(count, seed)).is_regular for seed in seeds])
        print(f"regular_rows    {f'{count} natural marks':38s} false alarms {false:5.1%}", flush=True)


def main() -> None:
    """Print everything."""
    warnings.simplefilter("ignore", OptimizeWarning)  # the plain exponential has no covariance on two photos
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="on the seeds on which constants were chosen")
    parser.add_argument("--quick", action="store_true", help="fewer courses")
    arguments = parser.parse_args()
    count = QUICK_COURSES if arguments.quick else COURSES
    first = FITTING_SEED if arguments.fit else PRINTING_SEED
    seeds = range(first, first + count)
    courses = [simulate_course(draw_course(seed)) for seed in seeds]
    if arguments.fit:
        for wobble in WOBBLES:
            with mock.patch.object(likelihood, "DAY_TO_DAY", wobble):
                judge(f"ours, wobble {wobble:g}", ours, courses, math.inf)
    else:
        for until in SEEN_UNTIL:
            for name, method in METHODS:
                judge(name, method, courses, until)
    judge_flags(seeds)
    judge_rows(seeds)
    print("symptom         raised whenever one is ticked, never else: by its rule")


if __name__ == "__main__":
    main()
