"""Compare two photos: sample photos at once, or a person's own."""

import weakref
from dataclasses import replace
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from skincompare.errors import PhotoError, SkincompareError
from skincompare.photo_kinds import identify
from skincompare.report.pair_view import PairView
from skincompare.settings import read_settings
from skincompare.ui.cache import Options, PhotoFile, SideError, compared, comparison_of
from skincompare.ui.keys import Key
from skincompare.ui.pictures import upload_address
from skincompare.ui.problems import CalmErrors, escape_markdown, show_missing_samples
from skincompare.ui.samples import photo_note, read_samples
from skincompare.ui.state import patient_asked_for
from skincompare.ui.widgets.first_look import show_aligned_look, show_first_look
from skincompare.ui.widgets.first_steps import show_first_steps
from skincompare.ui.widgets.outcome import show_outcome
from skincompare.ui.widgets.page_frame import begin_page, end_page
from skincompare.ui.widgets.points import choose_points
from skincompare.ui.widgets.stored_compare import show_stored_compare
from skincompare.ui.widgets.treatment import choose_treatment
from skincompare.ui.words import compare as words
from skincompare.ui.words import problems as problem_words
from skincompare.workflows import CoursePhoto, SampleCloseUp, SampleCourse

__all__ = ["Source", "show"]

FILE_TYPES = ("jpg", "jpeg", "png", "webp", "tif", "tiff", "heic", "heif")
"""Endings that the file choosers offer; what a file really is decides its content."""
SAMPLE_WIDTH_PX = 300
"""Width of the choice of a sample, px."""


class Source(StrEnum):
    """Where the photos come from."""

    PATIENT = words.PATIENT_PHOTOS
    OWN = words.TWO_PHOTOS
    SAMPLE = words.EXAMPLES


@CalmErrors()
def show() -> None:
    """Draw the page."""
    begin_page()
    controls = st.container(key="controls", horizontal=True, vertical_alignment="center")
    with controls:
        source = st.segmented_control(
            words.PHOTOS,
            list(Source),
            default=Source.SAMPLE if patient_asked_for() is None else Source.PATIENT,
            required=True,
            key=Key.SOURCE,
            label_visibility="collapsed",
        )
    if source == Source.PATIENT:
        show_stored_compare()
    elif source == Source.OWN:
        _own_photos()
    else:
        _sample_photos(controls)
    end_page()


def _sample_photos(controls: DeltaGenerator) -> None:
    samples = read_samples()
    if samples is None:
        show_missing_samples(read_settings().samples)
        return
    every: tuple[SampleCourse | SampleCloseUp, ...] = (*samples.courses, *samples.close_ups)
    cases = {case.name: case for case in every}
    with controls:
        name = st.selectbox(
            words.SAMPLE,
            list(cases),
            format_func=lambda one: cases[one].title,
            key=Key.SAMPLE,
            label_visibility="collapsed",
            width=SAMPLE_WIDTH_PX,
        )
        case = cases[name]
        photo = _choose_day(case)
    st.caption(case.summary)
    files = _sample_file(case.photos[0]), _sample_file(photo)
    options = _answered(files, _sample_options(case))
    outcome = _outcome(files, options, is_sample=True)
    if outcome is not None:
        notes = photo_note(case.photos[0]), photo_note(photo)
        show_outcome(outcome, notes, _whole_photos(files), partial(comparison_of, *files, options))


def _choose_day(case: SampleCourse | SampleCloseUp) -> CoursePhoto:
    later = {photo.label: photo for photo in case.photos[1:]}
    label = st.segmented_control(
        words.AFTER_PHOTO,
        list(later),
        default=list(later)[min(1, len(later) - 1)] if isinstance(case, SampleCourse) else list(later)[-1],
        required=True,
        key=f"{Key.SAMPLE_DAY}_{case.name}",
        label_visibility="collapsed",
    )
    return later[label]


def _sample_options(case: SampleCourse | SampleCloseUp) -> Options:
    if isinstance(case, SampleCloseUp):
        return Options(px_per_mm=case.px_per_mm)
    return Options(case.treated, case.reference)


def _sample_file(photo: CoursePhoto) -> PhotoFile:
    try:
        return PhotoFile(photo.path.read_bytes(), photo.path.name)
    except OSError:
        return PhotoFile(b"", photo.path.name)


def _own_photos() -> None:
    left, right = st.columns(2, gap="large")
    with left:
        before = _own_photo(words.BEFORE_PHOTO, Key.BEFORE)
    with right:
        after = _own_photo(words.AFTER_PHOTO, Key.AFTER)
    options = choose_treatment()
    if before is None or after is None or options is None:
        show_first_steps(before is not None, after is not None, options is not None)
        return
    files = before, after
    options = _answered(files, replace(options, points=choose_points()))
    outcome = _outcome(files, options, is_sample=False)
    if outcome is not None:
        show_outcome(outcome, outcome.notes, _whole_photos(files), partial(comparison_of, *files, options))


def _own_photo(label: str, key: Key) -> PhotoFile | None:
    """Ask for a photo; a file that is none is named at once, and counts as none."""
    given = st.file_uploader(label, FILE_TYPES, key=key)
    if given is None:
        return None
    file = PhotoFile(given.getvalue(), given.name)
    try:
        if file.data:  # of an empty file the reader has its own sentence
            identify(file.data, file.name)
    except PhotoError as error:
        side = "before" if key == Key.BEFORE else "after"
        st.error(
            problem_words.side_problem(side, escape_markdown(str(error))),
            icon=":material/image_not_supported:",
        )
        return None
    return file


class _Held:
    """The files of the pair that a session looks at; the shelf of pictures does not keep them alive."""

    def __init__(self, files: tuple[PhotoFile, PhotoFile]) -> None:
        self.files = files


def _whole_photos(files: tuple[PhotoFile, PhotoFile]) -> tuple[str, str]:
    """Return addresses of the photos at full resolution; they end with the session, or when another pair comes."""
    held = _Held(files)
    st.session_state[Key.WHOLE_PHOTOS] = held
    kept = weakref.ref(held)

    def data(side: int) -> bytes | None:
        there = kept()
        return there.files[side].data if there else None

    first, second = (
        upload_address(f"{id(held)}/{side}/{file.sha256}", partial(data, side))
        for side, file in enumerate(files)
    )
    return first, second


def _answered(files: tuple[PhotoFile, PhotoFile], options: Options) -> Options:
    """Return the options with what the person said of this very pair: flipped, same person, marked points."""
    pair = tuple(one.sha256 for one in files)
    marked_pair, marked = st.session_state.get(Key.MARKED_POINTS, (None, None))
    return replace(
        options,
        points=marked if marked_pair == pair else options.points,
        flip_after=st.session_state.get(Key.FLIPPED_PAIR) == pair,
        same_person=st.session_state.get(Key.SAME_PERSON_PAIR) == pair,
    )


def _outcome(files: tuple[PhotoFile, PhotoFile], options: Options, *, is_sample: bool) -> PairView | None:
    """Compare with its steps shown, over the bare photos; a photo that cannot be used is named."""
    waiting = st.empty()
    with waiting.container(key="first-look"):
        bar = st.progress(0.0, words.READING)
        pictures = st.empty()

    def tell(step: str, share: float) -> None:
        bar.progress(min(1.0, share), words.step_words(step))
        if share == 0:
            with pictures:
                show_first_look(files)

    def show_aligned(*pair: npt.NDArray[np.uint8]) -> None:
        with pictures.container():
            show_aligned_look(*pair)

    try:
        return compared(*files, options, is_sample=is_sample, progress=tell, show_aligned=show_aligned)
    except SideError as error:
        st.error(
            problem_words.side_problem(error.side, escape_markdown(str(error))),
            icon=":material/image_not_supported:",
        )
    except SkincompareError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    finally:
        waiting.empty()
    return None
