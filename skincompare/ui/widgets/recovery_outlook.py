"""What a course says so far: flags first, then each region's fit, then the expected band."""

from streamlit.delta_generator import DeltaGenerator

from skincompare.recovery import (
    RecoveryOutlook,
    band_sentence,
    fit_sentences,
    place_against_band,
)
from skincompare.ui.widgets.flags import show_notes
from skincompare.ui.widgets.sentences import show_sentences

__all__ = ["outlook_sentences", "show_recovery_flags", "show_recovery_sentences"]


def show_recovery_flags(outlook: RecoveryOutlook, place: DeltaGenerator) -> None:
    """Draw what the clinician should see, each with its rule; nothing when there is nothing."""
    if outlook.flags:
        with place.container():
            show_notes((flag.advice, f"{flag.reason} {flag.rule}", True) for flag in outlook.flags)


def show_recovery_sentences(outlook: RecoveryOutlook, place: DeltaGenerator) -> None:
    """Draw half-life and return of each region, and the expected band."""
    show_sentences(outlook_sentences(outlook), place)


def outlook_sentences(outlook: RecoveryOutlook) -> list[str]:
    """Return a paragraph for all regions together and for each, then the band; empty when none was treated."""
    told = []
    for fit in outlook.told_fits:
        against = "" if outlook.line is None else place_against_band(fit, outlook.line)
        told.append(" ".join((*fit_sentences(fit), against)).rstrip())
    return [*told, band_sentence(outlook.line)] if told and outlook.line is not None else told
