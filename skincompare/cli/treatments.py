"""``skincompare course`` and ``skincompare session``: what was treated, when, how deep, and how it was graded."""

from dataclasses import replace
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skincompare.cli.common import (
    CourseOption,
    JsonOption,
    PatientArgument,
    chosen_course,
    moment,
    opened,
    print_json,
)
from skincompare.cli.errors import errors_told
from skincompare.cli_output import make_console, make_table
from skincompare.errors import NotFoundError, OptionError

if TYPE_CHECKING:
    from skincompare.records import Session

__all__ = ["course_app", "session_app"]

course_app = typer.Typer(help="Courses of treatment: add, list.", no_args_is_help=True)
session_app = typer.Typer(help="Sessions of a course: add, list, change, grade.", no_args_is_help=True)

DepthOption = Annotated[
    list[str] | None,
    typer.Option(
        "--depth", help="Needle depth of a treated region, mm: left_cheek=1.5; once for each region."
    ),
]
AtOption = Annotated[
    str | None, typer.Option("--at", help="Date and time: 2026-03-03T10:00 or 2026-03-03T10:00+01:00.")
]
DeviceOption = Annotated[str | None, typer.Option("--device", help="The needling device.")]
PassesOption = Annotated[int | None, typer.Option("--passes", help="Passes over the skin.")]
TopicalsOption = Annotated[str | None, typer.Option("--topicals", help="What was put on the skin.")]
PractitionerOption = Annotated[str | None, typer.Option("--practitioner", help="Who treated.")]
NotesOption = Annotated[str | None, typer.Option("--notes", help="Free text.")]
InstructionsOption = Annotated[
    str | None, typer.Option("--instructions", help="What the patient was told to do afterwards.")
]


@course_app.command(name="add")
def add_course(
    patient: PatientArgument,
    condition: Annotated[
        str,
        typer.Option(
            help="large pores, acne scars, fine lines, wrinkles, discoloration, redness or other.",
            show_default=False,
        ),
    ],
    title: Annotated[str, typer.Option(help="A name for it.")] = "",
    notes: Annotated[str, typer.Option(help="Free text.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Add a course of treatment."""
    with errors_told():
        from skincompare.records import Condition, Course
        from skincompare.records.checks import member
        from skincompare.records.plain import to_plain

        what = member(Condition, "condition", condition)
        with opened() as store:
            found = store.people.get(patient)
            assert found.id is not None
            course = store.treatments.add_course(
                Course(patient_id=found.id, condition=what, title=title, notes=notes)
            )
        if as_json:
            print_json({"course": to_plain(course)})
            return
        typer.echo(f"Course {course.id} of patient {patient}: {course.condition.value}")
        typer.echo(
            f"Next: skincompare session add {quote(patient)} --at 2026-03-03T10:00 --depth left_cheek=1.5"
        )


@course_app.command(name="list")
def list_courses(patient: PatientArgument, as_json: JsonOption = False) -> None:
    """List a patient's courses."""
    with errors_told():
        from skincompare.records.plain import to_plain

        with opened() as store:
            courses = store.treatments.courses(store.people.get(patient))
            sessions = [store.treatments.sessions(one) for one in courses]
        if as_json:
            print_json({"courses": to_plain(courses)})
            return
        table = make_table(("Course", "Condition", "Title", "Sessions"), ("Course", "Sessions"))
        for course, own in zip(courses, sessions, strict=True):
            table.add_row(str(course.id), course.condition.value, course.title, str(len(own)))
        make_console().print(table)


@session_app.command(name="add")
def add_session(
    patient: PatientArgument,
    at: Annotated[
        str,
        typer.Option(help="Date and time: 2026-03-03T10:00 or 2026-03-03T10:00+01:00.", show_default=False),
    ],
    depth: DepthOption = None,
    course: CourseOption = None,
    device: DeviceOption = None,
    passes: PassesOption = None,
    topicals: TopicalsOption = None,
    practitioner: PractitionerOption = None,
    notes: NotesOption = None,
    instructions: InstructionsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a session; photos of the course are matched to it by date."""
    with errors_told():
        from skincompare.records import Clinic, Session

        depths = _depths(depth)
        with opened() as store:
            own = chosen_course(store, store.people.get(patient), course)
            assert own.id is not None
            session = store.treatments.add_session(
                Session(
                    course_id=own.id,
                    at=moment(store, "--at", at),
                    depths_mm=depths,
                    device=device or "",
                    passes=passes,
                    topicals=topicals or "",
                    practitioner=practitioner or "",
                    notes=notes or "",
                    instructions=instructions or "",
                )
            )
            unset = store.people.clinic().time_zone == Clinic().time_zone
        if unset and session.at.utcoffset() == timedelta(0):
            typer.echo(
                "This time is taken as UTC, because the clinic's time zone is not set. If it was another zone, a photo "
                "from after the treatment may count as the one before it: skincompare store clinic --time-zone "
                "Europe/London, then session edit --at.",
                err=True,
            )
        _print_session(session, as_json, f"Next: skincompare import {quote(patient)} PHOTOS")


@session_app.command(name="edit")
def edit_session(
    patient: PatientArgument,
    session: Annotated[int, typer.Argument(metavar="SESSION", help="Number of the session.")],
    at: AtOption = None,
    depth: DepthOption = None,
    device: DeviceOption = None,
    passes: PassesOption = None,
    topicals: TopicalsOption = None,
    practitioner: PractitionerOption = None,
    notes: NotesOption = None,
    instructions: InstructionsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a session; what is not named stays, depths are replaced as a whole."""
    with errors_told():
        with opened() as store:
            given = {
                "at": None if at is None else moment(store, "--at", at),
                "depths_mm": None if depth is None else _depths(depth),
                "device": device,
                "passes": passes,
                "topicals": topicals,
                "practitioner": practitioner,
                "notes": notes,
                "instructions": instructions,
            }
            changed: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
            found = store.people.get(patient)
            known = [one for own in store.treatments.courses(found) for one in store.treatments.sessions(own)]
            before = next((one for one in known if one.id == session), None)
            if before is None:
                raise NotFoundError(
                    f"Patient {patient} has no session {session}; see: skincompare session list {quote(patient)}"
                )
            stored = store.treatments.save_session(replace(before, **changed))
        _print_session(stored, as_json, "")


@session_app.command(name="list")
def list_sessions(patient: PatientArgument, course: CourseOption = None, as_json: JsonOption = False) -> None:
    """List the sessions of a course, or of all courses."""
    with errors_told():
        from skincompare.records.plain import to_plain

        with opened() as store:
            found = store.people.get(patient)
            courses = (
                store.treatments.courses(found) if course is None else (chosen_course(store, found, course),)
            )
            sessions = tuple(one for own in courses for one in store.treatments.sessions(own))
        if as_json:
            print_json({"sessions": to_plain(sessions)})
            return
        table = make_table(
            ("Session", "Course", "Time", "Depths", "Device", "Practitioner"), ("Session", "Course")
        )
        for one in sessions:
            table.add_row(
                str(one.id),
                str(one.course_id),
                f"{one.at:%Y-%m-%d %H:%M %z}",
                _told(one),
                one.device,
                one.practitioner,
            )
        make_console().print(table)


@session_app.command()
def grade(
    patient: PatientArgument,
    scale: Annotated[
        str, typer.Option(help="CEA (0-4), GAIS (1-5), Goodman-Baron (1-4) or other.", show_default=False)
    ],
    value: Annotated[int, typer.Option(help="The step on that scale.", show_default=False)],
    at: Annotated[str, typer.Option(help="Date and time of grading.", show_default=False)],
    session: Annotated[int | None, typer.Option(help="Number of the session it belongs to.")] = None,
    by: Annotated[str, typer.Option(help="Who graded.")] = "",
    notes: Annotated[str, typer.Option(help="Free text.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Record what a person graded by looking."""
    with errors_told():
        from skincompare.records import Grade, GradeScale
        from skincompare.records.checks import member
        from skincompare.records.plain import to_plain

        with opened() as store:
            found = store.people.get(patient)
            assert found.id is not None
            numbers = [
                one.id for own in store.treatments.courses(found) for one in store.treatments.sessions(own)
            ]
            if session is not None and session not in numbers:
                raise NotFoundError(
                    f"Patient {patient} has no session {session}; see: skincompare session list {quote(patient)}"
                )
            stored = store.treatments.add_grade(
                Grade(
                    patient_id=found.id,
                    scale=member(GradeScale, "scale", scale),
                    grade=value,
                    at=moment(store, "--at", at),
                    session_id=session,
                    graded_by=by,
                    notes=notes,
                )
            )
        if as_json:
            print_json({"grade": to_plain(stored)})
        else:
            typer.echo(f"{patient}: {stored.scale.value} {stored.grade}")


def _depths(given: list[str] | None) -> dict[str, float]:
    from skincompare.choices import region_names
    from skincompare.imaging.regions import FACE_REGIONS, WHOLE_SKIN

    known = (*FACE_REGIONS, "neck", WHOLE_SKIN)
    found: dict[str, float] = {}
    for part in (part for text in given or [] for part in text.split(",")):
        region, _, depth = part.partition("=")
        try:
            millimetres = float(depth)
        except ValueError as error:
            raise OptionError(f"--depth {part!r} is no region and depth; write left_cheek=1.5.") from error
        found |= dict.fromkeys(region_names(region, known, "region"), millimetres)
    return found


def _told(session: "Session") -> str:
    return ", ".join(f"{region} {depth:g} mm" for region, depth in session.depths_mm.items())


def _print_session(session: "Session", as_json: bool, hint: str) -> None:
    from skincompare.records.plain import to_plain

    if as_json:
        print_json({"session": to_plain(session)})
        return
    typer.echo(f"Session {session.id}, {session.at:%Y-%m-%d %H:%M %z}: {_told(session) or 'no depth noted'}")
    if hint:
        typer.echo(hint)
