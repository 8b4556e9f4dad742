"""Words of the dialog on a session."""

__all__ = [
    "ADVICE",
    "ADVICE_HELP",
    "AT",
    "DEPTH",
    "DEPTH_HELP",
    "DEPTH_OWN",
    "DEVICE",
    "EDIT",
    "NEW",
    "NOTES",
    "NOTHING_MARKED",
    "PASSES",
    "REGIONS",
    "SAVE",
    "TOPICALS",
    "WHO",
    "WHO_HINT",
    "at_label",
]

NEW, EDIT = "New session", "Edit session"
AT = "When"
REGIONS = "Treated regions (left and right are the patient's own)"
DEPTH = "Needle depth, mm"
DEPTH_HELP = "For all marked regions; set another depth for a region below."
DEPTH_OWN = "Depths by region, mm"
NOTHING_MARKED = (
    "Tap the face, or choose regions: what was treated decides what is compared, and with which untreated skin "
    "beside it."
)
DEVICE = "Device"
PASSES = "Passes"
TOPICALS = "Put on the skin"
WHO = "Practitioner"
WHO_HINT = "Choose, or type a name"
NOTES = "Notes"
ADVICE = "Instructions given"
ADVICE_HELP = "What the patient was told to do afterwards."
SAVE = "Save session"


def at_label(zone: str) -> str:
    """Return how the time is asked for."""
    return f"{AT} ({zone} time)"
