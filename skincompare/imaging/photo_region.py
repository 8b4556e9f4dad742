"""One region of a single photo, which has no other photo beside it: what counts, and the level of untreated skin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skincompare.imaging import region_flags
from skincompare.imaging.light import SAME_LIGHT, weigh_references
from skincompare.imaging.patches import LightShift, SkinPatch
from skincompare.imaging.references import measure_level
from skincompare.imaging.region_pixels import (
    RegionPixels,
    block_grid,
    clipped_share,
    fill_region,
    region_patch,
    share_of,
)
from skincompare.imaging.regions import Region
from skincompare.imaging.sampling import FloatArray, pixel_grid
from skincompare.imaging.subject import Subject
from skincompare.measurement import Flag

__all__ = ["PhotoRegion", "light_of_one_photo", "photo_region"]


@dataclass(frozen=True, eq=False)
class PhotoRegion:
    """One region of one photo.

    Parameters
    ----------
    name : str
        Name of the region.
    outline : ndarray of float64, shape (N, 2)
        Its polygon, px of the photo.
    pixels : RegionPixels
        What counts of the photo's frame.
    n_blocks : int
        How many block numbers there are.
    flags : tuple of Flag
        Clipping and cover.
    """

    name: str
    outline: FloatArray
    pixels: RegionPixels
    n_blocks: int
    flags: tuple[Flag, ...]

    def patch(self, subject: Subject, light: LightShift) -> SkinPatch:
        """Return the region for a metric."""
        return region_patch(
            self.name,
            self.outline,
            self.pixels,
            subject,
            n_blocks=self.n_blocks,
            scale=subject.scale,
            light=light,
            flags=self.flags,
        )


def photo_region(region: Region, subject: Subject) -> PhotoRegion:
    """Find what of a region counts in one photo.

    Parameters
    ----------
    region : Region
        Outline, px of the photo.
    subject : Subject
        The prepared photo.

    Returns
    -------
    PhotoRegion
        With flags that say what keeps it from being measured well.
    """
    frame = subject.frame
    outline = frame.from_photo(region.outline)
    grid = block_grid(outline, subject.scale.px_per_mm * frame.factor)
    found = fill_region(outline, subject.skin, pixel_grid(frame.shape), grid)
    flags = region_flags.of_photo(
        region.label,
        counted=share_of(found.pixels.mask, found.within),
        clipped=clipped_share(frame, found),
    )
    return PhotoRegion(region.name, region.outline, found.pixels, grid.across * grid.down, flags)


def light_of_one_photo(untreated: Sequence[PhotoRegion], subject: Subject) -> LightShift:
    """Return the light of a photo that is compared with no other: nothing is taken off, only a level is known.

    Parameters
    ----------
    untreated : sequence of PhotoRegion
        Regions that were not treated; those that show too little are passed over.
    subject : Subject
        The prepared photo.

    Returns
    -------
    LightShift
        Of no shift, with the level of the untreated skin and its error; NaN where nothing tells it. How far the
        camera's white balance is off is not known: the metrics state it in the error of their levels.
    """
    levels = [measure_level(one.name, one.pixels, subject, one.n_blocks) for one in untreated]
    known = [one for one in levels if one is not None]
    if not known:
        return SAME_LIGHT
    level = weigh_references(known).shift
    return replace(SAME_LIGHT, level_u=level.u, level_sigma_u=level.sigma_u)
