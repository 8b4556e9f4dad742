"""A clinic of simulated patients, so that every screen has something true to show."""

from collections.abc import Callable

from skincompare.errors import SkincompareError
from skincompare.records import Condition, Course, Patient, Session
from skincompare.store import Store
from skincompare.workflows.importing import ImportPlan, ImportStatus, import_photos
from skincompare.workflows.samples import SampleCourse, Samples

__all__ = ["DEMO_PREFIX", "fill_demo"]

Progress = Callable[[str, float], None]

DEMO_PREFIX = "DEMO-"
"""What the codes of simulated patients begin with."""
DEVICE = "simulated needling pen"
INSTRUCTIONS = (
    "No sun, no make-up for 24 hours, a mild cleanser; call when redness gets worse after the third day."
)


def fill_demo(
    store: Store, samples: Samples, progress: Progress | None = None
) -> tuple[tuple[Patient, Course], ...]:
    """Put the simulated patients into a store, with their photos; running it again adds only what is missing.

    Parameters
    ----------
    store : Store
        Where to.
    samples : Samples
        The sample images.
    progress : callable, optional
        Called with a file's name and the share done, in [0, 1].

    Returns
    -------
    tuple of (Patient, Course)
        All simulated patients with their course. Nothing is measured yet.

    Raises
    ------
    SkincompareError
        When a code is taken by a patient who is not simulated, or a sample image cannot be used.
    """
    filled = []
    for index, sample in enumerate(samples.courses):
        patient, course = _patient(store, sample)
        plan = ImportPlan(patient, course, shared=True)

        def tell(name: str, share: float, index: int = index) -> None:
            if progress:
                progress(name, (index + share) / len(samples.courses))

        for one in import_photos(store, plan, [photo.path for photo in sample.photos], tell):
            if one.status is ImportStatus.REFUSED:
                raise SkincompareError(f"A sample image cannot be used: {one.sentence}")
        filled.append((patient, course))
    return tuple(filled)


def _patient(store: Store, sample: SampleCourse) -> tuple[Patient, Course]:
    """Return the patient and course of a sample, made where they are missing."""
    code = DEMO_PREFIX + sample.name.rpartition("_")[2].upper()
    patient = store.people.find(code)
    if patient is None:
        patient = store.people.add(
            Patient(
                code=code, display_name=sample.title, notes=f"Simulated. {sample.summary}", is_simulated=True
            )
        )
    if not patient.is_simulated:
        raise SkincompareError(f"The code {code} is taken by a patient of yours; rename them first.")
    courses = store.treatments.courses(patient)
    course = courses[0] if courses else None
    if course is None:
        assert patient.id is not None
        course = store.treatments.add_course(
            Course(patient_id=patient.id, condition=_condition(sample.condition), title=sample.title)
        )
    if not store.treatments.sessions(course):
        assert course.id is not None
        depth = sample.needle_depth_mm
        store.treatments.add_session(
            Session(
                course_id=course.id,
                at=sample.treated_at,
                depths_mm={} if depth is None else dict.fromkeys(sample.treated, depth),
                device=DEVICE,
                instructions=INSTRUCTIONS,
            )
        )
    return patient, course


def _condition(word: str) -> Condition:
    return next((one for one in Condition if one.value == word), Condition.OTHER)
