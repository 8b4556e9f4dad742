"""How wrong a change of colour may be: the parts of its error, put together as the truth of many pairs demands.

The parts are known in size but not in independence: uncalibrated, their quadratic sum covers the truth on 65-91 % of
pairs that are called 95 %. ``benchmarks/light.py`` fits the weights on half of its people and prints the coverage on
the other half.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = ["ERROR_WEIGHTS", "ErrorParts", "ErrorWeights", "LightRung"]


class LightRung(StrEnum):
    """By what the light was told, the best first."""

    CHART_AND_SKIN = "a colour chart and untreated skin"
    SEVERAL_REGIONS = "several untreated regions"
    ONE_REGION = "one untreated region"
    WHOLE_FACE = "what lies beside the treated face"
    CHART = "a colour chart alone"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ErrorParts:
    """Standard deviations of what makes a change of colour wrong, in the unit of the change.

    Parameters
    ----------
    repeat : float
        By how much unchanged skin differs between two photos.
    sampling : float
        By the scatter of the blocks of the region.
    light : float
        Of the shift of the light.
    tone : float
        Of the tone curve, on this region against the references.
    gain : float
        Of the size of the change: a tone curve that is steeper everywhere stretches every ratio of channels, which
        nothing in the picture tells from white balance.
    """

    repeat: float
    sampling: float
    light: float
    tone: float
    gain: float


@dataclass(frozen=True, slots=True)
class ErrorWeights:
    """Factors on the five parts."""

    repeat: float
    sampling: float
    light: float
    tone: float
    gain: float

    def sigma(self, parts: ErrorParts) -> float:
        """Return one standard deviation of the change; NaN where a part is NaN."""
        return math.hypot(
            self.repeat * parts.repeat,
            self.sampling * parts.sampling,
            self.light * parts.light,
            self.tone * parts.tone,
            self.gain * parts.gain,
        )


ERROR_WEIGHTS: Mapping[LightRung, ErrorWeights] = MappingProxyType(
    {
        LightRung.CHART_AND_SKIN: ErrorWeights(0.75, 1.0, 1.0, 1.0, 2.0),
        LightRung.CHART: ErrorWeights(0.75, 1.0, 1.0, 1.0, 2.0),
        LightRung.SEVERAL_REGIONS: ErrorWeights(0.48, 0.67, 0.57, 0.62, 0.67),
        LightRung.ONE_REGION: ErrorWeights(0.51, 0.54, 0.51, 0.49, 0.54),
        LightRung.WHOLE_FACE: ErrorWeights(0.57, 0.61, 0.56, 0.57, 0.61),
        LightRung.NOTHING: ErrorWeights(1.0, 1.0, 1.0, 1.0, 1.0),
    }
)
"""Fitted by ``benchmarks/light.py --people 36 --fit`` on 18 rendered people. With a chart not fitted: the parts as they
are, and a gain for the 1.3 EI by which 7.2 EI of blood are wrong under other lamps (``benchmarks/light_chart.py``)."""
