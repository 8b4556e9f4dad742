"""All that is laid over the aligned pair, made once for the report and the viewer."""

from dataclasses import dataclass

from skincompare.comparison import Comparison
from skincompare.report.map_layers import MapLayer, map_layers
from skincompare.report.mark_layers import MarkLayer, mark_layers

__all__ = ["Overlays", "overlays_of"]


@dataclass(frozen=True, eq=False)
class Overlays:
    """Marks of single features and maps, in pixels of the aligned pictures."""

    marks: tuple[MarkLayer, ...]
    maps: tuple[MapLayer, ...]


def overlays_of(comparison: Comparison) -> Overlays:
    """Return the marks and maps of a comparison; of a refused one there are none."""
    return Overlays(mark_layers(comparison), map_layers(comparison))
