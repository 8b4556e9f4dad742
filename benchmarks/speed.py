"""How long a comparison takes, stage by stage, beside OpenCV's decoding of the same two JPEGs in the same run.

    python benchmarks/speed.py [--photos DIR] [--pair BEFORE AFTER] [--repeats 5]

Without ``--photos`` it renders a pair of 12 megapixel portraits. With it, the first pair ``*_neutral.jpg`` /
``*_smile.jpg`` below the folder is timed as well. Every figure is the median of the repeats, after one warm-up.
Peak memory is that of a fresh process that compares the pair once.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from skincompare.compare import compare, compare_subjects
from skincompare.imaging.align import align
from skincompare.imaging.face import find_faces
from skincompare.imaging.frame import cut_frame
from skincompare.imaging.light import SAME_LIGHT
from skincompare.imaging.light_evidence import gather_light
from skincompare.imaging.pairing import pair_region, pair_skin
from skincompare.imaging.references import SKIN_REFERENCES
from skincompare.imaging.regions import face_regions
from skincompare.imaging.scale import shared_scales
from skincompare.imaging.skin_mask import skin_mask
from skincompare.imaging.subject import prepare
from skincompare.metrics.registry import metrics
from skincompare.photo import read_photo

TREATED = ("left_cheek", "right_cheek")


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median time of some work, after one warm-up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def render_pair(folder: Path) -> tuple[Path, Path]:
    """Render a person before and after at 12 megapixels."""
    from skincompare.synthetic.camera import CameraOptions, encode_jpeg
    from skincompare.synthetic.portrait import PortraitOptions, ViewOptions, grow_head, render
    from skincompare.synthetic.surface import Pose

    paths = []
    for name, redness, pose, seed in (
        ("before", {}, Pose(face_share=0.7), 1),
        ("after", {"left_cheek": 0.15, "right_cheek": 0.12}, Pose(yaw=3.0, roll=2.0, face_share=0.68), 2),
    ):
        head = grow_head(
            PortraitOptions(head_seed=3, skin_seed=5, ita_degrees=45.0, redness=redness, px_per_mm=14.0)
        )
        view = ViewOptions(pose=pose, size_px=(3000, 4000), camera=CameraOptions(seed=seed))
        path = folder / f"{name}.jpg"
        path.write_bytes(encode_jpeg(render(head, view).pixels, quality=92))
        paths.append(path)
    return paths[0], paths[1]


def stages(pair: tuple[Path, Path], repeats: int) -> list[tuple[str, float]]:
    """Time decoding by OpenCV, every stage, and the whole."""
    data = [path.read_bytes() for path in pair]
    codes = [np.frombuffer(one, np.uint8) for one in data]
    rows = [
        (
            "OpenCV decodes both (the peer)",
            median_seconds(lambda: [cv2.imdecode(one, cv2.IMREAD_COLOR) for one in codes], repeats),
        )
    ]
    rows.append(("read both", median_seconds(lambda: [read_photo(one) for one in data], repeats)))
    photos = [read_photo(one) for one in data]
    rows.append(
        ("find both faces", median_seconds(lambda: [find_faces(one.pixels) for one in photos], repeats))
    )
    faces = [find_faces(one.pixels)[0] for one in photos]
    cuts = list(zip(photos, faces, strict=True))
    rows.append(("cut both frames", median_seconds(lambda: [cut_frame(*one) for one in cuts], repeats)))
    frames = list(zip([cut_frame(*one) for one in cuts], faces, strict=True))
    rows.append(("mask both skins", median_seconds(lambda: [skin_mask(*one) for one in frames], repeats)))
    before, after = (prepare(one) for one in photos)
    rows.append(("align", median_seconds(lambda: align(before, after), repeats)))
    alignment = align(before, after)
    rows.append(("pair the skin", median_seconds(lambda: pair_skin(before, after, alignment), repeats)))
    skin = pair_skin(before, after, alignment)
    scales = shared_scales(before.scale, after.scale, alignment.magnification)
    regions = face_regions(before.face, (before.photo.width, before.photo.height))

    def pair_all() -> list[object]:
        return [pair_region(one, before, after, alignment, skin, scales[0]) for one in regions]

    rows.append((f"carry {len(regions)} regions over", median_seconds(pair_all, repeats)))
    pairs = [pair_region(one, before, after, alignment, skin, scales[0]) for one in regions]

    untreated = [one for one in pairs if one.name in SKIN_REFERENCES and one.name not in TREATED]

    def tell_light() -> object:
        return gather_light(
            untreated, before, after, alignment, scales[0].px_per_mm, ask_bystanders=True
        ).light()

    rows.append(("tell the light", median_seconds(tell_light, repeats)))

    def patches() -> list[object]:
        return [
            (one.before_patch(before, scales[0], SAME_LIGHT), one.after_patch(after, scales[1], SAME_LIGHT))
            for one in pairs
        ]

    rows.append(("cut the patches", median_seconds(patches, repeats)))
    ready = [patch for two in patches() for patch in two]
    for name, spec in metrics().items():
        rows.append(
            (
                f"measure {name}",
                median_seconds(lambda s=spec: [s.measure(p, s.options) for p in ready], repeats),
            )
        )
    rows.append(
        (
            "compare, photos prepared",
            median_seconds(lambda: compare_subjects(before, after, treated=TREATED), repeats),
        )
    )
    rows.append(("the whole", median_seconds(lambda: compare(data[0], data[1], treated=TREATED), repeats)))
    return rows


def peak_memory_mb(pair: tuple[Path, Path]) -> float:
    """Compare the pair once in a fresh process and return its peak memory (Linux; ru_maxrss outlives exec)."""
    code = (
        "import sys; from skincompare.compare import compare; "
        "compare(sys.argv[1], sys.argv[2], treated='left_cheek,right_cheek'); "
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
    )
    command = [sys.executable, "-c", code, *map(str, pair)]
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(out.stdout) / 1024


def print_table(title: str, pair: tuple[Path, Path], repeats: int) -> None:
    """Print one pair's table."""
    rows = stages(pair, repeats)
    decoding = rows[0][1]
    print(f"\n{title}")
    print(f"{'stage':36s} {'ms':>8s} {'x decoding':>11s}")
    for name, seconds in rows:
        print(f"{name:36s} {1000 * seconds:8.0f} {seconds / decoding:11.2f}")
    print(f"{'peak memory of a fresh process, MB':36s} {peak_memory_mb(pair):8.0f}")


def main() -> None:
    """Parse the arguments and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, help="a folder with pairs *_neutral.jpg and *_smile.jpg")
    parser.add_argument(
        "--pair", type=Path, nargs=2, help="two JPEGs to use instead of the rendered portraits"
    )
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pair = options.pair or render_pair(Path(folder))
        print_table("two 12 megapixel portraits", pair, options.repeats)
    if options.photos:
        first = sorted(options.photos.rglob("*_neutral.jpg"))[0]
        pair = first, first.with_name(first.name.replace("_neutral", "_smile"))
        print_table(f"{first.name} and its pair", pair, options.repeats)


if __name__ == "__main__":
    main()
