"""How well the redness curves of the sample patients follow their truth, beside the naive index of a tutorial.

    python benchmarks/sample_courses.py [FOLDER]

Ours: change of the erythema index against the baseline, light taken off by untreated skin, with its 95 % interval.
Naive: the same index, mean over the same region of each photo, without any correction of the light.
"""

import json
import sys
from pathlib import Path

import numpy as np

from skincompare.compare import Comparison, compare_subjects
from skincompare.imaging.colour import ei_pair
from skincompare.imaging.subject import prepare
from skincompare.photo import read_photo

UNTREATED = ("forehead", "nose", "chin", "neck")


def naive_change(comparison: Comparison, region: str) -> float:
    """Return the change of the mean index over a region, as if the light were the same."""
    pair = next(one for one in comparison.regions if one.name == region)
    means = [
        float(np.mean(ei_pair(side.cut(subject.frame.linear)[side.mask])[0]))
        for subject, side in ((comparison.before, pair.before), (comparison.after, pair.after))
    ]
    return means[1] - means[0]


def rows_of(folder: Path, course: dict[str, object]) -> list[tuple[str, float, float, float, float]]:
    """Compare every day with the baseline: region, truth, ours, sigma, naive."""
    photos = course["photos"]
    baseline = prepare(read_photo(folder / photos[0]["file"]))
    rows = []
    for photo in photos[1:]:
        day = prepare(read_photo(folder / photo["file"]))
        comparison = compare_subjects(baseline, day, treated=course["treated"], only=["redness"])
        for region in dict.fromkeys((*course["treated"], *UNTREATED)):
            change = comparison.find(region, "redness")
            if change is None or not np.isfinite(change.sigma):
                continue
            truth = photo["redness_ei"].get(region, 0.0)
            rows.append((region, truth, change.change, change.sigma, naive_change(comparison, region)))
    return rows


def print_line(name: str, rows: list[tuple[str, float, float, float, float]]) -> None:
    """Print the figures of some rows."""
    truth, ours, sigma, naive = (np.array([row[index] for row in rows]) for index in (1, 2, 3, 4))
    covered = np.abs(ours - truth) <= 1.96 * sigma
    print(
        f"{name:34s} {len(rows):4d} {100 * covered.mean():8.1f} % "
        f"{np.mean(ours - truth):+7.2f} {np.std(ours - truth):6.2f} {np.median(sigma):6.2f} "
        f"{np.mean(naive - truth):+9.2f} {np.std(naive - truth):6.2f}"
    )


def main() -> None:
    """Print a table, one line a patient and kind of region."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "sample_images"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    print(
        f"{'change of redness, EI':34s} {'n':>4s} {'in 95 %':>10s} {'bias':>7s} {'SD':>6s} {'sigma':>6s} "
        f"{'naive bias':>9s} {'SD':>6s}"
    )
    everything = []
    for course in truth["courses"]:
        rows = rows_of(folder, course)
        for kind, wanted in (("treated", True), ("untreated", False)):
            print_line(
                f"{course['title']}, {kind}", [r for r in rows if (r[0] in course["treated"]) is wanted]
            )
        everything += rows
    print_line("all", everything)


if __name__ == "__main__":
    main()
