"""All that tells the light of a pair, gathered once: untreated skin, what lies beside the face, a colour chart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from skincompare.imaging.alignment import Alignment
from skincompare.imaging.bystanders import measure_bystanders
from skincompare.imaging.chart import ChartReading, read_chart
from skincompare.imaging.chart_light import chart_shift
from skincompare.imaging.colour import lab_from_linear, typology_angle
from skincompare.imaging.light import NO_LIGHT, OWN_REFERENCE, Light, LightRung, weigh_references
from skincompare.imaging.pairing import PairedRegion
from skincompare.imaging.patches import LightShift
from skincompare.imaging.references import Reference, measure_reference, tone_samples
from skincompare.imaging.sampling import FloatArray
from skincompare.imaging.subject import Subject
from skincompare.imaging.tone_curve import ToneCurve, fit_tone_curve
from skincompare.measurement import Effect, Flag

__all__ = ["ChartPair", "LightEvidence", "gather_light", "read_charts", "region_colour"]

MIN_PLACES = 2
"""Fewest places that stand in for untreated skin where the whole face was treated: none is trusted alone."""
OFF_THE_FACE = ("neck",)
"""Skin that counts among what lies beside the face when no skin of the face itself is untreated."""
CHART_TONE = ToneCurve(0.0, 0.05)
"""The tone curve where a chart tells it: nothing is taken off, and little of it is left unknown [judgement]."""


@dataclass(frozen=True, eq=False)
class ChartPair:
    """A colour chart, read in both photos and usable in both."""

    before: ChartReading
    after: ChartReading

    def shift(self, colour: FloatArray) -> LightShift:
        """Return what the light did to skin of a colour (linear RGB of the before photo); NaN where it cannot tell."""
        return chart_shift(self.before, self.after, colour)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What is wrong with either reading, once."""
        return tuple(dict.fromkeys((*self.before.flags, *self.after.flags)))


def read_charts(before: Subject, after: Subject) -> tuple[ChartPair | None, tuple[Flag, ...]]:
    """Read the colour chart of both photos, where the user says that it lies in both.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.

    Returns
    -------
    ChartPair or None, and tuple of Flag
        None where one of them shows no usable chart; the flags say which and why.
    """
    readings = [read_chart(subject.photo.pixels) for subject in (before, after)]
    first, second = readings
    if first is not None and second is not None and first.is_usable and second.is_usable:
        return ChartPair(first, second), ()
    return None, tuple(
        Flag(
            "no_chart",
            f"No colour chart could be used in the {which} photo, so the light is told without it.",
            " ".join(flag.advice for flag in reading.flags if flag.effect is Effect.NOT_MEASURABLE)
            if reading is not None
            else "Show the whole chart of 24 patches, flat, in the light of the skin, at least 220 pixels wide.",
        )
        for which, reading in zip(("before", "after"), readings, strict=True)
        if reading is None or not reading.is_usable
    )


@dataclass(frozen=True, eq=False)
class LightEvidence:
    """All that tells the light of a pair.

    Parameters
    ----------
    references : tuple of Reference
        Untreated places; none when nothing usable is known to be untreated. With a chart, their shift is that which
        the chart leaves.
    tone : ToneCurve
        Of the after photo.
    after : Subject
        The after photo, its frame freed from the tone curve.
    skin_tone_degrees : float
        Typology angle of the untreated skin, degrees.
    skin_colour : ndarray of float64, shape (3,)
        Median linear light of that skin in the before photo, RGB.
    charts : ChartPair, optional
        A colour chart in both photos.
    flags : tuple of Flag
        Circumstances.
    """

    references: tuple[Reference, ...]
    tone: ToneCurve
    after: Subject
    skin_tone_degrees: float
    skin_colour: FloatArray
    charts: ChartPair | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything tells the light."""
        return bool(self.references) or self.charts is not None

    def light(self, without: str | None = None, colour: FloatArray | None = None) -> Light:
        """Return what the light did to skin of a colour, without the word of one region.

        Parameters
        ----------
        without : str, optional
            Region whose own word does not count.
        colour : ndarray of float64, shape (3,), optional
            Its linear light in the before photo, RGB: a chart tells colours apart, and places of its colour count
            for more; default: the untreated skin's.

        Returns
        -------
        Light
            NO_LIGHT where nothing is left to tell it.
        """
        left = [one for one in self.references if one.name != without]
        if self.charts is not None:
            told = self._by_chart(self.charts, left, self.skin_colour if colour is None else colour)
        elif not left and self.references:
            return replace(NO_LIGHT, flags=(OWN_REFERENCE,))
        else:
            told = weigh_references(left, self.tone, colour)
        return replace(told, skin_tone_degrees=self.skin_tone_degrees, flags=(*told.flags, *self.flags))

    def _by_chart(self, charts: ChartPair, left: Sequence[Reference], colour: FloatArray) -> Light:
        """Return the chart's shift for a colour, corrected by what it leaves on untreated skin."""
        own = charts.shift(colour)
        if math.isnan(own.u):
            return NO_LIGHT
        if not left:
            return Light(LightRung.CHART, own, (), 0.0, charts.flags, self.tone)
        rest = weigh_references(left, self.tone)
        shift = replace(rest.shift, u=rest.shift.u + own.u, v=rest.shift.v + own.v)
        return replace(rest, rung=LightRung.CHART_AND_SKIN, shift=shift, flags=(*rest.flags, *charts.flags))


def gather_light(
    untreated: Sequence[PairedRegion],
    before: Subject,
    after: Subject,
    alignment: Alignment,
    px_per_mm: float,
    *,
    ask_bystanders: bool,
    charts: ChartPair | None = None,
    flags: tuple[Flag, ...] = (),
) -> LightEvidence:
    """Measure everything that tells the light.

    Parameters
    ----------
    untreated : sequence of PairedRegion
        Regions known to be untreated.
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Aligned, before to after.
    px_per_mm : float
        Scale of the before photo; NaN when unknown.
    ask_bystanders : bool
        Whether places beside the skin may serve where no skin of the face itself is untreated.
    charts : ChartPair, optional
        A colour chart in both photos: it tells the tone curve and what the light does to each colour.
    flags : tuple of Flag
        Circumstances that go with the light.

    Returns
    -------
    LightEvidence
        Without references where too little of the regions can be counted.
    """
    colour = _untreated_colour(untreated, before)
    angle = float(typology_angle(lab_from_linear(colour.astype(np.float32))))
    if charts is not None:
        measured = [measure_reference(one, before, after, px_per_mm) for one in untreated]
        rest = [_less_chart(one, charts) for one in measured if one is not None]
        kept = tuple(one for one in rest if not math.isnan(one.u))
        return LightEvidence(kept, CHART_TONE, after, angle, colour, charts, flags)
    sampled = [tone_samples(one, before, after, alignment) for one in untreated]
    tone = fit_tone_curve([one for one in sampled if one is not None])
    frame = after.frame
    straight = replace(after, frame=replace(frame, linear=tone.corrected(frame.linear)))
    measured = [measure_reference(one, before, straight, px_per_mm) for one in untreated]
    references = tuple(one for one in measured if one is not None)
    if ask_bystanders and all(one.name in OFF_THE_FACE for one in references):
        together = (*references, *measure_bystanders(before, straight))
        references = together if len(together) >= MIN_PLACES else ()
    return LightEvidence(references, tone, straight, angle, colour, None, flags)


def _less_chart(one: Reference, charts: ChartPair) -> Reference:
    """Return what a reference shows beyond what the chart says of its colour."""
    by_chart = charts.shift(np.array(one.before_colour))
    return replace(one, u=one.u - by_chart.u, v=one.v - by_chart.v)


def region_colour(pair: PairedRegion, before: Subject) -> FloatArray:
    """Return the median linear light of a region in the before photo, RGB; NaN where nothing counts."""
    return _median_colour(pair.before.cut(before.frame.linear)[pair.before.mask])


def _untreated_colour(untreated: Sequence[PairedRegion], before: Subject) -> FloatArray:
    """Return the median linear light of the untreated skin, or of all skin where none is known."""
    pixels = [one.before.cut(before.frame.linear)[one.before.mask] for one in untreated]
    return _median_colour(np.concatenate(pixels) if pixels else before.frame.linear[before.skin])


def _median_colour(pixels: npt.NDArray[np.floating]) -> FloatArray:
    return np.median(pixels, axis=0).astype(np.float64) if len(pixels) else np.full(3, np.nan)
