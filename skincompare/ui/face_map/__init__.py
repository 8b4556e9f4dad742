"""A face whose regions can be tapped, to say what was treated."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import streamlit as st

from skincompare.report import words
from skincompare.ui.words import treatment as own

__all__ = ["OUTLINES", "show_face_map"]

_HERE = Path(__file__).parent

OUTLINES: Mapping[str, tuple[tuple[int, int], ...]] = MappingProxyType(
    {
        "forehead": (
            (18, 36),
            (28, 13),
            (49, 4),
            (73, 1),
            (100, 0),
            (128, 1),
            (152, 5),
            (173, 13),
            (182, 37),
            (165, 41),
            (145, 42),
            (123, 45),
            (76, 45),
            (54, 42),
            (35, 41),
        ),
        "glabella": ((76, 45), (123, 45), (119, 59), (110, 78), (89, 78), (79, 59)),
        "nose": (
            (89, 78),
            (110, 78),
            (108, 92),
            (108, 103),
            (113, 108),
            (114, 117),
            (119, 123),
            (124, 129),
            (127, 137),
            (127, 147),
            (124, 153),
            (111, 155),
            (100, 156),
            (88, 155),
            (76, 153),
            (73, 147),
            (72, 137),
            (75, 129),
            (80, 123),
            (86, 117),
            (86, 108),
            (92, 103),
            (91, 92),
        ),
        "left_temple": (
            (182, 37),
            (187, 27),
            (194, 44),
            (198, 63),
            (200, 86),
            (191, 87),
            (190, 70),
            (186, 55),
        ),
        "left_crows_feet": ((190, 70), (184, 72), (177, 73), (177, 83), (175, 93), (184, 100), (191, 87)),
        "left_under_eye": (
            (175, 93),
            (163, 90),
            (156, 92),
            (148, 93),
            (139, 92),
            (131, 90),
            (128, 96),
            (127, 102),
            (137, 106),
            (150, 110),
            (168, 111),
            (178, 107),
            (184, 100),
        ),
        "left_cheek": (
            (192, 107),
            (178, 107),
            (168, 111),
            (150, 110),
            (136, 115),
            (134, 128),
            (138, 149),
            (147, 158),
            (154, 171),
            (167, 162),
            (179, 154),
            (189, 148),
            (191, 128),
        ),
        "left_nasolabial": (
            (130, 142),
            (138, 149),
            (147, 158),
            (154, 171),
            (157, 188),
            (148, 187),
            (145, 178),
            (137, 171),
            (128, 166),
            (124, 153),
            (127, 147),
        ),
        "right_temple": ((18, 36), (14, 26), (6, 43), (2, 62), (0, 85), (9, 87), (11, 70), (13, 55)),
        "right_crows_feet": ((11, 70), (16, 72), (23, 73), (23, 83), (25, 93), (17, 100), (9, 87)),
        "right_under_eye": (
            (25, 93),
            (37, 90),
            (43, 92),
            (52, 93),
            (61, 92),
            (69, 91),
            (71, 96),
            (72, 102),
            (63, 106),
            (49, 110),
            (32, 111),
            (22, 107),
            (17, 100),
        ),
        "right_cheek": (
            (8, 106),
            (22, 107),
            (32, 111),
            (49, 110),
            (63, 115),
            (66, 127),
            (61, 149),
            (52, 158),
            (45, 170),
            (32, 162),
            (21, 154),
            (11, 148),
            (9, 128),
        ),
        "right_nasolabial": (
            (70, 141),
            (61, 149),
            (52, 158),
            (45, 170),
            (42, 188),
            (51, 186),
            (54, 178),
            (62, 171),
            (71, 166),
            (76, 153),
            (73, 147),
        ),
        "upper_lip": (
            (76, 153),
            (88, 155),
            (100, 156),
            (111, 155),
            (124, 153),
            (128, 166),
            (137, 171),
            (134, 185),
            (128, 183),
            (121, 180),
            (111, 177),
            (100, 180),
            (89, 177),
            (79, 180),
            (72, 182),
            (66, 185),
            (62, 171),
            (71, 166),
        ),
        "chin": (
            (75, 211),
            (87, 216),
            (99, 217),
            (112, 216),
            (124, 212),
            (129, 222),
            (133, 233),
            (135, 244),
            (118, 252),
            (99, 254),
            (79, 251),
            (63, 244),
            (65, 233),
            (69, 222),
        ),
        "neck": ((59, 287), (138, 287), (137, 349), (59, 349)),
    }
)
"""Outlines of the regions on a frontal face 200 wide, (x, y), the person's right on the left."""
LINES = (
    (
        (200, 108),
        (199, 131),
        (196, 156),
        (190, 181),
        (181, 202),
        (170, 218),
        (157, 233),
        (145, 243),
        (133, 252),
        (118, 259),
        (99, 260),
        (80, 259),
        (65, 252),
        (53, 243),
        (41, 233),
        (28, 218),
        (19, 202),
        (10, 181),
        (5, 155),
        (2, 130),
        (0, 107),
        (0, 85),
        (2, 62),
        (6, 43),
        (14, 26),
        (28, 13),
        (49, 4),
        (73, 1),
        (100, 0),
        (128, 1),
        (152, 5),
        (173, 13),
        (187, 27),
        (194, 44),
        (198, 63),
        (200, 86),
        (200, 108),
    ),
    ((34, 80), (43, 75), (57, 75), (74, 85), (59, 87), (44, 86), (34, 80)),
    ((166, 80), (157, 74), (142, 74), (126, 85), (140, 86), (155, 86), (166, 80)),
    (
        (62, 187),
        (72, 182),
        (89, 177),
        (100, 180),
        (111, 177),
        (128, 183),
        (138, 187),
        (128, 195),
        (111, 202),
        (100, 203),
        (89, 202),
        (72, 194),
        (62, 187),
    ),
    ((13, 55), (21, 46), (35, 41), (54, 42), (76, 45)),
    ((186, 55), (179, 46), (165, 41), (145, 42), (123, 45)),
)
"""Head, eyes, lips and brows."""

_face_map = st.components.v2.component(
    "skincompare_face_map",
    html=(_HERE / "face_map.html").read_text(encoding="utf-8"),
    css=(_HERE / "face_map.css").read_text(encoding="utf-8"),
    js=(_HERE / "face_map.js").read_text(encoding="utf-8"),
)


def show_face_map(chosen: Sequence[str], key: str, on_toggle: Callable[[str], None]) -> None:
    """Draw the face.

    Parameters
    ----------
    chosen : sequence of str
        Names of the regions that are marked.
    key : str
        Of the component.
    on_toggle : callable
        Called with the name of a region that was tapped, before the page runs again.
    """

    def toggled() -> None:
        name = st.session_state[key].get("toggle")
        if name in OUTLINES:
            on_toggle(str(name))

    _face_map(
        key=key,
        data={
            "chosen": list(chosen),
            "lines": LINES,
            "words": {"face": own.FACE_LABEL, "note": own.FACE_NOTE},
            "regions": [
                {"name": name, "label": words.capitalised(words.region_label(name)), "points": points}
                for name, points in OUTLINES.items()
            ],
        },
        on_toggle_change=toggled,
    )
