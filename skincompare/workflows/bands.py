"""The clinic's table of expected bands: its own lines, then its own courses, then the assumptions."""

from skincompare.recovery import ASSUMED_BANDS, BandLine, BandTable, CompletedCourse, DepthClass
from skincompare.store import Store

__all__ = ["clinic_bands"]


def clinic_bands(store: Store) -> BandTable:
    """Return the expected bands of a clinic.

    Parameters
    ----------
    store : Store
        With its edited lines, and the days of return of its completed courses.

    Returns
    -------
    BandTable
        A line that somebody set holds until it is reset. Else the clinic's own percentiles, where it has enough
        completed courses of that depth; else the assumption.
    """
    own = [CompletedCourse(DepthClass(depth), day) for depth, day in store.aftercare.returns()]
    table = ASSUMED_BANDS.with_own_courses(own)
    for edited in store.aftercare.bands():
        depth = DepthClass(edited.depth)
        n = sum(one.depth is depth for one in own)
        courses = f" Your clinic's {n} completed courses are not used while this line is set." if n else ""
        table = table.with_line(
            BandLine(
                depth,
                edited.first_day,
                edited.last_day,
                edited.ask_after_day,
                f"Set by your clinic: {edited.provenance.rstrip('.')}.{courses}",
            )
        )
    return table
