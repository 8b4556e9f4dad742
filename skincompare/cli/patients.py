"""``skincompare patient``: add, list, show, change, remove, consents, and a patient from an archive."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skincompare.cli.common import JsonOption, PatientArgument, day, opened, print_json
from skincompare.cli.errors import errors_told
from skincompare.cli_output import make_console, make_table
from skincompare.errors import OptionError

if TYPE_CHECKING:
    from skincompare.records import Fitzpatrick, Patient
    from skincompare.store import Store

__all__ = ["app"]

app = typer.Typer(help="Patients: add, list, show, change; consents; archives.", no_args_is_help=True)

NameOption = Annotated[str | None, typer.Option("--name", help="Name to show; may be left out.")]
BirthYearOption = Annotated[int | None, typer.Option("--birth-year", help="Year of birth.")]
FitzpatrickOption = Annotated[
    str | None, typer.Option("--fitzpatrick", help="Skin type I to VI, as the person answered it.")
]
NotesOption = Annotated[str | None, typer.Option("--notes", help="Free text.")]


@app.command()
def add(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A new code; it alone tells patients apart.")],
    name: NameOption = None,
    birth_year: BirthYearOption = None,
    fitzpatrick: FitzpatrickOption = None,
    notes: NotesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a patient; only the code is needed."""
    with errors_told():
        from skincompare.records import Patient

        patient = Patient(
            code=code.strip(),
            display_name=name or "",
            birth_year=birth_year,
            fitzpatrick=_skin_type(fitzpatrick),
            notes=notes or "",
        )
        with opened() as store:
            stored = store.people.add(patient)
        _print_patient(
            stored, as_json, f"Next: skincompare course add {quote(stored.code)} --condition 'acne scars'"
        )


@app.command()
def edit(
    patient: PatientArgument,
    new_code: Annotated[str | None, typer.Option("--code", help="Another code.")] = None,
    name: NameOption = None,
    birth_year: BirthYearOption = None,
    fitzpatrick: FitzpatrickOption = None,
    notes: NotesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a patient; what is not named stays."""
    with errors_told():
        given = {
            "code": new_code,
            "display_name": name,
            "birth_year": birth_year,
            "fitzpatrick": _skin_type(fitzpatrick),
            "notes": notes,
        }
        changed: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        with opened() as store:
            stored = store.people.save(replace(store.people.get(patient), **changed))
        _print_patient(stored, as_json, "")


@app.command(name="list")
def list_(
    search: Annotated[str, typer.Option(help="Beginnings of words of code or name.")] = "",
    after: Annotated[str, typer.Option(help="Start behind this code (the next page).")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Patients at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List patients by code."""
    with errors_told():
        from skincompare.records.plain import to_plain

        with opened() as store:
            found = store.people.page(search=search, after=after, limit=limit)
            n_all = store.people.count()
        if as_json:
            print_json({"patients": to_plain(found), "n_all": n_all})
            return
        numbers = ("Sessions", "Photos")
        table = make_table(("Code", "Name", "Skin type", *numbers, "Last photo"), numbers)
        for one in found:
            patient, last = one.patient, one.last_photo
            table.add_row(
                patient.code,
                patient.display_name,
                patient.fitzpatrick.value if patient.fitzpatrick else "",
                str(one.n_sessions),
                str(one.n_photos),
                f"{last:%Y-%m-%d}" if last else "",
            )
        console = make_console()
        console.print(table)
        console.print(f"{len(found)} of {n_all} patients")
        if not n_all:
            console.print("Add one: skincompare patient add CODE; or fill a clinic to try: skincompare demo")
        elif len(found) == limit:
            console.print(f"The next page: skincompare patient list --after {quote(found[-1].patient.code)}")


@app.command()
def show(patient: PatientArgument, as_json: JsonOption = False) -> None:
    """Show a patient with courses, sessions, photos, grades and consents."""
    with errors_told():
        with opened() as store:
            content = _everything(store, store.people.get(patient))
        if as_json:
            print_json(content)
        else:
            _print_everything(content)


@app.command()
def consent(
    patient: PatientArgument,
    purpose: Annotated[
        str, typer.Argument(metavar="PURPOSE", help="For what: 'treatment record', teaching ...")
    ],
    given: Annotated[str | None, typer.Option(help="Day it was given; default: today.")] = None,
    withdrawn: Annotated[str | None, typer.Option(help="Day it was taken back.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Record what a patient agreed to, or took back."""
    with errors_told():
        from skincompare.records import Consent
        from skincompare.records.plain import to_plain

        with opened() as store:
            found = store.people.get(patient)
            assert found.id is not None
            standing = [
                one
                for one in store.people.consents(found)
                if one.purpose == purpose and one.withdrawn_on is None
            ]
            if withdrawn is not None:
                if not standing:
                    raise OptionError(
                        f"Patient {patient} has given no consent for {purpose!r} that still holds."
                    )
                kept = replace(standing[-1], withdrawn_on=day("--withdrawn", withdrawn))
                store.people.withdraw_consent(kept)
            else:
                on = date.today() if given is None else day("--given", given)
                kept = store.people.add_consent(Consent(patient_id=found.id, purpose=purpose, given_on=on))
        if as_json:
            print_json({"consent": to_plain(kept)})
        else:
            until = f", withdrawn {kept.withdrawn_on}" if kept.withdrawn_on else ""
            typer.echo(f"{patient}: {purpose}, given {kept.given_on}{until}")


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(metavar="ZIP", help="A file written by skincompare export.")],
    code: Annotated[str | None, typer.Option(help="Another code, where that of the file is taken.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Put a patient from an archive into this store."""
    with errors_told():
        from skincompare.store.archive import restore_patient

        with opened() as store:
            stored = restore_patient(store, archive, code=code)
        _print_patient(stored, as_json, f"Next: skincompare timeline {quote(stored.code)}")


@app.command()
def remove(
    patient: PatientArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove a patient with all records and photos. It cannot be undone."""
    with errors_told():
        with opened() as store:
            found = store.people.get(patient)
            photos = store.photos.of_patient(found)
            if not yes:
                typer.confirm(
                    f"Remove patient {found.code} with {len(photos)} photos for good?", abort=True, err=True
                )
            removed = store.remove_patient(found)
        if as_json:
            print_json({"patient": found.code, "files_removed": removed})
        else:
            typer.echo(f"Removed: patient {found.code}, {removed} photo files")


def _skin_type(text: str | None) -> "Fitzpatrick | None":
    if text is None:
        return None
    from skincompare.records import Fitzpatrick
    from skincompare.records.checks import member

    return member(Fitzpatrick, "Fitzpatrick type", text)


def _print_patient(patient: "Patient", as_json: bool, hint: str) -> None:
    from skincompare.records.plain import to_plain

    if as_json:
        print_json({"patient": to_plain(patient)})
        return
    name = f" ({patient.display_name})" if patient.display_name else ""
    typer.echo(f"Patient {patient.code}{name}")
    if hint:
        typer.echo(hint)


def _everything(store: "Store", patient: "Patient") -> dict[str, Any]:
    from skincompare.records.plain import to_plain

    courses = store.treatments.courses(patient)
    return {
        "patient": to_plain(patient),
        "courses": [
            {**to_plain(one), "sessions": to_plain(store.treatments.sessions(one))} for one in courses
        ],
        "photos": to_plain(store.photos.of_patient(patient)),
        "grades": to_plain(store.treatments.grades(patient)),
        "consents": to_plain(store.people.consents(patient)),
    }


def _print_everything(content: dict[str, Any]) -> None:
    patient = content["patient"]
    console = make_console()
    facts = (
        ("Name", patient["display_name"]),
        ("Born", patient["birth_year"]),
        ("Skin type (as answered)", patient["fitzpatrick"]),
        ("Notes", patient["notes"]),
    )
    console.print(
        f"Patient {patient['code']}{' (simulated)' if patient['is_simulated'] else ''}", style="bold"
    )
    for name, value in facts:
        if value:
            console.print(f"{name}: {value}")
    for course in content["courses"]:
        console.print(
            f"\nCourse {course['id']}: {course['condition']} {course['title']}".rstrip(), style="bold"
        )
        for session in course["sessions"]:
            depths = ", ".join(f"{region} {depth:g} mm" for region, depth in session["depths_mm"].items())
            console.print(f"- session {session['id']}, {session['at']}: {depths or 'no depth noted'}")
    if content["photos"]:
        table = make_table(("Photo", "Taken", "Time from", "View", "Session"))
        for one in content["photos"]:
            session = "" if one["session_id"] is None else str(one["session_id"])
            view = f"{one['view']} {one['site']}".strip()
            table.add_row(one["file_name"], one["captured"], one["captured_source"], view, session)
        console.print(table)
    for grade in content["grades"]:
        console.print(f"{grade['scale']} {grade['grade']}, {grade['at']}, {grade['graded_by']}".rstrip(", "))
    for one in content["consents"]:
        until = f", withdrawn {one['withdrawn_on']}" if one["withdrawn_on"] else ""
        console.print(f"Consent: {one['purpose']}, given {one['given_on']}{until}")
