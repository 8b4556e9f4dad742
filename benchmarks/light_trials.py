"""One trial of the light benchmark: two photos of a person, with known redness and pigment and known disturbances."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import numpy.typing as npt
from light_disturbances import CONDITIONS, Condition, disturbed
from light_people import Person, inject

from skincompare.changes import change_between
from skincompare.imaging.align import align
from skincompare.imaging.alignment import Alignment
from skincompare.imaging.colour import ei_pair, lab_from_linear
from skincompare.imaging.comparability import Bearing
from skincompare.imaging.face import Face
from skincompare.imaging.frame import cut_frame
from skincompare.imaging.light import Light
from skincompare.imaging.light_error import ErrorParts, LightRung
from skincompare.imaging.light_evidence import gather_light
from skincompare.imaging.pairing import PairedRegion, pair_region, pair_skin
from skincompare.imaging.quality import judge_pair
from skincompare.imaging.references import SKIN_REFERENCES
from skincompare.imaging.regions import FACE_REGIONS, face_regions
from skincompare.imaging.scale import shared_scales
from skincompare.imaging.skin_mask import skin_mask
from skincompare.imaging.subject import Subject, prepare
from skincompare.metrics.registry import metrics
from skincompare.photo import Photo

__all__ = ["NATURAL_SD", "Outcome", "Pair", "prepared_pair", "run_trial"]

MEASURED = ("left_cheek", "right_cheek", "nose")
"""Regions whose change is compared with the truth."""
TREATED: Mapping[LightRung, tuple[str, ...]] = {
    LightRung.SEVERAL_REGIONS: (
        *MEASURED,
        *(f"{s}_{n}" for s in ("left", "right") for n in ("under_eye", "nasolabial", "crows_feet")),
        "upper_lip",
    ),
    LightRung.ONE_REGION: tuple(name for name in FACE_REGIONS if name not in ("forehead", "glabella")),
    LightRung.WHOLE_FACE: tuple(FACE_REGIONS),
}
"""What is treated, by the rung that is left: the cheeks and what lies between; all but the forehead; the whole face."""
NATURAL_SD = 0.5
"""SD of what the blood of each region does by itself between two photos of rendered people, EI: real people do it,
rendered ones do not."""
EI_OF_DENSITY = 72.0
"""EI of 1 of hemoglobin's optical density in G: 100 (1 - 0.28)."""


@dataclass(frozen=True, eq=False)
class Pair:
    """A person prepared once: faces, and the alignment of the undisturbed photos."""

    person: Person
    before: Subject
    after: Subject
    alignment: Alignment


@dataclass(frozen=True)
class Outcome:
    """What was said of one region of one trial, beside the truth; EI units."""

    person: str
    tone: str
    is_real: bool
    rung: str
    condition: str
    hemoglobin: float
    melanin: float
    region: str
    truth: float
    change: float
    sigma: float
    verdict: str
    blood: float
    blood_sigma: float
    parts: ErrorParts
    blood_parts: ErrorParts
    naive_ei: float
    naive_a: float


@dataclass(frozen=True)
class _Recording(Light):
    """A light that remembers the parts of each error it was asked for."""

    asked: list[ErrorParts] = field(default_factory=list)

    def sigma_of_change(self, weights, **parts) -> float:
        self.asked.append(self.error_parts(weights, **parts))
        return Light.sigma_of_change(self, weights, **parts)


def _photo(pixels: npt.NDArray[np.uint8], name: str) -> Photo:
    whole = np.ascontiguousarray(pixels)
    return Photo(whole, hashlib.sha256(whole.tobytes()).hexdigest(), name, "PNG")


def _as_subject(pixels: npt.NDArray[np.uint8], like: Subject, name: str) -> Subject:
    """Prepare a photo whose face is known from the undisturbed one."""
    photo = _photo(pixels, name)
    frame = cut_frame(photo, like.face)
    return Subject(photo, like.face, frame, skin_mask(frame, like.face), like.scale)


def prepared_pair(person: Person) -> Pair | None:
    """Prepare a person; None where the undisturbed photos cannot be aligned."""
    chance = np.random.default_rng(0)
    sides = [
        prepare(_photo(disturbed(one, Condition(), chance), f"{person.name}.png"))
        for one in (person.before, person.after)
    ]
    if any(one.face is None for one in sides):
        return None
    alignment = align(*sides, same_person=True)
    return Pair(person, *sides, alignment) if alignment.is_aligned else None


def run_trial(
    pair: Pair,
    rung: LightRung,
    condition: str,
    *,
    hemoglobin: float = 0.0,
    melanin: float = 0.0,
    repeat: int = 0,
) -> Iterator[Outcome]:
    """Disturb the after photo, measure, and say what came of it; nothing where a region is not measurable."""
    person = pair.person
    chance = np.random.default_rng(
        [zlib.crc32(f"{person.name} {condition} {rung}".encode()), round(1e4 * hemoglobin), repeat]
    )
    treated = TREATED[rung]
    amounts = dict.fromkeys(treated, hemoglobin)
    if not person.is_real:
        for name in (*FACE_REGIONS, "neck"):
            own = chance.normal(0, NATURAL_SD) / EI_OF_DENSITY
            amounts[name] = amounts.get(name, 0.0) + own
    face = pair.after.face
    assert isinstance(face, Face)
    changed = inject(
        person.after,
        face,
        hemoglobin=amounts,
        melanin=dict.fromkeys(treated, melanin) if melanin else None,
        px_per_mm=pair.after.scale.px_per_mm,
    )
    before = _as_subject(disturbed(person.before, CONDITIONS["nothing"], chance), pair.before, "before.png")
    after = _as_subject(disturbed(changed, CONDITIONS[condition], chance), pair.after, "after.png")
    yield from _outcomes(pair, before, after, rung, condition, hemoglobin, melanin)


def _outcomes(
    pair: Pair,
    before: Subject,
    after: Subject,
    rung: LightRung,
    condition: str,
    hemoglobin: float,
    melanin: float,
) -> Iterator[Outcome]:
    alignment = replace(pair.alignment, after=after.frame)
    scales = shared_scales(before.scale, after.scale, alignment.magnification)
    skin = pair_skin(before, after, alignment)
    size = before.photo.width, before.photo.height
    wanted = {*MEASURED, *SKIN_REFERENCES}
    paired = [
        pair_region(one, before, after, alignment, skin, scales[0])
        for one in face_regions(before.face, size)
        if one.name in wanted
    ]
    evidence = gather_light(
        _untreated(paired, rung), before, after, alignment, scales[0].px_per_mm, ask_bystanders=True
    )
    light = evidence.light()
    gate = judge_pair(before, after, alignment)
    if light.rung is not rung:
        return
    for region in (one for one in paired if one.name in MEASURED):
        doubts = gate.flags_on(region.name, Bearing.COLOUR)
        known = {f.name: getattr(light, f.name) for f in fields(Light)}
        recording = _Recording(**{**known, "flags": (*light.flags, *doubts)})
        patches = region.patch_pair(
            (before, evidence.after), scales, (light.before_shift, light.shift), alignment
        )
        redness, blood, _ = change_between(
            metrics()["redness"],
            patches,
            light=recording,
            pair_wide=gate.flags_on(region.name, Bearing.EVERYTHING),
        )
        if np.isnan(redness.change):
            continue
        naive = _naive(region, before, after)
        yield Outcome(
            pair.person.name,
            pair.person.tone,
            pair.person.is_real,
            rung.value,
            condition,
            hemoglobin,
            melanin,
            region.name,
            EI_OF_DENSITY * hemoglobin,
            redness.change,
            redness.sigma,
            redness.verdict.value,
            blood.change,
            blood.sigma,
            recording.asked[0],
            recording.asked[1],
            *naive,
        )


def _untreated(paired: Sequence[PairedRegion], rung: LightRung) -> list[PairedRegion]:
    """Return the references of a rung: one region means the forehead alone."""
    names = [one.name for one in paired if one.name in SKIN_REFERENCES and one.name not in TREATED[rung]]
    if rung is LightRung.ONE_REGION:
        names = ["forehead"]
    return [one for one in paired if one.name in names]


def _naive(region: PairedRegion, before: Subject, after: Subject) -> tuple[float, float]:
    """Return what a tutorial measures: the change of the mean EI and of the mean a* over the region."""
    sides = [
        side.cut(subject.frame.linear)[side.mask]
        for subject, side in ((before, region.before), (after, region.after))
    ]
    means = [(float(np.mean(ei_pair(one)[0])), float(np.mean(lab_from_linear(one)[:, 1]))) for one in sides]
    return means[1][0] - means[0][0], means[1][1] - means[0][1]
