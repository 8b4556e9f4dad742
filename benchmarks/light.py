"""How well redness survives other light: its error, whether the stated error is true, and what is called a change.

    python benchmarks/light.py --photos DIR [--people 60] [--cache DIR] [--quick] [--save FILE] [--fit]

Rendered people of six skin tones and the real people of DIR/london, each photographed twice. Redness and pigment of
known amount are put on, the after photo goes through white balance, exposure, coloured gradient, tone curve, noise and
JPEG, singly and all together. Peers in the same table: the change of the mean erythema index and of the mean a* with
no correction. The weights of the error are fitted on every second rendered person (``--fit`` prints them); everything
printed is of the others and of the real people, whose second photo smiles. Untouched real pairs go through the whole
comparison at the end.
"""

import argparse
import pickle
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from light_disturbances import SINGLE
from light_fit import coverage, fit_weights, is_fitted_on
from light_people import TONES, Person, real_people, rendered_people
from light_trials import Outcome, prepared_pair, run_trial

import skincompare
from skincompare.imaging.light_error import LightRung
from skincompare.measurement import Verdict

DOSE = 4.2 / 72
"""Hemoglobin density of a change of 4.2 EI."""
DOSES = (0.0, DOSE, 2 * DOSE)
MELANIN = 0.10
RUNGS = (LightRung.SEVERAL_REGIONS, LightRung.ONE_REGION, LightRung.WHOLE_FACE)
ALL, NONE = "all together", "nothing"
COLUMNS = ("n", "bias", "SD", "sigma", "in 95 %", "called", "naive EI", "naive a*")
CHANGED = (Verdict.INCREASED.value, Verdict.DECREASED.value)


def trials(person: Person) -> list[Outcome]:
    """Run everything on one person."""
    pair = prepared_pair(person)
    if pair is None:
        return []
    found: list[Outcome] = []
    several = LightRung.SEVERAL_REGIONS
    for rung in RUNGS:
        for dose in DOSES if rung is several else DOSES[:2]:
            found += run_trial(pair, rung, ALL, hemoglobin=dose)
        found += run_trial(pair, rung, NONE)
        found += run_trial(pair, rung, ALL, melanin=MELANIN)
    for name in SINGLE:
        found += run_trial(pair, several, name)
    return found


def gathered(people: Iterable[Person], workers: int, save: Path | None) -> list[Outcome]:
    """Run the trials of many people on some processes; what is done is kept as it comes."""
    found: list[Outcome] = []
    with ProcessPoolExecutor(workers) as pool:
        for some in pool.map(trials, people):
            found += some
            if save is not None:
                save.write_bytes(pickle.dumps(found))
    return found


def line(name: str, rows: Sequence[Outcome]) -> str:
    """Return one line of a table."""
    if not rows:
        return f"{name:44s}    0"
    errors = np.array([one.change - one.truth for one in rows])
    naive = [np.array([getattr(one, key) for one in rows]) for key in ("naive_ei", "naive_a")]
    truth = np.array([one.truth for one in rows])
    called = np.mean([one.verdict in CHANGED for one in rows])
    return (
        f"{name:44s} {len(rows):5d} {errors.mean():+7.2f} {errors.std():6.2f} "
        f"{np.median([one.sigma for one in rows]):6.2f} {100 * coverage(rows):7.1f} {100 * called:7.1f} "
        f"{(naive[0] - truth).mean():+6.2f} ± {(naive[0] - truth).std():5.2f} "
        f"{naive[1].mean():+6.2f} ± {naive[1].std():5.2f}"
    )


def where(rows: Sequence[Outcome], **wanted: object) -> list[Outcome]:
    """Return the outcomes with these values; a callable is asked."""
    return [
        one
        for one in rows
        if all(
            value(getattr(one, key)) if isinstance(value, Callable) else getattr(one, key) == value
            for key, value in wanted.items()
        )
    ]


def print_tables(rows: Sequence[Outcome]) -> None:
    """Print what came of the people not fitted on."""
    print(
        f"{'change of redness, EI':44s} {'n':>5s} {'bias':>7s} {'SD':>6s} {'sigma':>6s} {'in 95 %':>7s} "
        f"{'called %':>8s} {'naive EI':>13s} {'naive a*':>14s}"
    )
    bare = where(rows, melanin=0.0)
    for real in (False, True):
        kind = "real" if real else "rendered"
        ours = where(bare, is_real=real)
        several = where(ours, rung=LightRung.SEVERAL_REGIONS.value)
        for name in (NONE, *SINGLE):
            print(
                line(f"{kind}, several, {name}, no redness", where(several, condition=name, hemoglobin=0.0))
            )
        for rung in RUNGS:
            for dose in DOSES:
                some = where(ours, rung=rung.value, condition=ALL, hemoglobin=dose)
                if some:
                    print(line(f"{kind}, {rung.value}, all, {72 * dose:.1f} EI", some))
        pigment = where(rows, is_real=real, melanin=MELANIN, rung=LightRung.SEVERAL_REGIONS.value)
        print(line(f"{kind}, several, all, melanin +{MELANIN:.2f} alone", pigment))
    for tone in TONES:
        print(
            line(
                f"{tone}, several, all, all doses",
                where(bare, tone=tone, rung=LightRung.SEVERAL_REGIONS.value, condition=ALL),
            )
        )
        print(
            line(
                f"{tone}, several, all, melanin alone",
                where(rows, tone=tone, melanin=MELANIN, rung=LightRung.SEVERAL_REGIONS.value),
            )
        )


def print_coverage(fitted: Sequence[Outcome], others: Sequence[Outcome]) -> None:
    """Print the coverage by rung, and with each disturbance left out of the fit."""
    print("\ncoverage of the 95 % interval on people not fitted on")
    bare = [where(some, melanin=0.0) for some in (fitted, others)]
    for rung in RUNGS:
        some = where(bare[1], rung=rung.value)
        print(
            f"  {rung.value:40s} {100 * coverage(some):5.1f} % of {len(some)}"
            f"   real {100 * coverage(where(some, is_real=True)):5.1f} %"
        )
    several = [where(some, rung=LightRung.SEVERAL_REGIONS.value, hemoglobin=0.0) for some in bare]
    for left_out in SINGLE:
        kept = where(several[0], condition=lambda name, left=left_out: name not in (left, ALL))
        weights = fit_weights(kept)
        share = coverage(where(several[1], condition=left_out), weights)
        print(f"  fitted without {left_out:25s} {100 * share:5.1f} %")


def print_fit(fitted: Sequence[Outcome]) -> None:
    """Print the weights that the fitted half asks for."""
    for rung in RUNGS:
        weights = fit_weights(where(fitted, rung=rung.value, melanin=0.0))
        print(f"fit, {rung.value}: {weights}")


def print_untouched(folder: Path) -> None:
    """Put the real pairs through the whole comparison, cheeks and nose named as treated."""
    changes, false_calls, told = [], 0, 0
    for before in sorted(folder.glob("*_neutral.jpg")):
        after = before.with_name(before.name.replace("neutral", "smile"))
        result = skincompare.compare(before, after, treated=("left_cheek", "right_cheek", "nose"))
        for change in result.changes:
            told += change.verdict is not Verdict.NOT_MEASURABLE
            false_calls += change.verdict.value in CHANGED
            if change.metric == "redness" and np.isfinite(change.sigma):
                changes.append(change.change)
    found = np.array(changes)
    print(
        f"\nuntouched real pairs, neutral against smile: change of redness on {len(found)} regions: "
        f"bias {found.mean():+.2f} EI, SD {found.std():.2f} EI; {false_calls} of {told} numbers of all metrics "
        f"called changed ({100 * false_calls / max(told, 1):.1f} %)"
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="folder with london/ID_neutral.jpg and ID_smile.jpg")
    parser.add_argument("--people", type=int, default=60, help="rendered people")
    parser.add_argument("--cache", type=Path, help="folder that keeps the rendered people")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="twelve rendered people")
    parser.add_argument("--fit", action="store_true", help="print the weights that the fitted half asks for")
    parser.add_argument("--save", type=Path, help="file that keeps the outcomes; read when it exists")
    given = parser.parse_args()
    start = time.perf_counter()
    if given.save is not None and given.save.exists():
        rows = pickle.loads(given.save.read_bytes())
    else:
        people = list(real_people(given.photos / "london")) if given.photos else []
        people += list(rendered_people(12 if given.quick else given.people, given.cache, given.workers))
        rows = gathered(people, given.workers, given.save)
    fitted = [one for one in rows if is_fitted_on(one.person) and not one.is_real]
    others = [one for one in rows if one.is_real or not is_fitted_on(one.person)]
    if given.fit:
        print_fit(fitted)
    print_tables(others)
    print_coverage(fitted, others)
    if given.photos:
        print_untouched(given.photos / "london")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
