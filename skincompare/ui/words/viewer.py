"""What the picture viewer says; the names in braces are filled in where it is shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["viewer_words"]

_BUTTONS: Mapping[str, str] = MappingProxyType(
    {
        "viewer": "Before and after photo",
        "view": "View",
        "zoom": "Zoom",
        "zoomIn": "Zoom in",
        "zoomOut": "Zoom out",
        "fit": "Fit",
        "overlays": "What is laid over the pictures",
        "arrangement": "How the pictures are shown",
        "marking": "Mark",
        "regions": "Regions",
        "marks": "Marks",
        "match": "Match light",
        "original": "Not moved",
        "swap": "Swap",
        "link": "Linked",
        "annotate": "Annotate",
        "points": "Align by hand",
        "present": "Patient view",
        "fullscreen": "Full screen",
        "help": "Keys and help",
        "close": "Close",
        "select": "Choose",
        "arrow": "Arrow",
        "circle": "Circle",
        "text": "Text",
        "undo": "Undo",
        "delete": "Delete",
        "done": "Done",
        "retry": "Try again",
        "play": "Play",
        "pause": "Pause",
        "other": "Show the other",
        "resetNudge": "Back in place",
        "align": "Align again with these",
        "clearPoints": "Remove all",
        "previous": "Previous pair",
        "next": "Next pair",
        "course": "Pairs of this course",
        "divider": "Divider between before and after",
        "marked": "What is marked",
        "mapOf": "Change of",
        "noteText": "Text of the annotation; Enter keeps it",
        "pair": "this pair",
    }
)
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "loading": "Getting the pictures of {label} …",
        "failed": "The pictures of {label} could not be fetched. Look whether the app still runs, then try again.",
        "shown": "Going to {label}",
        "first": "This is the first pair.",
        "last": "This is the last pair.",
        "notAligned": "The photos are shown as they are, because they could not be aligned.",
        "originalHint": "The after photo as it was taken, not moved to fit.",
        "shareBefore": "{share} % before",
        "linked": "Both pictures move together.",
        "unlinked": "Each picture moves by itself.",
        "nudged": "After moved by {x}, {y} px",
        "noFullScreen": "This browser does not allow the full screen here.",
        "noRegions": "No regions were found in this pair",
        "noMatch": "The light of these photos is not known",
        "noMarks": "No single features were compared in this pair",
        "noOriginal": "The after photo is shown as it was taken already",
        "onlySideSwipe": "Only side by side and in swipe",
        "onlySide": "Only side by side",
        "noPoints": "The places of this pair's photos are not known, so it cannot be aligned by hand.",
        "pointsHint": "Press the same place in both photos: a mole, a scar, the corner of an eye. Three pairs are "
        "needed, a fourth tells how sure they are.",
        "finishMarking": "Finish aligning by hand first: Done, or Esc.",
        "pairMarked": "Pair {number} is marked.",
        "pairPlaces": "{number}: before {x}, {y} · after {u}, {v} px",
        "deletePair": "Remove pair {number}",
        "needPairs": "{least} pairs are needed",
        "aligning": "Aligning again with these places.",
        "noteAdded": "{what} added. Ctrl+Z takes it back.",
        "tooMany": "A pair keeps at most {most} annotations; delete one first.",
        "nowTheEnd": "Now the end: drag to it, or press there.",
        "nothingToUndo": "There is nothing to take back.",
        "undone": "Taken back.",
        "deleted": "Deleted. Ctrl+Z brings it back.",
        "chooseFirst": "Choose an annotation first: press on it, or key N.",
        "noNotes": "This pair has no annotations.",
        "chosen": "{what} chosen, {number} of {all}.",
        "helpTitle": "Keys of the viewer",
    }
)
_MODES: Mapping[str, str] = MappingProxyType(
    {
        "side": "Side by side",
        "swipe": "Swipe",
        "onion": "Overlay",
        "blink": "Blink",
        "difference": "Difference",
        "map": "Change map",
    }
)
_NOT_ALIGNED = "The photos could not be aligned"
_MOVE = "+ and − zoom, drag to move, ? shows all keys"
_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "side": f"Keys 1 to 6 change the view · {_MOVE}",
        "swipe": f"Drag the divider or use the arrow keys · {_MOVE}",
        "onion": "The after picture over the before picture. Keys , and . change how much of it is seen.",
        "blink": "The pictures take turns: what moves or changes catches the eye. B shows the other by hand.",
        "difference": "Black: the pictures agree. Light: they differ, also by light, hair or a turn of the head. "
        "For the eye only, not a measurement.",
        "map": "Colour: where the change is larger than its error. Grey: too little to tell, or no bare skin.",
    }
)
_TOOL_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "select": "Press an annotation, or key N, to choose it; Delete removes it.",
        "arrow": "Drag an arrow to what it shows. By keys: arrows move the cross, Enter sets beginning and end.",
        "circle": "Drag from the middle outwards. By keys: arrows move the cross, Enter sets middle and edge.",
        "text": "Press where the text belongs. By keys: arrows move the cross, Enter sets it.",
    }
)
_KEYS: tuple[tuple[str, tuple[tuple[tuple[str, ...], str], ...]], ...] = (
    (
        "Look",
        (
            (("1",), "Side by side"),
            (("2",), "Swipe; ← → move the divider"),
            (("3",), "Overlay"),
            (("4", "B"), "Blink; B shows the other by hand, Space starts and stops"),
            (("5",), "Difference"),
            (("6",), "Change map"),
            ((",", "."), "Less or more: overlay, pace, strength"),
            (("S",), "Swap the sides"),
            (("O",), "After photo as it was taken, not moved"),
            (("M",), "Match the light"),
            (("R",), "Regions"),
            (("K",), "Marks of single features"),
        ),
    ),
    (
        "Move",
        (
            (("+", "−", "0"), "Zoom in, out, fit"),
            (("←", "→", "↑", "↓"), "Move a zoomed picture"),
            (("L",), "Link the two pictures, or move each by itself"),
            (("[", "]"), "Previous and next pair"),
            (("Shift ←→↑↓",), "Move the after picture by hand, pixel by pixel; or Shift and drag"),
            (("Backspace",), "After picture back in place"),
            (("F",), "Full screen"),
            (("P",), "Patient view"),
        ),
    ),
    (
        "Mark",
        (
            (("A", "C", "T"), "Arrow, circle, text"),
            (("←→↑↓", "Enter"), "Move the cross and set a place; Shift moves it finely"),
            (("N", "Delete"), "Choose the next annotation; delete it"),
            (("Ctrl Z",), "Take back"),
            (("X",), "Mark the same places in both photos, to align by hand"),
            (("Esc",), "Leave"),
            (("?",), "These keys"),
        ),
    ),
)


def viewer_words() -> dict[str, Any]:
    """Return all that the viewer says, as its JavaScript takes it."""
    return {
        **_BUTTONS,
        **_SENTENCES,
        "modes": dict(_MODES),
        "hints": dict(_HINTS),
        "toolHints": dict(_TOOL_HINTS),
        "impossible": {**dict.fromkeys(_MODES, _NOT_ALIGNED), "map": "There is no map for this pair"},
        "otherSide": {
            "before": "Marked in the before photo. Now the same place in the after photo.",
            "after": "Marked in the after photo. Now the same place in the before photo.",
        },
        "kinds": {"arrow": "Arrow", "circle": "Circle", "text": "Text"},
        "sliders": {
            "opacity": "After picture",
            "pace": "Seconds a picture",
            "gain": "Strength",
            "paint": "Colour",
        },
        "keys": [[title, [[list(keys), meaning] for keys, meaning in rows]] for title, rows in _KEYS],
    }
