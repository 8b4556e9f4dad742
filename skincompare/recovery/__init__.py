"""The course of a recovery: curve, fit, expected band, flags and progress, from numbers alone. Pure: no pixels."""

from skincompare.recovery.band import (
    ASSUMED_BANDS,
    BandLine,
    BandTable,
    CompletedCourse,
    DepthClass,
    depth_class,
)
from skincompare.recovery.curves import (
    DayOfChanges,
    RecoveryCurve,
    RecoveryPoint,
    days_since,
    recovery_curves,
)
from skincompare.recovery.fit import FitStatus, RecoveryFit, fit_recovery
from skincompare.recovery.flags import (
    SHOW_CLINICIAN,
    FlagCode,
    RecoveryFlag,
    Symptom,
    recovery_flags,
    regular_rows,
    symptom_flags,
)
from skincompare.recovery.interval import Interval
from skincompare.recovery.outlook import RecoveryOutlook, recovery_outlook
from skincompare.recovery.overall import OVERALL, overall_curve
from skincompare.recovery.progress import Progress, TrendStatus, Visit, measure_progress
from skincompare.recovery.rows import RowPattern, find_rows
from skincompare.recovery.words import (
    band_sentence,
    fit_sentences,
    flag_sentence,
    place_against_band,
    progress_sentence,
)

__all__ = [
    "ASSUMED_BANDS",
    "OVERALL",
    "SHOW_CLINICIAN",
    "BandLine",
    "BandTable",
    "CompletedCourse",
    "DayOfChanges",
    "DepthClass",
    "FitStatus",
    "FlagCode",
    "Interval",
    "Progress",
    "RecoveryCurve",
    "RecoveryFit",
    "RecoveryFlag",
    "RecoveryOutlook",
    "RecoveryPoint",
    "RowPattern",
    "Symptom",
    "TrendStatus",
    "Visit",
    "band_sentence",
    "days_since",
    "depth_class",
    "find_rows",
    "fit_recovery",
    "fit_sentences",
    "flag_sentence",
    "measure_progress",
    "overall_curve",
    "place_against_band",
    "progress_sentence",
    "recovery_curves",
    "recovery_flags",
    "recovery_outlook",
    "regular_rows",
    "symptom_flags",
]
