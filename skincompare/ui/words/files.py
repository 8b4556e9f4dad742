"""Words on files to take away."""

from collections.abc import Mapping
from types import MappingProxyType

from skincompare.report.pdf.layout import Paper

__all__ = [
    "COURSE_FILES",
    "HTML",
    "JSON",
    "KIND",
    "LEFT_OUT",
    "MAKE",
    "MAKING",
    "MAKING_TITLE",
    "MASK_EYES",
    "MASK_HELP",
    "MATCH_HELP",
    "MATCH_LIGHT",
    "NAME_HELP",
    "PAPER",
    "PAPERS",
    "PDF",
    "PNG",
    "SAME_LIGHT",
    "TABLE",
    "TAKE_AWAY",
    "WITH_NAME",
    "download",
]

TAKE_AWAY = "Take away"
KIND = "What"
PDF = "Report"
PNG = "Picture of both"
HTML = "Interactive report"
TABLE = "Table"
JSON = "All numbers"
MASK_EYES = "Mask the eyes"
MASK_HELP = "The pixels of the eyes are replaced in every picture; they cannot be brought back from the file."
MATCH_LIGHT = "Show the after photo in the light of the before photo"
MATCH_HELP = "For the eye only: it changes no number, and the picture says so."
PAPER = "Paper"
PAPERS: Mapping[Paper, str] = MappingProxyType({Paper.A4: "A4", Paper.LETTER: "Letter"})
COURSE_FILES: Mapping[str, str] = MappingProxyType(
    {
        "pdf": "Report of the course (PDF)",
        "mp4": "Time-lapse (MP4)",
        "gif": "Time-lapse (GIF)",
        "csv": "Table of all changes (CSV)",
    }
)
SAME_LIGHT = "The same light on all pictures"
WITH_NAME = "Write the patient's name on it"
NAME_HELP = "Otherwise the report has the patient's code alone."
MAKING_TITLE = "Making the file"
LEFT_OUT = "**Not in the file**"
MAKE = "Make the file"
MAKING = "Making the file …"


def download(label: str, n_bytes: int) -> str:
    """Return what stands on the button that downloads."""
    size = f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{max(1, round(n_bytes / 1e3))} KB"
    return f"Download: {label} ({size})"
