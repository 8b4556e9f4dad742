"""Words of the camera: what it shows, what to change, what went wrong."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from skincompare.imaging.capture_hints import CaptureHint

__all__ = ["GONE", "NO_BASELINE", "SCRIPT_WORDS", "file_name", "stored"]

NO_BASELINE = (
    "There is no baseline of this view yet: this photo can become it. Even light, the face straight on."
)
GONE = "This photo is not here any more; take it again."

HINTS: Mapping[CaptureHint, tuple[str, str]] = MappingProxyType(
    {
        CaptureHint.NO_FACE: ("", "No face seen"),
        CaptureHint.TOO_DARK: ("", "Darker than the baseline: more light"),
        CaptureHint.TOO_BRIGHT: ("", "Too bright: less light"),
        CaptureHint.CLOSER: ("", "Closer"),
        CaptureHint.FARTHER: ("", "Farther away"),
        CaptureHint.MOVE_LEFT: ("←", "Face further left in the picture"),
        CaptureHint.MOVE_RIGHT: ("→", "Face further right in the picture"),
        CaptureHint.MOVE_UP: ("↑", "Face higher in the picture"),
        CaptureHint.MOVE_DOWN: ("↓", "Face lower in the picture"),
        CaptureHint.TURN_LEFT: ("→", "Turn to the patient's left"),
        CaptureHint.TURN_RIGHT: ("←", "Turn to the patient's right"),
        CaptureHint.CHIN_UP: ("↑", "Chin up"),
        CaptureHint.CHIN_DOWN: ("↓", "Chin down"),
        CaptureHint.TILT_LEFT: ("↻", "Tilt the head to the patient's left"),
        CaptureHint.TILT_RIGHT: ("↺", "Tilt the head to the patient's right"),
        CaptureHint.OTHER_LIGHT: ("", "The light comes from another side"),
    }
)
"""An arrow as it points on the screen, and words; the picture is not mirrored."""

SCRIPT_WORDS: Mapping[str, object] = MappingProxyType(
    {
        "stage": "Camera picture with the baseline laid over it",
        "ghost": "Baseline over the picture",
        "outline": "Outline",
        "device": "Camera",
        "capture": "Take photo",
        "keep": "Keep",
        "retake": "Take again",
        "match": "As in the baseline. Hold still.",
        "starting": "The camera is starting …",
        "preview": "Is this photo sharp and as you want it?",
        "sending": "One moment …",
        "storing": "Storing the photo …",
        "lost": "The photo could not be sent. Take it again.",
        "again": "Try again",
        "denied": (
            "The browser may not use the camera. Allow it by the camera sign in the address bar and try again, or "
            "choose Files."
        ),
        "none": "There is no camera on this computer. Connect one and try again, or choose Files.",
        "in_use": "Another program uses the camera. Close it and try again, or choose Files.",
        "insecure": (
            "The browser gives no camera to a page that is not opened on this computer or by https. Choose Files."
        ),
        "hints": {hint.value: words for hint, words in HINTS.items()},
    }
)
"""What the script of the camera shows."""


def file_name(moment: datetime) -> str:
    """Name a photo of the camera."""
    return f"camera {moment:%Y-%m-%d %H.%M.%S}.jpg"


def stored(view: str, moment: str) -> str:
    """Say that a photo of the camera is stored."""
    return f"Stored: {view}, {moment}."
