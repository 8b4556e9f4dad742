"""How well two photos are aligned, and how surely the impossible is refused, beside what others would use.

    python benchmarks/alignment.py --photos DIR [--sets 1,2,3,4,5] [--quick] [--no-peers | --fast-peers]
                                   [--markdown] [--save DIR]

``DIR`` holds ``portraits/*.jpg``, ``london/ID_neutral.jpg`` with ``london/ID_smile.jpg``, and ``selfies/*.jpg``.

1. photographs of people with known smooth warps, redness, other light, noise and JPEG;
2. portrait renders with exact correspondence: pose, distance, perspective, expression;
3. close-up renders across a simulated four weeks;
4. untouched pairs: there and back by two independent alignments, and independent landmarks;
5. impossible pairs (other people, face against close-up, mirrored) beside genuine ones.

All rows of a set use the same pairs and the same random skin points. Misses are px of the before photo (set 2: mm on
the skin); ``worst`` is the median of the worst pair; ``failures`` are pairs that were refused, crashed or lost (median
miss over 10 px), whose misses are left out and told in the note; in rows of what must be refused they are the pairs
that were not. ``s`` is the alignment alone for us and the whole on decoded pixels for peers; ``whole s`` adds the
preparation of both photos; ``in 95 %`` is the share of points within the radius stated for them.
Peers need ``pip install -r benchmarks/requirements.txt``.
"""

import argparse
import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from alignment_pictures import save_pair, save_side_by_side
from alignment_real import real_outcomes
from alignment_refusals import Refusals, judge_refusals
from alignment_scores import Outcome, Pair, Peer, measure_ours, measure_peer, progress, table, tally
from alignment_sets import close_up_pairs, portrait_pairs
from alignment_warps import warped_pairs

from skincompare.imaging.align import align
from skincompare.imaging.subject import Subject, prepare
from skincompare.photo import read_photo

SETS = (1, 2, 3, 4, 5)


def pairs_of(number: int, options: argparse.Namespace) -> Iterator[Pair]:
    """Return the pairs of a set that is told by pairs."""
    makers: dict[int, Callable[[], Iterator[Pair]]] = {
        1: lambda: warped_pairs(options.photos, quick=options.quick),
        2: lambda: portrait_pairs(quick=options.quick),
        3: lambda: close_up_pairs(quick=options.quick),
    }
    return makers[number]()


def pair_outcomes(number: int, options: argparse.Namespace) -> Iterator[Outcome]:
    """Align every pair of a set by us and by the peers."""
    for count, pair in enumerate(pairs_of(number, options)):
        progress(f"set {number}, pair {count + 1}: {pair.name}")
        ours, before, _ = measure_ours(pair)
        tell(ours)
        yield ours
        if options.save:
            save_pair(pair, ours, options.save)
        for name, peer in peers_of(number, pair, options).items():
            theirs = measure_peer(pair, before, name, peer)
            tell(theirs)
            yield theirs


def tell(outcome: Outcome) -> None:
    """Tell one outcome on the error stream."""
    errors = "no map" if outcome.errors is None else f"median {np.median(outcome.errors):.3f} {outcome.unit}"
    covered = "" if outcome.covered is None else f", in 95 % {100 * np.mean(outcome.covered):.1f}"
    note = f" ({outcome.note})" if outcome.note else ""
    progress(f"    {outcome.method:26s} {errors}{covered}, {outcome.seconds:.2f} s{note}")


def peers_of(number: int, pair: Pair, options: argparse.Namespace) -> Mapping[str, Peer]:
    """Return the peers that try a pair of a set."""
    if not options.peers or pair.truth is None:
        return {}
    from alignment_peers import PEERS, SLOW_PEERS

    slow_too = pair.slow_peers and (number == 1 or not (options.quick or options.fast_peers))
    return {name: peer for name, peer in PEERS.items() if slow_too or name not in SLOW_PEERS}


def warm_up(options: argparse.Namespace) -> None:
    """Align once, and let the peers run once, so that nothing is timed that happens only once."""
    photo = read_photo(sorted(options.photos.rglob("*.jpg"))[0])
    align(prepare(photo), prepare(photo))
    if options.peers and set(options.sets) & {1, 2, 3}:
        from alignment_peers import warm_up as warm_up_peers

        warm_up_peers()


def refusals(options: argparse.Namespace) -> Refusals:
    """Judge the impossible and the genuine pairs of set 5."""

    def keep(name: str, before: Subject, after: Subject) -> None:
        if options.save:
            save_side_by_side(name, before.photo.pixels, after.photo.pixels, options.save)

    return judge_refusals(options.photos, keep, quick=options.quick)


def save(outcomes: list[Outcome], text: str, folder: Path) -> None:
    """Write the table, and one line a pair and method."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.txt").write_text(text + "\n", encoding="utf-8")
    with (folder / "pairs.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["group", "pair", "method", "unit", "median", "p95", "in_95", "seconds", "failed", "note"]
        )
        for one in outcomes:
            errors = [np.nan] if one.errors is None else one.errors
            covered = "" if one.covered is None else f"{np.mean(one.covered):.4f}"
            figures = f"{np.median(errors):.4f}", f"{np.quantile(errors, 0.95):.4f}", covered
            last = f"{one.seconds:.3f}", one.failed, one.note
            writer.writerow([one.groups[-1], one.pair, one.method, one.unit, *figures, *last])


def _sets(text: str) -> tuple[int, ...]:
    chosen = tuple(int(part) for part in text.split(","))
    if not set(chosen) <= set(SETS):
        raise argparse.ArgumentTypeError(f"sets are {', '.join(map(str, SETS))}, got {text}")
    return chosen


def main() -> None:
    """Parse the arguments, run the sets and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True, help="the folder of photos")
    parser.add_argument("--sets", type=_sets, default=SETS, help="which sets, for example 1,2")
    parser.add_argument(
        "--quick", action="store_true", help="a few pairs of each set, without slow peers in 2, 3"
    )
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--fast-peers", action="store_true", help="without slow peers in sets 2, 3")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--save", type=Path, help="a folder for the table, a line a pair, and pictures")
    options = parser.parse_args()
    if not any(options.photos.rglob("*.jpg")):
        parser.error(
            f"--photos is a folder with photographs (*.jpg) below it; there are none in {options.photos}"
        )
    warm_up(options)
    outcomes: list[Outcome] = []
    for number in options.sets:
        if number in (1, 2, 3):
            outcomes += pair_outcomes(number, options)
        elif number == 4:
            outcomes += real_outcomes(options.photos, quick=options.quick)
    judged = refusals(options) if 5 in options.sets else Refusals([], [])
    text = table([*tally(outcomes), *judged.rows], markdown=options.markdown)
    if judged.failures:
        text += "\n\n" + "\n".join(judged.failures)
    print(text)
    if options.save:
        save(outcomes, text, options.save)


if __name__ == "__main__":
    main()
