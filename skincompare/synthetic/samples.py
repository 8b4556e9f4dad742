"""The sample images: simulated patients and close-ups whose truth is known, written the same way every time.

Each patient is photographed before a treatment, on its day and on the days after, with another pose, light and white
balance each time, as people do at home. ``truth.json`` beside the pictures says what was put in.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np

from skincompare.synthetic.camera import CameraOptions, close_up, encode_jpeg
from skincompare.synthetic.chart_sample import (
    CHART_CAPTURED,
    CHART_FILE,
    CHART_LAMP,
    CHART_QUALITY,
    chart_picture,
)
from skincompare.synthetic.lighting import PortraitLight
from skincompare.synthetic.noise import FloatMap, stream
from skincompare.synthetic.optics import LightOptions
from skincompare.synthetic.portrait import (
    Head,
    PortraitOptions,
    Render,
    ViewOptions,
    grow_head,
    render,
    shade,
)
from skincompare.synthetic.render import ShadedScene
from skincompare.synthetic.sample_plans import CLOSE_UPS, DAYS, PATIENTS, WEEKS, CloseUpSeries, Patient
from skincompare.synthetic.skin import SkinOptions
from skincompare.synthetic.surface import Pose

__all__ = [
    "CLOSE_UPS",
    "PATIENTS",
    "CloseUpSeries",
    "Patient",
    "chart_file",
    "close_up_file",
    "portrait_file",
    "write_samples",
]

TRUTH_SCHEMA = 1
"""Version of ``truth.json``."""
LEAST_LIGHT = 1e-4
"""Linear light below which a colour means nothing."""
CLOSE_UP_QUALITY = 92
"""JPEG quality of the close-ups."""
PORTRAIT_SKIN_PX_PER_MM = 8.0
"""Resolution of the skin on a portrait: above that of the picture, about 6 px/mm."""
CLOSE_UP_PX_PER_MM = 20.0
"""Scale of a close-up."""
CLOSE_UP_FRAME_MM = (60.0, 45.0)
"""Width and height of a close-up, mm."""

CHARTS = "charts"
"""What photos of a colour chart are listed under."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class SampleFile:
    """One picture, encoded, and its entry in ``truth.json``."""

    file: str
    data: bytes
    truth: Mapping[str, Any]


def write_samples(directory: Path, progress: Progress | None = None) -> tuple[Path, ...]:
    """Write all sample images and ``truth.json``.

    Parameters
    ----------
    directory : Path
        Where to; it is made when it is missing. Files of the same name are replaced.
    progress : callable, optional
        Called with the name of a file and the share done, in [0, 1].

    Returns
    -------
    tuple of Path
        The files written, ``truth.json`` last. The same on every call, bit for bit, on one machine.
    """
    total = len(PATIENTS) * len(DAYS) + len(CLOSE_UPS) * len(WEEKS) + 1
    written: list[Path] = []
    truths: dict[str, list[dict[str, Any]]] = {}
    for series, sample in _all_files():
        if progress:
            progress(sample.file, len(written) / total)
        path = directory / sample.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample.data)
        written.append(path)
        truths.setdefault(series, []).append(dict(sample.truth))
    truth_path = directory / "truth.json"
    truth_path.write_text(json.dumps(_truth(truths), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return (*written, truth_path)


def _all_files() -> Iterator[tuple[str, SampleFile]]:
    for patient in PATIENTS:
        for index in range(len(DAYS)):
            yield patient.name, portrait_file(patient, index)
    for series in CLOSE_UPS:
        for index in range(len(WEEKS)):
            yield series.name, close_up_file(series, index)
    yield CHARTS, chart_file()


def portrait_file(patient: Patient, index: int) -> SampleFile:
    """Photograph a patient on one of :data:`DAYS`.

    Parameters
    ----------
    patient : Patient
        Who.
    index : int
        Which of the days.

    Returns
    -------
    SampleFile
        JPEG bytes with the capture time in EXIF, and the truth.
    """
    day = DAYS[index]
    chance = stream(patient.skin_seed, f"sample view {index}")
    captured = _captured(patient.treated_at, day, chance)
    exact = None if day is None else (captured - patient.treated_at).total_seconds() / 86400
    redness = patient.redness_on(exact)
    head, calm = _head(patient, redness, patient.pigment_on(exact)), _calm_head(patient)
    view = _view(chance, patient.size_px)
    picture = render(head, view)
    added = {name: float(value) for name, value in picture.truth.added_hemoglobin.items()}
    rise = dict.fromkeys(added, 0.0) if day is None else _rise(picture, shade(head, view), shade(calm, view))
    truth: dict[str, Any] = {
        "label": "Before" if day is None else f"Day {day}",
        "captured": captured.isoformat(),
        "redness_od": {name: round(value, 5) for name, value in added.items()},
        "redness_ei": {name: round(value, 3) for name, value in rise.items()},
        "pose": asdict(view.pose),
        "white_balance": list(view.camera.white_balance),
        "tone_curve": view.camera.tone_curve,
    }
    if patient.pigment_od:
        truth["pigment_od"] = {
            name: round(float(value), 5) for name, value in picture.truth.added_melanin.items()
        }
    file = f"{patient.name}/{'before' if day is None else f'day_{day:02d}'}.jpg"
    return _encoded(file, picture.pixels, patient.quality, captured, truth)


def _head(patient: Patient, redness: Mapping[str, float], pigment: Mapping[str, float]) -> Head:
    return grow_head(
        PortraitOptions(
            head_seed=patient.head_seed,
            skin_seed=patient.skin_seed,
            ita_degrees=patient.ita_degrees,
            redness=MappingProxyType(dict(redness)),
            redness_seed=patient.skin_seed,
            pigment=MappingProxyType(dict(pigment)),
            px_per_mm=PORTRAIT_SKIN_PX_PER_MM,
        )
    )


@lru_cache(maxsize=1)
def _calm_head(patient: Patient) -> Head:
    """Return the patient without any treatment: the same for every day of the course."""
    return _head(patient, {}, {})


def _rise(picture: Render, red: ShadedScene, calm: ShadedScene) -> dict[str, float]:
    """Return the rise of the erythema index by region: the same perfect photo with and without the treatment.

    It is a little less than 72 times the optical density, because the skin's sheen is not reddened, and it is the
    median over the region, as a measurement's is. Regions that are hidden are left out.
    """
    height, width = red.skin_visible.shape
    rise = _erythema(red.linear) - _erythema(calm.linear)
    found = {}
    for name in picture.truth.region_outlines_mm:
        inside = np.zeros((height, width), np.uint8)
        cv2.fillPoly(inside, [np.round(picture.region_outline(name)).astype(np.int32)], 1)
        seen = (inside > 0) & (red.skin_visible > 0.5)
        if seen.any():
            found[name] = float(np.median(rise[seen]))
    return found


def _erythema(linear: FloatMap) -> FloatMap:
    light = np.maximum(linear, LEAST_LIGHT)
    return np.asarray(100 * np.log10(light[..., 0] / light[..., 1]), np.float32)


def _view(chance: np.random.Generator, size_px: tuple[int, int]) -> ViewOptions:
    """Draw how a photo of one day differs from another's: pose, light, white balance, tone curve."""
    yaw, pitch, roll = chance.normal(0.0, (2.2, 1.8, 2.0))
    white = 1 + chance.uniform(-0.07, 0.07, 2)
    return ViewOptions(
        pose=Pose(
            yaw=float(yaw),
            pitch=float(pitch),
            roll=float(roll),
            distance_mm=float(chance.uniform(560, 680)),
            face_share=float(chance.uniform(0.57, 0.63)),
            centre_share=(float(chance.uniform(0.48, 0.52)), float(chance.uniform(0.455, 0.485))),
        ),
        size_px=size_px,
        light=PortraitLight(
            azimuth_degrees=float(chance.uniform(70, 125)),
            elevation_degrees=float(chance.uniform(46, 58)),
            ambient=float(chance.uniform(0.36, 0.46)),
        ),
        camera=CameraOptions(
            exposure=float(chance.uniform(0.86, 1.0)),
            white_balance=(float(white[0]), 1.0, float(white[1])),
            light_gradient=float(chance.uniform(-0.12, 0.12)),
            light_gradient_degrees=float(chance.uniform(0, 180)),
            tone_curve=float(chance.uniform(-0.08, 0.08)),
            seed=int(chance.integers(1 << 31)),
        ),
    )


def close_up_file(series: CloseUpSeries, index: int) -> SampleFile:
    """Photograph a close-up in one of :data:`WEEKS`.

    Parameters
    ----------
    series : CloseUpSeries
        Which place.
    index : int
        Which of the weeks.

    Returns
    -------
    SampleFile
        JPEG bytes with the capture time in EXIF, and the truth.
    """
    week = WEEKS[index]
    chance = stream(series.skin.seed, f"sample view {index}")
    captured = _captured(series.treated_at, None if week is None else 7 * week, chance)
    scale = CLOSE_UP_PX_PER_MM * float(chance.uniform(0.97, 1.03)) if index else CLOSE_UP_PX_PER_MM
    fields = {
        **asdict(series.skin),
        "pore_scale": series.pore_scale[index],
        "relief_scale": series.relief_scale[index],
    }
    scene = close_up(
        SkinOptions(**fields),
        LightOptions(
            azimuth_degrees=float(chance.uniform(112, 128)), elevation_degrees=float(chance.uniform(48, 54))
        ),
        CameraOptions(
            exposure=float(chance.uniform(0.94, 1.06)),
            white_balance=(float(chance.uniform(0.95, 1.05)), 1.0, float(chance.uniform(0.95, 1.05))),
            seed=int(chance.integers(1 << 31)),
        ),
        px_per_mm=scale,
        rotation_degrees=float(chance.uniform(-6, 6)),
        shift_mm=(float(chance.uniform(-2, 2)), float(chance.uniform(-2, 2))),
        frame_mm=CLOSE_UP_FRAME_MM,
    )
    pores = scene.truth.pores
    truth = {
        "label": "Before" if week is None else f"Week {week}",
        "captured": captured.isoformat(),
        "px_per_mm": scale,
        "pore_scale": series.pore_scale[index],
        "relief_scale": series.relief_scale[index],
        "median_pore_diameter_mm": round(float(np.median(pores.diameter_mm)), 5),
    }
    file = f"{series.name}/{'before' if week is None else f'week_{week:02d}'}.jpg"
    return _encoded(file, scene.pixels, CLOSE_UP_QUALITY, captured, truth)


def chart_file() -> SampleFile:
    """Photograph a colour chart on skin; JPEG bytes with the capture time in EXIF, and the truth: the lamp."""
    truth = {"captured": CHART_CAPTURED.isoformat(), "lamp": CHART_LAMP}
    return _encoded(CHART_FILE, chart_picture(), CHART_QUALITY, CHART_CAPTURED, truth)


def _captured(treated_at: datetime, day: int | None, chance: np.random.Generator) -> datetime:
    """Return when a photo was taken: half an hour before, half an hour after, or some hour of a later day."""
    if day is None:
        return treated_at - timedelta(minutes=30)
    if day == 0:
        return treated_at + timedelta(minutes=40)
    minutes = int(chance.integers(8 * 60, 20 * 60))
    midnight = treated_at.replace(hour=0, minute=0)
    return midnight + timedelta(days=day, minutes=minutes)


def _encoded(
    file: str,
    pixels: np.ndarray[Any, np.dtype[np.uint8]],
    quality: int,
    captured: datetime,
    truth: Mapping[str, Any],
) -> SampleFile:
    data = encode_jpeg(pixels, quality=quality, captured=captured)
    entry = {"file": file, "sha256": hashlib.sha256(data).hexdigest(), **truth}
    return SampleFile(file, data, MappingProxyType(entry))


def _truth(photos: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "schema_version": TRUTH_SCHEMA,
        "courses": [
            {
                "name": patient.name,
                "title": patient.title,
                "summary": patient.summary,
                "ita_degrees": patient.ita_degrees,
                "condition": patient.condition,
                "needle_depth_mm": patient.needle_depth_mm,
                "treated_at": patient.treated_at.isoformat(),
                "treated": list(patient.redness_od),
                "reference": [],
                "recovery_days": patient.recovery_days,
                "photos": photos[patient.name],
            }
            for patient in PATIENTS
        ],
        "close_ups": [
            {
                "name": series.name,
                "title": series.title,
                "summary": series.summary,
                "px_per_mm": CLOSE_UP_PX_PER_MM,
                "treated_at": series.treated_at.isoformat(),
                "photos": photos[series.name],
            }
            for series in CLOSE_UPS
        ],
        CHARTS: photos[CHARTS],
    }
