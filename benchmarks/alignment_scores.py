"""Pairs of known truth, how far each method misses it, and the one table: shared by the alignment benchmark's parts."""

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from skincompare.imaging.align import align
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import Photo

__all__ = [
    "OURS",
    "FloatArray",
    "Outcome",
    "Pair",
    "Peer",
    "Row",
    "Truth",
    "measure_ours",
    "measure_peer",
    "numbers_of",
    "progress",
    "skin_points",
    "table",
    "tally",
]

FloatArray = npt.NDArray[np.float64]
PixelArray = npt.NDArray[np.uint8]
Mapper = Callable[[FloatArray], FloatArray]
Peer = Callable[[PixelArray, PixelArray], Mapper | None]
"""What a peer does: two uint8 RGB pictures in, a map of points (N, 2) from the first to the second out, or None."""

OURS = "skincompare"
POINTS = 3000
"""Points of skin a pair: their median is then known to a few per cent."""
EDGE_PX = 4
"""Skin this near its own edge, frame px, is left out: whether it is skin at all is not sure there."""
LOST_PX = 10.0
"""Median miss, px of the before photo, from which an alignment counts as failed: other pores altogether."""


@dataclass(frozen=True, eq=False)
class Truth:
    """Skin points of a pair that both photos show.

    ``before`` and ``after`` (N, 2) are px of each photo; ``enlarged`` (N,) is px of the after photo in one of the
    before photo; ``mm`` (N,) is mm in a px of the before photo, None where the set is told in px.
    """

    before: FloatArray
    after: FloatArray
    enlarged: FloatArray
    mm: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Pair:
    """Two photos and what is known of them.

    ``groups`` are the rows it counts in; ``truth`` gives the truth at candidate points (N, 2) of the before photo,
    without those that the two photos do not both show; None: there is none, and the pair is to be refused;
    ``slow_peers`` says whether peers that take half a minute try it too.
    """

    name: str
    groups: tuple[str, ...]
    before: Photo
    after: Photo
    truth: Callable[[FloatArray], Truth] | None
    slow_peers: bool = True


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one method made of one pair.

    ``errors`` (N,) are in the row's unit, None where nothing was mapped or nothing is known; ``to_refuse`` says that
    the photos share no skin, so that anything but a refusal is a failure.
    """

    pair: str
    groups: tuple[str, ...]
    method: str
    unit: str
    seconds: float
    whole: float
    errors: FloatArray | None
    covered: npt.NDArray[np.bool_] | None = None
    lost: bool = False
    note: str = ""
    to_refuse: bool = False
    aligned: bool = True
    points: FloatArray | None = None

    @property
    def failed(self) -> bool:
        """Whether nothing was mapped, or to elsewhere, or what should have been refused."""
        return self.aligned if self.to_refuse else not self.aligned or self.lost


@dataclass(frozen=True)
class Row:
    """One line of the table; None prints as a dash."""

    group: str
    method: str
    pairs: int
    unit: str = ""
    median: float | None = None
    mean: float | None = None
    p95: float | None = None
    worst: float | None = None
    failures: str = ""
    seconds: float | None = None
    whole: float | None = None
    coverage: float | None = None
    note: str = ""


def progress(text: str) -> None:
    """Tell on the error stream what is being done."""
    print(text, file=sys.stderr, flush=True)


def skin_points(subject: Subject, truth: Callable[[FloatArray], Truth]) -> Truth:
    """Return the truth at random skin points of a prepared before photo: the same ones on every call."""
    box = np.ones((2 * EDGE_PX + 1, 2 * EDGE_PX + 1), np.uint8)
    inner = cv2.erode(subject.skin.astype(np.uint8), box, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    rows, columns = np.nonzero(inner)
    chosen = np.random.default_rng(0).permutation(len(rows))[: 2 * POINTS]
    found = truth(subject.frame.to_photo(np.column_stack([columns, rows])[chosen].astype(np.float64)))
    keep = slice(0, POINTS)  # they are in random order
    mm = None if found.mm is None else found.mm[keep]
    return Truth(found.before[keep], found.after[keep], found.enlarged[keep], mm)


def measure_ours(pair: Pair) -> tuple[Outcome, Subject, Alignment]:
    """Prepare and align a pair, and measure the misses."""
    start = time.perf_counter()
    before, after = prepare(pair.before), prepare(pair.after)
    prepared = time.perf_counter()
    alignment = align(before, after)
    end = time.perf_counter()
    outcome = Outcome(
        pair=pair.name,
        groups=pair.groups,
        method=OURS,
        unit="px",
        seconds=end - prepared,
        whole=end - start,
        errors=None,
        note=",".join(flag.code for flag in alignment.flags),
        to_refuse=pair.truth is None,
        aligned=alignment.is_aligned,
    )
    if pair.truth is None or not alignment.is_aligned:
        return outcome, before, alignment
    truth = skin_points(before, pair.truth)
    misses = _misses(alignment.map_points, truth)
    measured = replace(
        outcome,
        unit="px" if truth.mm is None else "mm",
        errors=misses if truth.mm is None else misses * truth.mm,
        covered=misses <= alignment.bound_at(truth.before),
        lost=float(np.median(misses)) > LOST_PX,
        points=truth.before,
    )
    return measured, before, alignment


def measure_peer(pair: Pair, before: Subject, name: str, peer: Peer) -> Outcome:
    """Let a peer align the pixels of a pair, and measure its misses at the same points as ours.

    It counts in the pair's first row only: the table stays readable.
    """
    assert pair.truth is not None
    groups = pair.groups[:1]
    truth = skin_points(before, pair.truth)
    unit = "px" if truth.mm is None else "mm"
    start = time.perf_counter()
    mapper = peer(pair.before.pixels, pair.after.pixels)
    seconds = time.perf_counter() - start
    if mapper is None:
        return Outcome(
            pair.name, groups, name, unit, seconds, seconds, None, note="found nothing", aligned=False
        )
    misses = _misses(mapper, truth)
    lost = not float(np.median(misses)) <= LOST_PX
    errors = misses if truth.mm is None else misses * truth.mm
    return Outcome(pair.name, groups, name, unit, seconds, seconds, errors, lost=lost)


def _misses(mapper: Mapper, truth: Truth) -> FloatArray:
    """Return how far points are carried from where they belong, px of the before photo."""
    return np.asarray(np.linalg.norm(mapper(truth.before) - truth.after, axis=1) / truth.enlarged, np.float64)


def numbers_of(misses: Sequence[FloatArray]) -> Mapping[str, float]:
    """Return the figures over the points of all pairs together, and the worst pair's median."""
    if not misses:
        return {}
    pooled = np.concatenate(misses)
    return {
        "median": float(np.median(pooled)),
        "mean": float(np.mean(pooled)),
        "p95": float(np.quantile(pooled, 0.95)),
        "worst": max(float(np.median(one)) for one in misses),
    }


def tally(outcomes: Iterable[Outcome]) -> list[Row]:
    """Return one row for each group and method, in the order in which they first came."""
    kept: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        for group in outcome.groups:
            kept.setdefault((group, outcome.method), []).append(outcome)
    order = list(dict.fromkeys(group for group, _ in kept))
    keys = sorted(kept, key=lambda key: (order.index(key[0]), key[1] != OURS))
    return [_row(group, method, kept[group, method]) for group, method in keys]


def _row(group: str, method: str, outcomes: Sequence[Outcome]) -> Row:
    good = [one.errors for one in outcomes if one.errors is not None and not one.lost]
    covered = [one.covered for one in outcomes if one.covered is not None]
    lost = [float(np.median(one.errors)) for one in outcomes if one.lost and one.errors is not None]
    refused = [one for one in outcomes if not one.aligned]
    unit = next((one.unit for one in outcomes if one.errors is not None), outcomes[0].unit)
    notes = []
    if refused:
        told = sorted({one.note for one in refused})
        notes.append(f"{len(refused)} gave no map ({'; '.join(told)})")
    if lost:
        notes.append(f"{len(lost)} lost: median {min(lost):.1f} to {max(lost):.1f} {unit}")
    return Row(
        group=group,
        method=method,
        pairs=len(outcomes),
        unit=unit if good else "",
        failures=str(sum(one.failed for one in outcomes)),
        seconds=statistics.median(one.seconds for one in outcomes),
        whole=statistics.median(one.whole for one in outcomes),
        coverage=float(np.mean(np.concatenate(covered))) if covered else None,
        note=", ".join(notes),
        **numbers_of(good),
    )


HEADINGS = (
    "set", "method", "pairs", "unit", "median", "mean", "p95", "worst", "failures", "s", "whole s", "in 95 %", "note"
)  # fmt: skip
LEFT_ALIGNED = (0, 1, 3, 12)


def table(rows: Sequence[Row], *, markdown: bool = False) -> str:
    """Return the rows as aligned text or as a Markdown table."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(HEADINGS))]
    if markdown:
        rule = ["---" if index in LEFT_ALIGNED else "---:" for index in range(len(HEADINGS))]
        return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index in LEFT_ALIGNED else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    def number(value: float | None, digits: int) -> str:
        return "-" if value is None or math.isnan(value) else f"{value:.{digits}f}"

    return (
        row.group,
        row.method,
        str(row.pairs),
        row.unit or "-",
        *(number(value, 3) for value in (row.median, row.mean, row.p95, row.worst)),
        row.failures or "-",
        number(row.seconds, 2),
        number(row.whole, 2),
        "-" if row.coverage is None else f"{100 * row.coverage:.1f}",
        row.note,
    )
