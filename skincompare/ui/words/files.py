"""Words on files to take away."""

__all__ = [
    "A4",
    "HTML",
    "JSON",
    "KIND",
    "LETTER",
    "MAKE",
    "MAKING",
    "MASK_EYES",
    "MASK_HELP",
    "MATCH_HELP",
    "MATCH_LIGHT",
    "PAPER",
    "PDF",
    "PNG",
    "TABLE",
    "TAKE_AWAY",
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
A4 = "A4"
LETTER = "Letter"
MAKE = "Make the file"
MAKING = "Making the file …"


def download(label: str, n_bytes: int) -> str:
    """Return what stands on the button that downloads."""
    size = f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{max(1, round(n_bytes / 1e3))} KB"
    return f"Download: {label} ({size})"
