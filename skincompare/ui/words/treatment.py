"""Words that ask what was treated, and what is needed before two photos are compared."""

__all__ = [
    "ADVICE",
    "ADVICE_TITLE",
    "BUT_FOREHEAD",
    "CHEEKS",
    "CHEEKS_AND_NOSE",
    "CHOSEN",
    "CLOSE_UP",
    "FACE_LABEL",
    "FACE_NOTE",
    "HAS_CHART",
    "HAS_CHART_HELP",
    "POINTS_FILE",
    "POINTS_HELP",
    "POINTS_TITLE",
    "PX_PER_MM",
    "PX_PER_MM_HELP",
    "PX_PER_MM_NONE",
    "REFERENCE",
    "REFERENCE_HELP",
    "REFERENCE_NONE",
    "REGIONS",
    "STEPS",
    "STEPS_TITLE",
    "WHAT",
    "WHOLE_FACE",
    "done",
]

WHAT = "What was treated?"
CHEEKS = "Cheeks"
CHEEKS_AND_NOSE = "Cheeks and nose"
BUT_FOREHEAD = "Face without forehead"
WHOLE_FACE = "Whole face"
CHOSEN = "Other regions"
CLOSE_UP = "A close-up of skin"
REGIONS = "Treated regions (left and right are the person's own)"
FACE_LABEL = "Face, as you see the person: their right is on your left"
FACE_NOTE = "Tap what was treated. Left and right are the person's own."
PX_PER_MM = "Pixels in a millimetre, when you know it"
PX_PER_MM_NONE = "not known"
PX_PER_MM_HELP = (
    "Pores and texture can only be measured when it is known how large the skin is in the picture."
)
REFERENCE = "What was surely not treated?"
REFERENCE_HELP = "Skin that was not treated tells what the light alone did between the photos."
REFERENCE_NONE = "all other skin that can be seen"
HAS_CHART = "A colour chart lies in both photos"
HAS_CHART_HELP = (
    "The classic chart of 24 patches, in the light of the skin. With untreated skin it tells the light best."
)

STEPS_TITLE = "Three steps, then the comparison starts by itself"
STEPS = ("Add the photo from before.", "Add the photo from after.", "Say what was treated.")
ADVICE_TITLE = "Photos that can be compared well"
ADVICE = (
    "Use the same place, lamp and distance for both photos; no flash, no filter.",
    "Look straight into the camera with a relaxed face, hair held back, skin clean and dry.",
    "Show some skin that was not treated: it tells what the light alone did.",
    "Fill the picture with the face; for pores and fine lines take a sharp close-up.",
)

POINTS_TITLE = "Photos that are hard to align: add point pairs"
POINTS_HELP = (
    "At least three places that both photos show, such as moles or scars, marked in pixels of each photo: "
    '`{"schema_version": 1, "pairs": [{"before": [x, y], "after": [x, y]}, ...]}`'
)
POINTS_FILE = "Point pairs (JSON)"


def done(step: str) -> str:
    """Return a step that is done."""
    return f"{step} ✓"
