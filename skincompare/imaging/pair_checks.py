"""What two photos of a face show by themselves: person, mirror, pose, expression, light, sharpness, beauty filters."""

import math
from dataclasses import replace

from skincompare.imaging.alignment import Alignment
from skincompare.imaging.comparability import Bearing, Check, Concern
from skincompare.imaging.pair_statistics import detail_change, light_slope
from skincompare.imaging.slant import MAX_MOUTH_CHANGE, HeadMotion, head_motion
from skincompare.imaging.subject import Subject
from skincompare.measurement import Effect, Flag

__all__ = ["alignment_checks", "detail_checks", "expression_check", "light_check", "pose_check"]

SAME_SKIN = 0.40
"""Agreement of fine skin detail from which it is the same skin (same person 0.82 median, other people at most 0.37)."""
PERSON_CODES = ("other_skin", "weak_agreement", "no_fine_detail", "same_person_said", "no_common_texture")
"""Flags of the alignment that speak of whose skin it is."""
MIRROR_CODES = ("mirrored",)
MAX_TURN_DEGREES = 5.0
"""Difference of the head's pose from which one side is foreshortened (repeat SD 1.3-2.6 degrees)."""
SMILE_NOD_DEGREES = 5.0
"""How much of a nod another expression feigns (rendered smiles 3 degrees, real ones up to 6.4)."""
MAX_SLOPE = 0.20
"""Slope of ln(G after / G before) per distance of the outer eye corners from which the light came from elsewhere
(measured on 51 people: untouched 97.5 % below 0.21)."""
SOFTER, SHARPER = -0.4, 0.3
"""Natural log of the ratio of detail, after over before, beyond which the photos differ in sharpness rather than the
skin in texture."""
FINEST_SHARPER = 0.4
"""The same bound for the finest detail, which gains up to 0.13 by chance (untouched pairs)."""
OTHER_SIZE = 1.25
"""Ratio of the two photos' scales from which finest detail differs by the distance alone [judgement]."""
SMOOTHED = 0.35
"""Loss of the skin's finest detail beyond that of the edges of eyes and lips (natural log) from which it may have been
smoothed; see SPARED."""
SPARED = 0.60
"""Share of the skin's loss that the edges must be spared for it to be a beauty filter: of a blur they are spared at
most about 0.5, of bilateral and edge-preserving filters at least 0.75 (eight people, six renders)."""
FOLDED_BY_A_SMILE = ("left_nasolabial", "right_nasolabial", "upper_lip")
"""Regions that another expression folds or stretches too much to be compared."""
MOVED_BY_A_SMILE = (
    "left_under_eye",
    "right_under_eye",
    "left_crows_feet",
    "right_crows_feet",
    "left_cheek",
    "right_cheek",
    "chin",
    "glabella",
)
"""Regions whose blood and shading another expression changes."""

SMILE_WIDENING = 2.5
"""Factor on the error of skin that another expression moves: redness of the cheeks of eight people changed by an SD of
1.7 EI from a neutral face to a smile under one light, and with it 94 % of
these same changes lie in the interval: it was chosen on these eight people."""


def alignment_checks(alignment: Alignment) -> tuple[Check, ...]:
    """Return whether it is the same skin, whether a photo is mirrored, and how well the skin was found again.

    Parameters
    ----------
    alignment : Alignment
        Aligned or refused; its flags are the reasons.

    Returns
    -------
    tuple of Check
        Three.
    """

    def of(codes: tuple[str, ...], *, others: bool = False) -> tuple[Concern, ...]:
        known = (*PERSON_CODES, *MIRROR_CODES)
        return tuple(
            Concern(flag)
            for flag in alignment.flags
            if (flag.code not in known if others else flag.code in codes)
        )

    agreement = alignment.detail_agreement
    mirrored = of(MIRROR_CODES)
    error = alignment.error_px
    return (
        Check(
            "same_skin",
            "Same skin in both photos",
            agreement,
            "",
            SAME_SKIN,
            _words(agreement, "fine detail agrees to {:.2f} (1 is identical)"),
            of(PERSON_CODES),
            f"below {SAME_SKIN:.2f}",
        ),
        Check(
            "mirrored",
            "Neither photo mirrored",
            float(bool(mirrored)) if alignment.is_aligned or mirrored else math.nan,
            "",
            math.nan,
            "one photo is the mirror image"
            if mirrored
            else "not mirrored"
            if alignment.is_aligned
            else "not known",
            mirrored,
        ),
        Check(
            "alignment",
            "Skin found again",
            error,
            "px",
            math.nan,
            _words(error, "typical error {:.1f} px"),
            of((), others=True),
        ),
    )


def pose_check(before: Subject, after: Subject, as_before: str) -> Check:
    """Return how differently the head is held.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    as_before : str
        How the advice names the before photo: ``as on 3 May``.

    Returns
    -------
    Check
        In degrees; regions that the pose foreshortens are told on their own.
    """
    motion = head_motion(before.face, after.face)
    label = "Pose of the head"
    if motion is None:
        return Check("pose", label, math.nan, "degrees", MAX_TURN_DEGREES, "no face to tell it by")
    turn, nod = motion.turn_degrees, motion.nod_degrees
    measured = f"{_turn_words(turn)}, {_nod_words(nod)}"
    return Check(
        "pose",
        label,
        max(abs(turn), abs(nod)),
        "degrees",
        MAX_TURN_DEGREES,
        measured,
        _pose_concerns(motion, as_before),
    )


def _pose_concerns(motion: HeadMotion, as_before: str) -> tuple[Concern, ...]:
    turn, nod = motion.turn_degrees, motion.nod_degrees
    concerns = []
    if abs(turn) > MAX_TURN_DEGREES:
        side, back = ("left", "right") if turn > 0 else ("right", "left")
        concerns.append(
            Flag(
                "turned",
                f"The head is turned about {abs(turn):.0f} degrees further to the {side} in the after photo.",
                f"Turn the face {abs(turn):.0f} degrees to the {back}, {as_before}.",
                Effect.WIDER_ERROR,
            )
        )
    feigned = SMILE_NOD_DEGREES if motion.is_other_expression else 0.0
    if abs(nod) > MAX_TURN_DEGREES + feigned:
        held, way = ("lower", "Lift") if nod > 0 else ("higher", "Lower")
        concerns.append(
            Flag(
                "nodded",
                f"The chin is held about {abs(nod):.0f} degrees {held} in the after photo.",
                f"{way} the chin by {abs(nod):.0f} degrees, {as_before}.",
                Effect.WIDER_ERROR,
            )
        )
    return tuple(Concern(flag) for flag in concerns)


def _turn_words(turn: float) -> str:
    side = "left" if turn > 0 else "right"
    return f"turned {_degrees(turn)} further to the {side}" if round(turn) else "not turned"


def _nod_words(nod: float) -> str:
    return f"chin {_degrees(nod)} {'lower' if nod > 0 else 'higher'}" if round(nod) else "chin as high"


def _degrees(angle: float) -> str:
    size = abs(round(angle))
    return f"{size} degree" if size == 1 else f"{size} degrees"


def expression_check(before: Subject, after: Subject) -> Check:
    """Return whether the two faces have the same expression, by the width of the mouth."""
    motion = head_motion(before.face, after.face)
    label, limit = "Expression", 100 * MAX_MOUTH_CHANGE
    if motion is None:
        return Check("expression", label, math.nan, "%", limit, "no face to tell it by")
    value = 100 * abs(motion.mouth_change)
    wider = "wider" if motion.mouth_change > 0 else "narrower"
    measured = f"mouth {value:.0f} % of the distance of the eye corners {wider}"
    concerns: tuple[Concern, ...] = ()
    if motion.is_other_expression:
        concerns = (
            Concern(
                _expression("folds or stretches this skin.", Effect.NOT_MEASURABLE), regions=FOLDED_BY_A_SMILE
            ),
            Concern(
                replace(
                    _expression("moves this skin and its blood.", Effect.WIDER_ERROR), widening=SMILE_WIDENING
                ),
                regions=MOVED_BY_A_SMILE,
            ),
        )
    return Check("expression", label, value, "%", limit, measured, concerns)


def _expression(what: str, effect: Effect) -> Flag:
    return Flag(
        "expression",
        f"The two photos show different expressions, which {what}",
        "Keep a relaxed, neutral face in every photo.",
        effect,
    )


def light_check(before: Subject, after: Subject, alignment: Alignment, as_before: str) -> Check:
    """Return whether the light came from the same direction, by how its slope across the face changed.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Before to after.
    as_before : str
        How the advice names the before photo.

    Returns
    -------
    Check
        Not made on close-ups, on which no limit was measured.
    """
    slope = light_slope(before, after, alignment)
    concerns: tuple[Concern, ...] = ()
    if slope.size > MAX_SLOPE:
        if abs(slope.across) >= abs(slope.down):
            side, back = ("left", "right") if slope.across > 0 else ("right", "left")
            stronger, weaker = f"from the person's {side}", f"the person's {back}"
        else:
            stronger, weaker = ("from below", "above") if slope.down > 0 else ("from above", "below")
        flag = Flag(
            "light_direction",
            f"The light comes more {stronger} in the after photo.",
            f"Let more light come from {weaker}, {as_before}: move the lamp, or turn to the window as then.",
            Effect.WIDER_ERROR,
        )
        concerns = (Concern(flag),)
    measured = _words(
        100 * math.expm1(slope.size),
        "light across the face changed by {:.0f} % from one eye corner to the other",
    )
    return Check(
        "light_direction",
        "Direction of the light",
        slope.size,
        "ln per eye distance",
        MAX_SLOPE,
        measured,
        concerns,
        f"above {math.expm1(MAX_SLOPE):.0%}".replace("%", " %"),
    )


def detail_checks(before: Subject, after: Subject, alignment: Alignment) -> tuple[Check, Check]:
    """Return whether both photos are equally sharp, and whether one was smoothed by a beauty filter.

    Parameters
    ----------
    before, after : Subject
        The prepared photos.
    alignment : Alignment
        Before to after.

    Returns
    -------
    tuple of Check
        Sharpness, beauty filter; the second is not made on close-ups.
    """
    change = detail_change(before, after, alignment)
    coarse = alignment.detail_ratio if alignment.is_aligned else math.nan
    # At another distance skin and edges gain or lose detail unequally: nothing is said of filters then.
    smoothing = change.smoothing if _same_size(alignment) else math.nan
    smoothed = _is_smoothed(change.skin, smoothing)
    finest = coarse if math.isnan(change.skin) else change.skin
    soft = () if smoothed else _sharpness(coarse, change.skin, alignment)
    filtered = _filtered("after" if change.skin < 0 else "before") if smoothed else ()
    return (
        Check(
            "sharpness",
            "Sharpness",
            finest,
            "ln",
            SOFTER,
            _words(math.exp(finest), "fine detail of the after photo {:.2f} times as strong"),
            soft,
            f"below {math.exp(SOFTER):.2f} or above {math.exp(FINEST_SHARPER):.2f} times",
        ),
        Check(
            "beauty_filter",
            "No beauty filter",
            smoothing,
            "ln",
            -SMOOTHED,
            _words(math.exp(smoothing), "skin detail against eye and lip edges {:.2f} times as before"),
            filtered,
            f"below {math.exp(-SMOOTHED):.2f} or above {math.exp(SMOOTHED):.2f} times",
        ),
    )


def _same_size(alignment: Alignment) -> bool:
    """Whether both photos show the skin at about the same scale."""
    return alignment.is_aligned and abs(math.log(alignment.magnification)) < math.log(OTHER_SIZE)


def _is_smoothed(skin: float, smoothing: float) -> bool:
    """Whether skin lost (or gained) detail that the edges were spared, in either photo."""
    if math.isnan(smoothing) or skin == 0:
        return False
    return abs(smoothing) > SMOOTHED and smoothing / skin > SPARED


def _sharpness(coarse: float, finest: float, alignment: Alignment) -> tuple[Concern, ...]:
    """Say that one photo is softer; a NaN says nothing, for then the metrics' own gates speak."""
    if not alignment.is_aligned:
        return ()
    is_coarse = coarse < SOFTER or coarse > SHARPER
    is_fine = _same_size(alignment) and (finest < SOFTER or finest > FINEST_SHARPER)
    if not (is_coarse or is_fine):
        return ()
    softer = "after" if (coarse if is_coarse else finest) < 0 else "before"
    flag = Flag(
        "sharpness_differs",
        f"The {softer} photo is much softer than the other, so its texture cannot be compared.",
        "Hold the camera still, let it focus on the skin, and switch off beauty filters.",
        Effect.NOT_MEASURABLE,
    )
    return (Concern(flag, Bearing.TEXTURE),)


def _filtered(which: str) -> tuple[Concern, ...]:
    reason = (
        f"The skin of the {which} photo is smoothed while eyes and lips stayed sharp, as beauty filters do"
    )
    advice = "Switch off beauty, portrait and skin-smoothing modes, and use the camera's own app."
    return (
        Concern(
            Flag("beauty_filter", f"{reason}, so texture cannot be compared.", advice, Effect.NOT_MEASURABLE),
            Bearing.TEXTURE,
        ),
        Concern(
            Flag("beauty_filter", f"{reason}; they may change its colour, too.", advice, Effect.WIDER_ERROR),
            Bearing.COLOUR,
        ),
    )


def _words(value: float, text: str) -> str:
    return "not known" if math.isnan(value) else text.format(value)
