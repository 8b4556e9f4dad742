"""May two photos be compared? How often the gate is wrong, check by check, beside simple peers in the same run.

    python benchmarks/comparability.py --photos DIR [--cache DIR] [--quick] [--only identity,mirror,...]

Rendered people (none of them in a test) and the photographed people of ``--photos``. Each check is tried on pairs whose
truth is known: other people, mirrored photos, blurs, beauty filters, relit photos. Thresholds are those of the code;
beside them stands what a threshold fitted on every second person does on the others.
"""

import argparse
import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from alignment_scores import progress
from alignment_warps import as_photo, mirrored
from comparability_scores import (
    area_under_curve,
    best_threshold,
    equal_error,
    histogram_difference,
    laplacian_log_ratio,
    markdown,
    share_above,
)
from comparability_sets import BLURS, FILTERS, PairOfPhotos, real_pairs, relit, rendered_pairs, spoiled

from skincompare.imaging.align import align
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.comparability import Comparability
from skincompare.imaging.face import LEFT_IRIS, RIGHT_IRIS, Face
from skincompare.imaging.iris import iris_width
from skincompare.imaging.pair_statistics import detail_change, light_slope
from skincompare.imaging.quality import judge_pair
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import read_photo
from skincompare.synthetic.camera import encode_jpeg

STEPS = (1, 2)
"""How far on in the list the other person is with whom each one is compared."""
RELIGHTS = ((0.35, 20.0), (0.5, 200.0), (0.35, 110.0))
"""Gradients laid over a photo: natural log per distance of the eye corners, and direction."""
QUALITIES = (95, 85, 75, 65, 50, 30)
LARGE_PX = (3464, 3464)
"""Twelve megapixels."""
REPEATS = 5


@dataclass(frozen=True, eq=False)
class Person:
    """A pair of photos of one person in the same light, aligned, and the same person in other lights."""

    pair: PairOfPhotos
    alignment: Alignment
    other_light: tuple[Subject, ...]

    @property
    def is_real(self) -> bool:
        """Whether it is a photographed person."""
        return self.pair.name.startswith("photo")


def gather(photos: Path | None, cache: Path, *, quick: bool) -> list[Person]:
    """Return rendered and photographed people."""
    people = []
    for pair, pictures in rendered_pairs(cache, quick=quick):
        others = [prepare(as_photo(picture, key)) for key, picture in pictures.items() if key != "after"]
        people.append(Person(pair, align(pair.before, pair.after), tuple(others)))
        progress(f"aligned {pair.name}")
    if photos is not None:
        people += [Person(pair, align(pair.before, pair.after), ()) for pair in real_pairs(photos)]
    return people


def judged(before: Subject, after: Subject) -> tuple[Alignment, Comparability]:
    """Align and judge."""
    alignment = align(before, after)
    return alignment, judge_pair(before, after, alignment)


def groups(people: Sequence[Person]) -> list[tuple[str, list[Person]]]:
    """Return rendered and real people apart."""
    found = [("renders", [one for one in people if not one.is_real])]
    return [*found, ("photographs", [one for one in people if one.is_real])]


def identity(people: Sequence[Person]) -> str:
    """Compare everybody with themselves and with the next in the list."""
    rows = []
    for name, members in groups(people):
        own = [_agreement(one.alignment) for one in members]
        other, peers = [], []
        let_pass = 0
        for one, step in itertools.product(range(len(members)), STEPS):
            stranger = members[(one + step) % len(members)].pair.after
            alignment, gate = judged(members[one].pair.before, stranger)
            other.append(_agreement(alignment))
            let_pass += gate.standing.value in ("ok", "wider error")
            peers.append(-histogram_difference(members[one].pair.before, stranger))
        if not own:
            continue
        own_peers = [-histogram_difference(one.pair.before, one.pair.after) for one in members]
        rate, cut = equal_error(other, own)
        kept = sum(one.alignment.is_aligned for one in members)
        rows.append(
            [
                name,
                f"{len(own)} / {len(other)}",
                f"{statistics.median(own):.2f} ({min(own):.2f})",
                f"{statistics.median(other):.2f} ({max(other):.2f})",
                f"{100 * rate:.1f} % at {cut:.2f}",
                f"{len(own) - kept} refused, {let_pass} let pass",
                f"{100 * equal_error(peers, own_peers)[0]:.1f} %",
            ]
        )
    head = ["set", "same / other", "same, median (least)", "other, median (most)", "equal error", "gate"]
    return markdown([*head, "peer: histogram, equal error"], rows)


def _agreement(alignment: Alignment) -> float:
    return -1.0 if math.isnan(alignment.detail_agreement) else alignment.detail_agreement


def mirror(people: Sequence[Person]) -> str:
    """Mirror after photos; and count plain ones that are taken for mirrored."""
    rows = []
    for name, members in groups(people):
        missed = 0
        for one in members:
            after = prepare(mirrored(one.pair.after.photo))
            missed += "mirrored" not in {flag.code for flag in align(one.pair.before, after).flags}
        wrong = sum("mirrored" in {flag.code for flag in one.alignment.flags} for one in members)
        if members:
            rows.append([name, str(len(members)), f"{missed} missed", f"{wrong} wrong"])
    return markdown(["set", "pairs", "mirrored", "not mirrored"], rows)


@dataclass(frozen=True)
class Softness:
    """What one softened (or untouched) pair shows."""

    person: int
    kind: str
    skin: float
    kept: float
    laplacian: float
    codes: frozenset[str]


def softness(people: Sequence[Person]) -> str:
    """Blur and smooth after photos, and count what the gate says of them."""
    rows = []
    for name, members in groups(people):
        found = []
        for number, one in enumerate(members):
            progress(f"softening {one.pair.name}")
            found.append(_softness(number, "untouched", one.pair.before, one.pair.after, one.alignment))
            for kind, spoil in (*BLURS.items(), *FILTERS.items()):
                after = spoiled(one.pair.after, spoil, kind)
                found.append(_softness(number, kind, one.pair.before, after, align(one.pair.before, after)))
        if found:
            rows += _softness_rows(name, found)
    head = ["set", "after photo", "pairs", "finest skin detail, ln", "share spared at edges", "told as blur"]
    return markdown([*head, "as filter", "refitted, other half: errors", "peer: Laplacian, errors"], rows)


def _softness(number: int, kind: str, before: Subject, after: Subject, alignment: Alignment) -> Softness:
    change = detail_change(before, after, alignment)
    gate = judge_pair(before, after, alignment)
    names = ("sharpness", "beauty_filter")
    codes = {flag.code for check in gate.checks if check.name in names for flag in check.flags}
    kept = change.smoothing / change.skin if change.skin < 0 else 0.0
    return Softness(number, kind, change.skin, kept, laplacian_log_ratio(before, after), frozenset(codes))


def _softness_rows(name: str, found: Sequence[Softness]) -> list[list[str]]:
    rows = []
    for kind in dict.fromkeys(one.kind for one in found):
        members = [one for one in found if one.kind == kind]
        blurred = [("sharpness_differs" in one.codes) for one in members]
        smoothed = [("beauty_filter" in one.codes) for one in members]
        refit, peer = "", ""
        if kind in BLURS:
            refit = _refitted(found, [kind], ["untouched"], lambda one: -one.skin)
            peer = _refitted(found, [kind], ["untouched"], lambda one: -one.laplacian)
        elif kind in FILTERS:
            refit = _refitted(found, [kind], list(BLURS), lambda one: one.kept)
            peer = _refitted(found, [kind], list(BLURS), lambda one: one.laplacian)
        rows.append(
            [
                name,
                kind,
                str(len(members)),
                f"{np.nanmean([one.skin for one in members]):+.2f} ± {np.nanstd([one.skin for one in members]):.2f}",
                f"{np.nanmean([one.kept for one in members]):.2f}" if kind != "untouched" else "",
                f"{sum(blurred)}",
                f"{sum(smoothed)}",
                refit,
                peer,
            ]
        )
    return rows


def _refitted(
    found: Sequence[Softness], high: Sequence[str], low: Sequence[str], value: Callable[[Softness], float]
) -> str:
    """Fit a threshold on every second person, and return its rate of error on the others, both kinds averaged."""
    parts = {
        (side, half): [value(one) for one in found if one.kind in kinds and one.person % 2 == half]
        for side, kinds in (("low", low), ("high", high))
        for half in (0, 1)
    }
    cut = best_threshold(parts["low", 0], parts["high", 0])
    wrong = share_above(parts["low", 1], cut) + 1 - share_above(parts["high", 1], cut)
    return f"{50 * wrong:.1f} %"


def light(people: Sequence[Person]) -> str:
    """Set untouched pairs against relit ones."""
    rows = []
    for name, members in groups(people):
        same, other, same_peer, other_peer = [], [], [], []
        lamps: list[float] = []
        for one in members:
            progress(f"relighting {one.pair.name}")
            before, after = one.pair.before, one.pair.after
            same.append(light_slope(before, after, one.alignment).size)
            same_peer.append(histogram_difference(before, after))
            for slope, degrees in RELIGHTS:
                lit = relit(after, slope, degrees)
                other.append(light_slope(before, lit, align(before, lit)).size)
                other_peer.append(histogram_difference(before, lit))
            for lit in one.other_light:
                alignment = align(before, lit)
                if alignment.is_aligned:
                    lamps.append(light_slope(before, lit, alignment).size)
                    other_peer.append(histogram_difference(before, lit))
        if not same:
            continue
        told = [value for value in (*other, *lamps) if not math.isnan(value)]
        rows.append(
            [
                name,
                f"{len(same)} / {len(other)} / {len(lamps)}",
                f"{statistics.median(same):.2f} ({max(same):.2f})",
                f"{np.nanmedian(other):.2f} ({np.nanmin(other):.2f})",
                f"{np.median(lamps):.2f} ({min(lamps):.2f})" if lamps else "",
                f"{area_under_curve(same, told):.3f}",
                f"{100 * share_above(same, 0.20):.1f} % / {100 * (1 - share_above(told, 0.20)):.1f} %",
                f"{area_under_curve(same_peer, other_peer):.3f}",
            ]
        )
    head = ["set", "same / gradient / lamp moved", "same, median (most)", "gradient, median (least)"]
    return markdown(
        [*head, "lamp moved, median (least)", "AUC", "false / missed at 0.20", "peer: histogram, AUC"], rows
    )


def selfies(photos: Path) -> str:
    """Judge every pair of the selfies, and give the reasons."""
    subjects = [prepare(read_photo(path)) for path in sorted(photos.glob("selfies/*.jpg"))]
    rows = []
    for one, two in itertools.permutations(range(len(subjects)), 2):
        alignment, gate = judged(subjects[one], subjects[two])
        flags = dict.fromkeys((*alignment.flags, *gate.pair_flags))
        reasons = "; ".join(f"`{flag.code}` ({flag.effect.value})" for flag in flags) or "none"
        rows.append([f"{one + 1} > {two + 1}", alignment.status.value, gate.standing.value, reasons])
    return markdown(["pair", "alignment", "gate", "reasons"], rows)


def iris(people: Sequence[Person]) -> str:
    """Compare the iris in both photos of a person, by edge and by mesh, against two other rulers."""
    rows = []
    for name, members in groups(people):
        if not members:
            continue
        pairs = [(one.pair.before, one.pair.after) for one in members]
        edge = [[iris_width(side.photo.pixels, side.face) for side in pair] for pair in pairs]
        mesh = [[_mesh_width(side.face) for side in pair] for pair in pairs]
        refined = sum(side.is_refined for pair in edge for side in pair)
        for ruler, sizes in (
            ("alignment", [one.alignment.magnification for one in members]),
            ("outer eye corners", [b.face.outer_canthi_px / a.face.outer_canthi_px for a, b in pairs]),
        ):
            ours = _repeat([math.log(b.px / a.px / size) for (a, b), size in zip(edge, sizes, strict=True)])
            peer = _repeat([math.log(b / a / size) for (a, b), size in zip(mesh, sizes, strict=True)])
            count = f"{refined} of {2 * len(members)}"
            rows.append([name, ruler, str(len(members)), count, f"{100 * ours:.2f} %", f"{100 * peer:.2f} %"])
    head = ["set", "against", "pairs", "irises by their edge", "repeat (SD)", "peer: mesh iris, repeat"]
    return markdown(head, rows)


def _mesh_width(face: Face) -> float:
    widths = [np.linalg.norm(face.xy[ring[0]] - face.xy[ring[2]]) for ring in (RIGHT_IRIS, LEFT_IRIS)]
    return float(np.mean(widths)) / math.cos(math.radians(face.yaw_degrees))


def _repeat(differences: Sequence[float]) -> float:
    """Return the SD of one photo, from the root mean square of the differences of pairs."""
    return math.sqrt(float(np.mean(np.square(differences))) / 2)


def compression(people: Sequence[Person]) -> str:
    """Save after photos at several qualities, and print what is left of the finest skin detail."""
    rows = []
    for name, members in groups(people):
        for quality in QUALITIES:
            changes = []
            for one in members:
                data = encode_jpeg(np.ascontiguousarray(one.pair.after.photo.pixels), quality=quality)
                after = prepare(read_photo(data, name="saved"))
                alignment = align(one.pair.before, after)
                plain = detail_change(one.pair.before, one.pair.after, one.alignment).skin
                changes.append(detail_change(one.pair.before, after, alignment).skin - plain)
            if changes:
                rows.append([name, str(quality), f"{np.nanmean(changes):+.2f} ± {np.nanstd(changes):.2f}"])
    return markdown(
        ["set", "JPEG quality", "finest skin detail, ln, against the same file uncompressed"], rows
    )


def cost(people: Sequence[Person]) -> str:
    """Time the gate and the iris at 12 megapixels, in decodings of the two JPEGs by OpenCV."""
    pair = people[-1].pair
    data = []
    for side in (pair.before, pair.after):
        large = cv2.resize(side.photo.pixels, LARGE_PX, interpolation=cv2.INTER_CUBIC)
        data.append(encode_jpeg(large, quality=92))
    codes = [np.frombuffer(one, np.uint8) for one in data]
    before, after = (prepare(read_photo(one, name="large")) for one in data)
    alignment = align(before, after)
    decoding = _seconds(lambda: [cv2.imdecode(one, cv2.IMREAD_COLOR) for one in codes])
    gate = _seconds(lambda: judge_pair(before, after, alignment))
    irises = _seconds(lambda: [iris_width(one.photo.pixels, one.face) for one in (before, after)])
    rows = [
        ["OpenCV decodes both (the peer)", f"{1000 * decoding:.0f}", "1.0"],
        ["the gate", f"{1000 * gate:.0f}", f"{gate / decoding:.2f}"],
        ["the irises of both", f"{1000 * irises:.0f}", f"{irises / decoding:.2f}"],
    ]
    return markdown(["at 12 megapixels", "ms", "decodings"], rows)


def _seconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


PARTS: dict[str, Callable[[Sequence[Person]], str]] = {
    "identity": identity,
    "mirror": mirror,
    "softness": softness,
    "light": light,
    "iris": iris,
    "compression": compression,
    "cost": cost,
}


def main() -> None:
    """Run what was asked for, and print a table for each part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, help="folder of photographs, as for alignment.py")
    parser.add_argument("--cache", type=Path, help="folder in which rendered pictures are kept")
    parser.add_argument("--quick", action="store_true", help="six rendered people")
    parser.add_argument("--only", default=",".join((*PARTS, "selfies")), help="parts, with commas between")
    options = parser.parse_args()
    wanted = options.only.split(",")
    with tempfile.TemporaryDirectory() as folder:
        people = gather(options.photos, options.cache or Path(folder), quick=options.quick)
        for name, part in PARTS.items():
            if name in wanted:
                print(f"\n{name}\n\n{part(people)}", flush=True)
        if "selfies" in wanted and options.photos is not None:
            print(f"\nselfies\n\n{selfies(options.photos)}", flush=True)


if __name__ == "__main__":
    main()
