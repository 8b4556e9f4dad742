"""What the light alone did to the colour of the after photo, told from untreated places.

White balance and light shift u = 100 log10(R/G) and v = 100 log10(G/B) of all skin by the same amount; what untreated
regions show is therefore the light, and the rest is the skin. First the tone curve of the after photo is taken off;
then the references are weighed by their own error and by how much such a place varies by itself; how far they
disagree widens the error. Where the whole face was treated, what lies beside it serves: neck, ears, eyes, hair, wall.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from skincompare.imaging.light_error import ERROR_WEIGHTS, ErrorParts, LightRung
from skincompare.imaging.patches import LightShift
from skincompare.imaging.references import Reference, ReferenceKind
from skincompare.imaging.sampling import FloatArray
from skincompare.imaging.tone_curve import STRAIGHT, ToneCurve
from skincompare.measurement import Effect, Flag

__all__ = [
    "NO_LIGHT",
    "OWN_REFERENCE",
    "SAME_LIGHT",
    "Light",
    "LightRung",
    "weigh_references",
]

HUBER = 1.5
"""Standardised residual from which a reference is weighed down (Huber 1964, doi:10.1214/aoms/1177703732)."""
MAX_DISAGREEMENT_EI = 8.0
"""Range of the skin references' shifts beyond which no change of colour can be told (untouched: 95 % below 3.6)."""
MIN_REFERENCE_MM = 20.0
"""Width from which a single reference is large enough, mm."""
GAIN_SD = 0.08
"""Relative SD of the steepness of a phone's tone curve [judgement; ``benchmarks/light.py`` weighs it]."""

BETTER: Mapping[LightRung, str] = MappingProxyType(
    {
        LightRung.CHART_AND_SKIN: "",
        LightRung.SEVERAL_REGIONS: "",
        LightRung.ONE_REGION: "Two or more untreated places (forehead, nose, chin, neck) make the error smaller.",
        LightRung.WHOLE_FACE: "Show the neck, and the inner arm in the same light, in both photos: untreated skin "
        "makes the error smaller.",
        LightRung.CHART: "Untreated skin in view, beside the chart, makes the error much smaller.",
        LightRung.NOTHING: "Name skin that was not treated, or show the neck in both photos.",
    }
)
"""What photo would have been better, by rung."""


@dataclass(frozen=True, slots=True)
class Light:
    """What the light did between the two photos.

    Parameters
    ----------
    rung : LightRung
        By what it was told.
    shift : LightShift
        To subtract from the after photo, freed from its tone curve; NaN when nothing tells it.
    references : tuple of Reference
        Places used.
    disagreement : float
        Range of the references' u shifts, EI; 0 for one, NaN for none.
    flags : tuple of Flag
        Circumstances.
    tone : ToneCurve
        Of the after photo against the before photo.
    tone_slope : tuple of float
        By how much the shift (u, v) grows with the bend of the tone curve, EI units.
    skin_tone_degrees : float
        Typology angle of the untreated skin in the before photo, degrees; NaN when unknown.
    """

    rung: LightRung
    shift: LightShift
    references: tuple[Reference, ...]
    disagreement: float
    flags: tuple[Flag, ...] = ()
    tone: ToneCurve = STRAIGHT
    tone_slope: tuple[float, float] = (0.0, 0.0)
    skin_tone_degrees: float = math.nan

    @property
    def before_shift(self) -> LightShift:
        """What is taken off the before photo: nothing; it only knows the level of the untreated skin."""
        return replace(SAME_LIGHT, level_u=self.shift.level_u)

    def sigma_of_change(
        self,
        weights: tuple[float, float],
        *,
        change: float,
        repeat: float,
        sampling: float,
        colour: FloatArray,
    ) -> float:
        """Return one standard deviation of a change of colour, calibrated; see :meth:`error_parts`."""
        parts = self.error_parts(weights, change=change, repeat=repeat, sampling=sampling, colour=colour)
        return ERROR_WEIGHTS[self.rung].sigma(parts)

    def error_parts(
        self,
        weights: tuple[float, float],
        *,
        change: float,
        repeat: float,
        sampling: float,
        colour: FloatArray,
    ) -> ErrorParts:
        """Return what makes a change of colour wrong.

        Parameters
        ----------
        weights : tuple of float
            How the quantity is made of u and v.
        change : float
            The change itself: what a steeper tone curve stretches.
        repeat : float
            Standard deviation of the change of unchanged skin.
        sampling : float
            By the scatter of the region's blocks.
        colour : ndarray of float64, shape (3,)
            Median linear light of the region in the after photo.

        Returns
        -------
        ErrorParts
            In the unit of the quantity; NaN where the light is unknown.
        """
        own = ToneCurve.slope_of(colour)
        bend = sum(
            weight * (here - there) for weight, here, there in zip(weights, own, self.tone_slope, strict=True)
        )
        return ErrorParts(
            repeat,
            sampling,
            self.shift.sigma_of(weights),
            abs(bend) * self.tone.sigma,
            GAIN_SD * abs(change),
        )

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "rung": self.rung.value,
            "references": [one.name for one in self.references],
            "better_photo": BETTER[self.rung],
            **{
                name: None if math.isnan(value) else value
                for name, value in (
                    ("shift_ei", self.shift.u),
                    ("sigma_ei", self.shift.sigma_u),
                    ("disagreement_ei", self.disagreement),
                    ("tone_bend", self.tone.bend),
                    ("tone_bend_sigma", self.tone.sigma),
                    ("skin_tone_ita_degrees", self.skin_tone_degrees),
                )
            },
            "shifts": [
                {"name": one.name, "kind": one.kind.value, "shift_ei": one.u, "sigma_ei": one.sigma_u}
                for one in self.references
            ],
            "flags": [flag.to_dict() for flag in self.flags],
        }


SAME_LIGHT = LightShift(0.0, 0.0, 0.0, 0.0)
"""The before photo's own light: what all colours are brought to."""
NO_LIGHT = Light(
    LightRung.NOTHING,
    LightShift(math.nan, math.nan, math.nan, math.nan),
    (),
    math.nan,
    (
        Flag(
            "no_reference",
            "No untreated skin is named, and the colour of the light is not known.",
            "Name skin that was not treated, such as the forehead; on a close-up, draw one beside the treated place.",
            Effect.NOT_MEASURABLE,
        ),
    ),
)
"""Without a reference the light is unknown, and no change of colour can be told."""
OWN_REFERENCE = Flag(
    "own_reference",
    "This is the only untreated region: it tells what the light did, so it has no change of its own.",
    "Name a second untreated region to have this one checked as well.",
    Effect.NOT_MEASURABLE,
)
"""Why the only reference has no change of colour itself."""


def weigh_references(references: Sequence[Reference], tone: ToneCurve = STRAIGHT) -> Light:
    """Combine the references to one shift of the light.

    Parameters
    ----------
    references : sequence of Reference
        Untreated places, measured on the after photo freed from its tone curve; may be empty.
    tone : ToneCurve
        That curve.

    Returns
    -------
    Light
        The robust weighted mean, with its error.
    """
    if not references:
        return NO_LIGHT
    shifts = np.array([(one.u, one.v) for one in references])
    sigmas = np.array([(one.sigma_u, one.sigma_v) for one in references])
    trust = _trust(shifts, sigmas)
    shift = trust @ shifts
    covariance = _covariance(shifts, sigmas, trust, shift)
    levels = np.array([one.level for one in references])
    slopes = np.array(
        [
            (0.0, 0.0) if math.isnan(one.colour[0]) else ToneCurve.slope_of(np.array(one.colour))
            for one in references
        ]
    )
    skin = [one.u for one in references if one.kind is ReferenceKind.SKIN]
    disagreement = float(np.ptp(skin)) if skin else 0.0
    return Light(
        _rung(references),
        LightShift(
            float(shift[0]),
            float(shift[1]),
            math.sqrt(covariance[0, 0]),
            math.sqrt(covariance[1, 1]),
            float(covariance[0, 1]),
            float(trust @ levels[:, 0]),
        ),
        tuple(references),
        disagreement,
        tuple(_flags(references, disagreement)),
        tone,
        (float(trust @ slopes[:, 0]), float(trust @ slopes[:, 1])),
    )


def _rung(references: Sequence[Reference]) -> LightRung:
    if any(one.kind is ReferenceKind.BYSTANDER for one in references):
        return LightRung.WHOLE_FACE
    return LightRung.SEVERAL_REGIONS if len(references) > 1 else LightRung.ONE_REGION


def _trust(shifts: FloatArray, sigmas: FloatArray) -> FloatArray:
    """Return the weight of each reference, together 1: less where its u or v stands apart from the others."""
    base = 1 / (sigmas**2).sum(axis=1)
    trust = base / base.sum()
    for _ in range(20):
        rest = np.abs(shifts - trust @ shifts) / sigmas
        trust = base * np.minimum(1, HUBER / np.maximum(rest.max(axis=1), 1e-9))
        trust /= trust.sum()
    return np.asarray(trust, np.float64)


def _covariance(shifts: FloatArray, sigmas: FloatArray, trust: FloatArray, shift: FloatArray) -> FloatArray:
    """Return the covariance of the shift, widened where the references disagree more than their errors allow."""
    stated = np.diag((trust[:, None] ** 2 * sigmas**2).sum(axis=0))
    if len(shifts) < 2:
        return np.asarray(stated, np.float64)
    rest = (shifts - shift) / sigmas
    excess = max(1.0, float((trust[:, None] * rest**2).sum() / 2) * len(shifts) / (len(shifts) - 1))
    return np.asarray(stated * excess, np.float64)


def _flags(references: Sequence[Reference], disagreement: float) -> list[Flag]:
    flags = []
    if disagreement > MAX_DISAGREEMENT_EI:
        flags.append(
            Flag(
                "references_disagree",
                f"The untreated regions changed colour by amounts that differ by {disagreement:.1f} EI.",
                "Use one even light from the front, and name only skin that was not treated.",
                Effect.NOT_MEASURABLE,
            )
        )
    rung = _rung(references)
    if rung is LightRung.ONE_REGION and references[0].width_mm < MIN_REFERENCE_MM:
        flags.append(
            Flag(
                "small_reference",
                f"The only untreated region is {references[0].width_mm:.0f} mm wide.",
                f"Name more untreated skin, at least {MIN_REFERENCE_MM:.0f} mm across.",
                Effect.WIDER_ERROR,
            )
        )
    if rung is LightRung.WHOLE_FACE:
        names = ", ".join(one.name for one in references)
        flags.append(
            Flag(
                "whole_face",
                f"No skin of the face itself is untreated, so the light is told by what lies beside it: {names}.",
                BETTER[rung],
            )
        )
    return flags
