"""What the texture metrics cost: 4 megapixels of skin, in decodings of one 12 megapixel JPEG of the same run."""

import io
import resource
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import cv2
import numpy as np
from PIL import Image
from texture_common import Row, ours, patch_of, photographed

from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.metrics.registry import MetricSpec, metrics
from skincompare.synthetic.camera import CameraOptions, encode_jpeg
from skincompare.synthetic.skin import SkinOptions

PX_PER_MM = 16
SIDE_PX = 2000
JPEG_PX = (4000, 3000)
KIB_PER_MB = 1024


def table(quick: bool) -> list[Row]:
    """Return the cost of each metric on one photo, of its paired change, of all, and the peak memory."""
    repeats = 1 if quick else 3
    decoding = _decoding_seconds(repeats)
    both = _skin(1), _skin(2)
    alone = {
        name: _seconds(lambda s=spec: _measure(s, both), repeats) / 2 for name, spec in metrics().items()
    }
    shared = _seconds(lambda: _all_of(both), repeats) / 2
    peak = _peak_mb()
    together = _seconds(lambda: _both_of(both), repeats)
    figure = "cost of 4 megapixels of skin, decodings of a 12 megapixel JPEG"
    rows = [
        ours("cost", figure, f"{name}, one photo", took / decoding, "", 1) for name, took in alone.items()
    ]
    rows.append(ours("cost", figure, "all metrics, one photo, shared", shared / decoding, "<= 18", 1))
    rows.append(
        ours("cost", figure, "all metrics, two photos and their paired changes", together / decoding, "", 1)
    )
    rows.append(ours("cost", "peak memory, MB", "one photo, with what drew the skin", peak, "<= 700", 0))
    rows.append(ours("cost", "peak memory, MB", "two photos, and untreated skin as large", _peak_mb(), "", 0))
    return rows


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MB


def _skin(seed: int) -> SkinPatch:
    """Return 4 megapixels of skin: a piece of rendered skin, mirrored on and on."""
    scene = photographed(
        SkinOptions(size_mm=(32.0, 32.0), seed=3), PX_PER_MM, camera=CameraOptions(seed=seed, jpeg_quality=92)
    )
    margin = SIDE_PX - scene.pixels.shape[0]
    wide = cv2.copyMakeBorder(scene.pixels, 0, margin // 3, 0, margin // 3, cv2.BORDER_REFLECT)
    wide = np.tile(wide, (4, 4, 1))[:SIDE_PX, :SIDE_PX]
    whole = replace(scene, pixels=np.ascontiguousarray(wide))
    return patch_of(whole, np.ones((SIDE_PX, SIDE_PX), np.bool_))


def _fresh(both: tuple[SkinPatch, SkinPatch]) -> tuple[SkinPatch, SkinPatch]:
    """Return the patches with nothing remembered."""
    return replace(both[0]), replace(both[1])


def _measure(spec: MetricSpec, both: tuple[SkinPatch, SkinPatch]) -> None:
    for patch in _fresh(both):
        spec.measure(patch, spec.options)


def _all_of(both: tuple[SkinPatch, SkinPatch]) -> None:
    for patch in _fresh(both):
        for spec in metrics().values():
            spec.measure(patch, spec.options)


def _both_of(both: tuple[SkinPatch, SkinPatch]) -> None:
    """Measure two photos and their changes as a comparison does: a region, and untreated skin beside it as large."""
    regions = [_fresh(both) for _ in range(2)]
    pair, reference = (PatchPair(lambda own=own: own, lambda xy: xy, lambda xy: xy) for own in regions)
    for spec in metrics().values():
        for patch in pair.patches:
            spec.measure(patch, spec.options)
        if spec.change is not None:
            spec.change(pair, [reference], spec.options)


def _seconds(work: Callable[[], object], repeats: int) -> float:
    took = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        took.append(perf_counter() - start)
    return min(took)


def _decoding_seconds(repeats: int) -> float:
    scene = photographed(SkinOptions(size_mm=(32.0, 32.0), seed=3), PX_PER_MM)
    pixels = np.tile(scene.pixels, (6, 8, 1))[: JPEG_PX[1], : JPEG_PX[0]]
    data = encode_jpeg(np.ascontiguousarray(pixels), quality=92)

    def decode() -> None:
        with Image.open(io.BytesIO(data)) as image:
            np.asarray(image.convert("RGB"))

    return _seconds(decode, repeats)
