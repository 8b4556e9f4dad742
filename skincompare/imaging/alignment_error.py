"""How far a mapped point may be off, predicted from what the alignment itself shows.

The 95 % radius is a product of powers of two signs: the step that the last fit still took (what was not yet settled)
and the spread that it expects of its own noise and texture. The powers were fitted by quantile regression on ten
warped portraits and six pairs of rendered heads (other pose, distance, perspective, expression, light), where the true
place of every point is known; forward-backward disagreement, roughness of the flow and local correlation were tried
beside them and added nothing. Landmark jitter predicts nothing once the flow has run.
"""

import math

import numpy as np

from skincompare.imaging.alignment import RADIUS_95
from skincompare.imaging.flow import Residual
from skincompare.imaging.sampling import FieldArray, blur

__all__ = ["UNSEEN_SIGMA_PX", "predict_sigma"]

GAIN = math.exp(4.46)
"""95 % radius of a point where both signs are 1, frame px. Fitted to hold 95 % of all points: 97 % on warps, 90 % on
heads at other poses."""
STEP_POWER, SPREAD_POWER = 0.224, 0.701
"""Powers of the squared step and of the spread."""
SMALLEST_SIGN = 1e-5
"""What is added to each sign so that a perfect fit is not believed, frame px2."""
SHADOWS = 1.6
"""Factor on close-ups, where relief is seen and its shadows move with the lamp; under one slanting lamp, turned by 5-12
degrees, the radius then holds 93 % of the points. A lamp in another place moves all shadows alike, which nothing in
the two pictures tells: there it holds far less."""
STEP_PX = 12.0
"""Scale over which the squared step is averaged, frame px."""
UNSEEN_SIGMA_PX = 10.0
"""Standard deviation stated where only the global motion is known, frame px [judgement]."""


def predict_sigma(residual: Residual, nearness: FieldArray, *, is_close_up: bool) -> FieldArray:
    """Predict the standard deviation of each coordinate of a mapped point.

    Parameters
    ----------
    residual : Residual
        From the flow.
    nearness : ndarray of float32, shape (height, width)
        Share of the flow that is applied, in [0, 1].
    is_close_up : bool
        Whether the relief of the skin is seen.

    Returns
    -------
    ndarray of float32, shape (height, width)
        px of the before frame.
    """
    step = np.maximum(blur(residual.step**2, STEP_PX), 0) + np.float32(SMALLEST_SIGN)
    spread = residual.spread + np.float32(SMALLEST_SIGN)
    gain = np.float32(GAIN * (SHADOWS if is_close_up else 1.0) / RADIUS_95)
    sigma = np.minimum(
        gain * step ** np.float32(STEP_POWER) * spread ** np.float32(SPREAD_POWER), UNSEEN_SIGMA_PX
    )
    missed = (1 - nearness) * np.sqrt((residual.flow**2).sum(axis=-1))
    return np.asarray(np.sqrt(sigma**2 + missed**2), np.float32)
