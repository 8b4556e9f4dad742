"""Names of the pages."""

__all__ = ["ADD", "CHART", "COMPARE", "EXAMPLES", "METHODS", "PATIENT", "PATIENTS", "PRESENT", "SETTINGS"]

PATIENTS = "Patients"
COMPARE = "Compare"
ADD = "Add photos"
EXAMPLES = "Examples"
CHART = "Colour chart"
METHODS = "How it measures"
SETTINGS = "Settings"
PATIENT = "Patient"
PRESENT = "Patient view"
