"""A colour chart in words and small tables, for the terminal and the pages."""

import math

import numpy as np
import numpy.typing as npt

from skincompare.imaging.chart import ChartReading
from skincompare.imaging.chart_colours import PATCH_COLOURS, PATCH_NAMES
from skincompare.imaging.colour import srgb_from_linear

__all__ = ["chart_rows", "chart_sentences", "difference_words", "patch_hex"]

NOT_READ = "not read"
"""What stands for the colour of a patch that was left out."""
FIT_WORDS = ((2.0, "fits well"), (4.0, "fits"), (7.0, "fits poorly"), (math.inf, "does not fit"))
"""Mean difference (dE00) up to which a chart is said to fit so: 2 is the aim, 4 and 7 are the reading's own limits."""


def difference_words(difference: float) -> str:
    """Return how well a chart fits its published colours, in words; NaN is "cannot be read"."""
    if math.isnan(difference):
        return "cannot be read"
    return next(words for limit, words in FIT_WORDS if difference <= limit)


def chart_sentences(name: str, reading: ChartReading | None) -> list[str]:
    """Return what a photo's chart says, one sentence each.

    Parameters
    ----------
    name : str
        Of the photo.
    reading : ChartReading or None
        None where there is no chart.

    Returns
    -------
    list of str
        The verdict first, then each reason with its advice.
    """
    if reading is None:
        return [
            f"No colour chart was found in {name}.",
            "Show the whole chart, flat, at least 220 pixels wide, beside the skin.",
        ]
    count = int(np.count_nonzero(reading.counted.all(axis=1)))
    first = f"A colour chart was found in {name}: {count} of {len(PATCH_NAMES)} patches are read, and it "
    first += difference_words(reading.difference)
    if not math.isnan(reading.difference):
        first += f" (mean difference {reading.difference:.1f} dE00 after correction)"
    return [f"{first}.", *(f"{flag.reason} {flag.advice}".strip() for flag in reading.flags)]


def chart_rows(reading: ChartReading) -> list[tuple[str, str, str, str, str]]:
    """Return a row for each patch: name, colour read, corrected, published (hex codes), difference in dE00."""
    corrected = reading.correct(reading.colours)
    rows = []
    for number, name in enumerate(PATCH_NAMES):
        counted = bool(reading.counted[number].all())
        difference = math.nan if reading.fit is None else float(reading.fit.residuals[number])
        rows.append(
            (
                name,
                patch_hex(reading.colours[number]),
                patch_hex(corrected[number]) if counted else NOT_READ,
                patch_hex(PATCH_COLOURS[number]),
                "" if math.isnan(difference) else f"{difference:.1f}",
            )
        )
    return rows


def patch_hex(linear: npt.NDArray[np.floating]) -> str:
    """Return the sRGB code (``#rrggbb``) of linear light of three channels; NaN is "not read"."""
    values = np.asarray(linear, dtype=np.float64)
    if np.isnan(values).any():
        return NOT_READ
    return "#" + "".join(f"{code:02x}" for code in srgb_from_linear(values))
