"""Words of the page of the colour chart."""

__all__ = [
    "ALT",
    "CAPTION",
    "FILE",
    "HEADS",
    "HOW_TO_LAY",
    "READING",
    "SAMPLE",
    "SAMPLE_NOTE",
    "TRY_SAMPLE",
]

FILE = "A photo with a colour chart of 24 patches"
HOW_TO_LAY = (
    "A chart beside the skin tells the light of each photo. Lay it flat, in the same light as the skin, "
    "whole, without glare, and at least 220 pixels wide."
)
TRY_SAMPLE = "Try the sample photo"
SAMPLE = "the sample photo"
"""How sentences name the sample photo."""
SAMPLE_NOTE = "A rendered picture: a chart on skin, calm above and redder below, under a light bulb."
READING = "Reading the chart"
ALT = "The chart; what was read of each patch is outlined"
CAPTION = "Outlined: what was read. Crossed: left out."
HEADS = ("Patch", "Read", "Corrected", "Published", "dE00")
