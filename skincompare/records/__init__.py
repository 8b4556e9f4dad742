"""What a clinic keeps, as frozen values: people, treatments, photos, analyses. No file, no table, no pixel."""

from skincompare.records.analyses import Analysis, AnalysisStatus
from skincompare.records.people import Clinic, Consent, Fitzpatrick, Patient, PatientSummary
from skincompare.records.photos import PhotoRecord, TimeSource, View, baseline_of, session_of
from skincompare.records.treatments import Condition, Course, Grade, GradeScale, Session

__all__ = [
    "Analysis",
    "AnalysisStatus",
    "Clinic",
    "Condition",
    "Consent",
    "Course",
    "Fitzpatrick",
    "Grade",
    "GradeScale",
    "Patient",
    "PatientSummary",
    "PhotoRecord",
    "Session",
    "TimeSource",
    "View",
    "baseline_of",
    "session_of",
]
