"""What a clinic keeps, as frozen values: people, treatments, photos, analyses. No file, no table, no pixel."""

from skincompare.records.aftercare import EditedBand, Symptom, TickedSymptom
from skincompare.records.analyses import Analysis, AnalysisStatus
from skincompare.records.annotations import Annotation, Drawing, DrawingKind, DrawingSide
from skincompare.records.people import Clinic, Consent, Fitzpatrick, Patient, PatientSummary
from skincompare.records.photos import PhotoRecord, TimeSource, View, baseline_of, session_of
from skincompare.records.treatments import Condition, Course, Grade, GradeScale, Session

__all__ = [
    "Analysis",
    "AnalysisStatus",
    "Annotation",
    "Clinic",
    "Condition",
    "Consent",
    "Course",
    "Drawing",
    "DrawingKind",
    "DrawingSide",
    "EditedBand",
    "Fitzpatrick",
    "Grade",
    "GradeScale",
    "Patient",
    "PatientSummary",
    "PhotoRecord",
    "Session",
    "Symptom",
    "TickedSymptom",
    "TimeSource",
    "View",
    "baseline_of",
    "session_of",
]
