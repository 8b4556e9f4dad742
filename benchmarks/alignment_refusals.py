"""Set 5 of the alignment benchmark: pairs that cannot be aligned, beside genuine ones that must not be refused.

An impossible pair passes when it is refused, or when the whole comparison reports no change for it (every verdict is
``no detectable change`` or ``not measurable``). Anything else is a silent failure, and is listed.
"""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from alignment_scores import OURS, Row, progress
from alignment_warps import as_photo, mirrored

from skincompare.compare import compare_subjects
from skincompare.imaging.align import align
from skincompare.imaging.subject import Subject, prepare
from skincompare.measurement import Verdict
from skincompare.photo import read_photo
from skincompare.synthetic.camera import CameraOptions, close_up
from skincompare.synthetic.lighting import PortraitLight
from skincompare.synthetic.portrait import PortraitOptions, ViewOptions, grow_head, render
from skincompare.synthetic.skin import SkinOptions
from skincompare.synthetic.surface import Pose

__all__ = ["Refusals", "Verdicts", "judge_refusals"]

TREATED = ("left_cheek", "right_cheek")
"""What a user would say was treated: with references named, a change can be reported at all."""
HEADS, QUICK_HEADS = 20, 4
"""Rendered people."""
STEPS = (1, 3, 5, 7, 9)
"""How far on in the list the other rendered people are with whom each one is compared: a calm one with a red one."""
RED_CHEEKS = {"left_cheek": 0.2, "right_cheek": 0.2}
"""Hemoglobin (optical density in G) on the cheeks of every second rendered person: where a calm stranger is taken for
a red one, a change is there to be reported, so that "no change reported" is not for want of one."""
QUICK_PHOTO_PAIRS = 40
"""Pairs of photos of different people that ``--quick`` keeps, drawn at random."""
HEAD_SIZE_PX, HEAD_PX_PER_MM = (500, 640), 2.7
"""Size of their portraits, and resolution of their skin: a little above the picture's."""
TONES = (62.0, 50.0, 38.0, 24.0, 8.0, -12.0, -35.0, -50.0)
"""Individual typology angles of the rendered people, in turn."""
VIEWS = (
    ViewOptions(pose=Pose(face_share=0.62), size_px=HEAD_SIZE_PX, camera=CameraOptions(seed=1)),
    ViewOptions(
        pose=Pose(yaw=6.0, pitch=-3.0, roll=4.0, face_share=0.60),
        size_px=HEAD_SIZE_PX,
        light=PortraitLight(azimuth_degrees=105.0),
        camera=CameraOptions(seed=2, exposure=0.95),
    ),
)
NO_FLAGS = "no flags"
CLOSE_UPS = (15.0, 25.0)
"""Resolutions of the close-ups that are set against faces, px/mm."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """A prepared photo and whose it is."""

    name: str
    person: str
    subject: Subject


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What became of the pairs of one kind."""

    kind: str
    seconds: list[float]
    refused: list[str]
    quiet: list[str]
    silent: list[str]

    @property
    def count(self) -> int:
        """Pairs."""
        return len(self.seconds)


@dataclass(frozen=True, eq=False)
class Refusals:
    """The rows of the set, and its failures by name."""

    rows: list[Row]
    failures: list[str]


PairOfPortraits = tuple[Portrait, Portrait]
Keep = Callable[[str, Subject, Subject], None]
"""Called with the name and the photos of a failure."""


def judge_refusals(folder: Path, keep: Keep | None = None, *, quick: bool) -> Refusals:
    """Align what cannot be aligned, and what can, and count."""
    photos = real_portraits(folder)
    renders = rendered_portraits(QUICK_HEADS if quick else HEADS)
    impossible = [
        _impossible("other person, photos", _strangers(photos, quick=quick), keep),
        _impossible("other person, renders", _rendered_strangers(renders), keep),
        _impossible("face against close-up", _against_close_ups([*photos, *renders]), keep),
        _impossible("mirrored", _mirrored([*_genuine(photos), *_genuine(renders)], quick=quick), keep),
    ]
    genuine = [
        _genuine_verdicts("photos", _genuine(photos), keep),
        _genuine_verdicts("renders", _genuine(renders), keep),
    ]
    rows = [_impossible_row(one) for one in (*impossible, _together("all", impossible)) if one.count]
    rows += [_genuine_row(one) for one in (*genuine, _together("all", genuine)) if one.count]
    failures = [f"silently accepted, {one.kind}: {name}" for one in impossible for name in one.silent]
    failures += [f"genuine but refused, {one.kind}: {name}" for one in genuine for name in one.refused]
    return Refusals(rows, failures)


def real_portraits(folder: Path) -> list[Portrait]:
    """Return all photos of people; the name of a file up to its underscore says who it is."""
    paths = [
        *sorted(folder.glob("london/*_neutral.jpg")),
        *sorted(folder.glob("london/*_smile.jpg")),
        *sorted(folder.glob("portraits/*.jpg")),
        *sorted(folder.glob("selfies/*.jpg")),
    ]
    return [
        Portrait(path.stem, f"{path.parent.name} {path.stem.split('_')[0]}", prepare(read_photo(path)))
        for path in paths
    ]


def rendered_portraits(heads: int) -> list[Portrait]:
    """Return rendered people, each in two views, every second one with red cheeks."""
    found = []
    for number in range(heads):
        progress(f"set 5, rendering person {number + 1} of {heads}")
        head = grow_head(
            PortraitOptions(
                head_seed=100 + number,
                skin_seed=100 + number,
                ita_degrees=TONES[number % len(TONES)],
                redness=RED_CHEEKS if number % 2 else {},
                px_per_mm=HEAD_PX_PER_MM,
            )
        )
        for view, options in enumerate(VIEWS):
            name = f"render {number}, view {view}"
            photo = as_photo(render(head, options).pixels, name)
            found.append(Portrait(name, f"render {number}", prepare(photo)))
    return found


def _strangers(photos: Sequence[Portrait], *, quick: bool) -> list[PairOfPortraits]:
    pairs = [(one, two) for one, two in itertools.permutations(photos, 2) if one.person != two.person]
    if not quick:
        return pairs
    return [pairs[index] for index in np.random.default_rng(0).permutation(len(pairs))[:QUICK_PHOTO_PAIRS]]


def _rendered_strangers(renders: Sequence[Portrait]) -> list[PairOfPortraits]:
    fronts, turned = renders[0::2], renders[1::2]
    steps = [step for step in STEPS if step < len(fronts)]
    return [(one, turned[(index + step) % len(turned)]) for index, one in enumerate(fronts) for step in steps]


def _genuine(portraits: Sequence[Portrait]) -> list[PairOfPortraits]:
    return [(one, two) for one, two in itertools.permutations(portraits, 2) if one.person == two.person]


def _against_close_ups(portraits: Sequence[Portrait]) -> list[PairOfPortraits]:
    """Set every face against a close-up, now before, now after it."""
    skins = []
    for number, px_per_mm in enumerate(CLOSE_UPS):
        scene = close_up(SkinOptions(seed=number, px_per_mm=px_per_mm))
        name = f"close-up {number}"
        skins.append(Portrait(name, name, prepare(as_photo(scene.pixels, name))))
    pairs = []
    for index, one in enumerate(portraits):
        skin = skins[index % len(skins)]
        pairs.append((one, skin) if index // len(skins) % 2 else (skin, one))
    return pairs


def _mirrored(genuine: Sequence[PairOfPortraits], *, quick: bool) -> Iterator[PairOfPortraits]:
    """Mirror the after photo of genuine pairs."""
    for one, two in genuine[:: 6 if quick else 1]:
        yield one, Portrait(f"mirrored {two.name}", two.person, prepare(mirrored(two.subject.photo)))


def _judge(
    kind: str, pairs: Sequence[PairOfPortraits] | Iterator[PairOfPortraits]
) -> Iterator[tuple[str, float, str, PairOfPortraits]]:
    """Yield name, seconds of alignment, what became of it and the two, for every pair."""
    for count, (one, two) in enumerate(pairs, start=1):
        start = time.perf_counter()
        alignment = align(one.subject, two.subject)
        seconds = time.perf_counter() - start
        codes = ",".join(flag.code for flag in alignment.flags)
        name = f"{one.name} > {two.name} (fine detail {alignment.detail_agreement:.2f}; {codes or NO_FLAGS})"
        if count % 20 == 0:
            progress(f"set 5, {kind}: {count} pairs")
        yield name, seconds, "aligned" if alignment.is_aligned else "refused", (one, two)


def _impossible(
    kind: str, pairs: Sequence[PairOfPortraits] | Iterator[PairOfPortraits], keep: Keep | None
) -> Verdicts:
    found = Verdicts(kind, [], [], [], [])
    for name, seconds, status, (one, two) in _judge(kind, pairs):
        found.seconds.append(seconds)
        if status == "refused":
            found.refused.append(name)
            continue
        reported = reported_changes(one.subject, two.subject)
        progress(f"    {kind}: {name} aligned; {', '.join(reported) or 'no change reported'}")
        if reported:
            found.silent.append(f"{name}: {', '.join(reported)}")
            if keep:
                keep(f"accepted {one.name} {two.name}", one.subject, two.subject)
        else:
            found.quiet.append(name)
    return found


def reported_changes(before: Subject, after: Subject) -> list[str]:
    """Return the changes that a comparison of the two reports."""
    comparison = compare_subjects(before, after, treated=TREATED)
    told = (Verdict.INCREASED, Verdict.DECREASED)
    return [
        f"{one.region} {one.metric} {one.verdict.value}" for one in comparison.changes if one.verdict in told
    ]


def _genuine_verdicts(kind: str, pairs: Sequence[PairOfPortraits], keep: Keep | None) -> Verdicts:
    found = Verdicts(kind, [], [], [], [])
    for name, seconds, status, (one, two) in _judge(f"genuine {kind}", pairs):
        found.seconds.append(seconds)
        if status == "refused":
            found.refused.append(name)
            progress(f"    genuine {kind}: {name} refused")
            if keep:
                keep(f"refused {one.name} {two.name}", one.subject, two.subject)
    return found


def _together(kind: str, parts: Sequence[Verdicts]) -> Verdicts:
    return Verdicts(
        kind,
        [one for part in parts for one in part.seconds],
        [one for part in parts for one in part.refused],
        [one for part in parts for one in part.quiet],
        [one for part in parts for one in part.silent],
    )


def _impossible_row(found: Verdicts) -> Row:
    without = sum(NO_FLAGS in name for name in found.quiet)
    unflagged = f" ({without} of them without a flag)" if without else ""
    return Row(
        group=f"5 impossible: {found.kind}",
        method=OURS,
        pairs=found.count,
        failures=str(len(found.silent)),
        seconds=statistics.median(found.seconds),
        note=f"{len(found.refused)} refused, {len(found.quiet)} aligned with no change reported{unflagged}",
    )


def _genuine_row(found: Verdicts) -> Row:
    return Row(
        group=f"5 genuine: {found.kind}",
        method=OURS,
        pairs=found.count,
        failures=str(len(found.refused)),
        seconds=statistics.median(found.seconds),
        note=f"{len(found.refused)} refused ({100 * len(found.refused) / found.count:.1f} %)",
    )
