"""Why two photos cannot be aligned, and what to do about it: each reason a flag."""

from skincompare.measurement import Effect, Flag

__all__ = [
    "MIRRORED",
    "NO_COMMON_TEXTURE",
    "NO_FINE_DETAIL",
    "PROFILE",
    "SAME_PERSON_SAID",
    "face_against_close_up",
    "face_too_small",
    "few_points",
    "flow_failed",
    "on_points_only",
    "other_skin",
    "points_contradict",
    "too_little_overlap",
    "turned_too_far",
    "weak_agreement",
]

MIRRORED = Flag(
    "mirrored",
    "One of the two photos is mirrored, as some phones save selfies.",
    "Switch off mirroring of selfies in the camera's settings, or flip one photo, and compare again.",
    Effect.NOT_MEASURABLE,
)
NO_COMMON_TEXTURE = Flag(
    "no_common_texture",
    "The two photos share too little visible skin detail to be aligned.",
    "Photograph the same place again, sharp and close enough that pores or lines can be seen in both photos.",
    Effect.NOT_MEASURABLE,
)

NO_FINE_DETAIL = Flag(
    "no_fine_detail",
    "Fine skin detail does not agree (dim, noisy or soft photos), so whether both photos show the same person could "
    "not be checked.",
    "If you know that they do, say so and compare again; better, take the photo in brighter light and hold still.",
    Effect.NOT_MEASURABLE,
)
SAME_PERSON_SAID = Flag(
    "same_person_said",
    "Fine skin detail does not agree (dim, noisy or soft photos), so the alignment rests on the face's shape, and on "
    "the word of the user that both photos show the same person.",
    "Take the photo in brighter light and hold still.",
    Effect.WIDER_ERROR,
)


PROFILE = Flag(
    "profile",
    "A head is seen, but not enough of the face to follow its shape (a profile, or half a face).",
    "Show both eyes, or take a close-up of the skin alone, without eyes, nose and hair.",
    Effect.NOT_MEASURABLE,
)


def face_against_close_up(face_first: bool) -> Flag:
    """Refuse a face against a picture in which no face is found."""
    with_face, without = ("before", "after") if face_first else ("after", "before")
    return Flag(
        "face_against_close_up",
        f"A face is found in the {with_face} photo but none in the {without} photo.",
        "Compare two photos of a face, or two close-ups of the same place.",
        Effect.NOT_MEASURABLE,
    )


def face_too_small(which: str, interocular_px: float) -> Flag:
    """Refuse a face of too few pixels."""
    return Flag(
        "face_too_small",
        f"The face in the {which} photo is too small: {interocular_px:.0f} pixels between the eye corners.",
        "Go closer, so that the face fills the picture.",
        Effect.NOT_MEASURABLE,
    )


def too_little_overlap(overlap: float) -> Flag:
    """Refuse views that share too little skin."""
    return Flag(
        "too_little_overlap",
        f"Only {overlap:.0%} of the skin in the before photo is seen in the after photo.",
        "Take the after photo from the same side and distance.",
        Effect.NOT_MEASURABLE,
    )


def other_skin(is_face: bool) -> Flag:
    """Refuse photos whose fine skin detail does not agree."""
    same = "the same person" if is_face else "the same place"
    return Flag(
        "other_skin",
        f"The fine detail of the skin does not agree, so these may not show {same}, or one photo is blurred.",
        f"Check that both photos show {same}; if they do, take the blurred one again in good light.",
        Effect.NOT_MEASURABLE,
    )


def flow_failed(disagreement_px: float) -> Flag:
    """Refuse an alignment whose two directions disagree."""
    return Flag(
        "alignment_failed",
        f"The alignment from before to after and back misses by {disagreement_px:.1f} pixels.",
        "Take the after photo again from the same side and with the same expression.",
        Effect.NOT_MEASURABLE,
    )


def weak_agreement(agreement: float) -> Flag:
    """Warn of photos that are probably, but not surely, of the same skin."""
    return Flag(
        "weak_agreement",
        f"The fine detail of the skin agrees only weakly ({agreement:.2f}, the same person usually 0.8).",
        "Check that both photos show the same person and are sharp.",
        Effect.WIDER_ERROR,
    )


def turned_too_far(turn_degrees: float) -> Flag:
    """Refuse a face seen from another side."""
    side, back = ("left", "right") if turn_degrees > 0 else ("right", "left")
    return Flag(
        "turned_too_far",
        f"The head is turned about {abs(turn_degrees):.0f} degrees further to the {side} in the after photo, too far "
        "for the same skin to be found.",
        f"Take the after photo with the head turned {abs(turn_degrees):.0f} degrees to the {back}, as before.",
        Effect.NOT_MEASURABLE,
    )


def on_points_only(count: int, miss_px: float) -> Flag:
    """Warn of an alignment that rests on points marked by hand."""
    return Flag(
        "on_points_only",
        f"Too little skin detail agrees, so the alignment rests on the {count} points marked by hand (off by about "
        f"{miss_px:.0f} pixels), and whether both photos show the same place could not be checked.",
        "Mark more points all over the skin that is compared: moles, scars, crossings of lines.",
        Effect.WIDER_ERROR,
    )


def few_points(count: int) -> Flag:
    """Refuse to rest on points that cannot check one another."""
    return Flag(
        "few_points",
        f"Too little skin detail agrees, and {count} marked points cannot check one another.",
        "Mark at least 4 points, better 8, all over the skin that is compared.",
        Effect.NOT_MEASURABLE,
    )


def points_contradict(miss_px: float) -> Flag:
    """Refuse points that do not fit together."""
    return Flag(
        "points_contradict",
        f"The points marked by hand contradict one another: each lies about {miss_px:.0f} pixels from where the "
        "others put it.",
        "Check that every pair marks the same spot of skin in both photos, in the same order.",
        Effect.NOT_MEASURABLE,
    )
