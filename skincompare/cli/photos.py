"""``skincompare import``, ``export`` and ``store``: photos and archives in and out, and whether all is well."""

from pathlib import Path
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
from skincompare.cli.errors import ExitCode, errors_told, is_partly
from skincompare.cli_output import make_console, make_table, progress_bar

if TYPE_CHECKING:
    from skincompare.records import Course
    from skincompare.store import Store, Sweep
    from skincompare.workflows.importing import ImportedFile

__all__ = ["export", "import_", "store_app"]

store_app = typer.Typer(
    help="The store itself: where it is, whether all is well, the clinic.", no_args_is_help=True
)


def import_(
    patient: PatientArgument,
    places: Annotated[list[str], typer.Argument(metavar="PHOTOS", help="Files, or folders of photos.")],
    course: CourseOption = None,
    view: Annotated[
        str,
        typer.Option(
            help="front, left three-quarter, right three-quarter, left profile, right profile or close-up."
        ),
    ] = "front",
    site: Annotated[str, typer.Option(help="The place on the body, for close-ups.")] = "",
    date: Annotated[
        str | None, typer.Option("--date", help="When all of them were taken, instead of what the files say.")
    ] = None,
    px_per_mm: Annotated[
        float | None, typer.Option("--px-per-mm", help="Pixels in a millimetre, if known.")
    ] = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="Take photos that another patient has as well.")
    ] = False,
    measured: Annotated[
        bool, typer.Option("--measure/--no-measure", help="Measure the new photos against the baseline.")
    ] = True,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that measure.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Store photos of a patient; running it again stores only what is missing."""
    with errors_told():
        from skincompare.records import View
        from skincompare.records.checks import member
        from skincompare.workflows.importing import ImportPlan, find_photos, import_photos

        kind, paths = member(View, "view", view), find_photos(places)
        with opened() as store:
            found = store.people.get(patient)
            plan = ImportPlan(
                patient=found,
                course=chosen_course(store, found, course),
                view=kind,
                site=site,
                captured=None if date is None else moment(store, "--date", date),
                px_per_mm=px_per_mm,
                shared=shared,
            )
            _tell_sweep(store.photos.sweep())
            with progress_bar() as tell:
                results = tuple(import_photos(store, plan, paths, tell))
            if as_json:
                print_json({"patient": patient, "files": [_plain(one) for one in results]})
            else:
                _print_results(store, plan.course, results)
            counts = {}
            if measured:
                from skincompare.cli.measuring import measure_courses

                counts = measure_courses(store, (plan.course,), workers=workers)
        if not as_json:
            typer.echo(f"Next: skincompare timeline {quote(patient)}")
    if all(one.photo is None for one in results):
        raise typer.Exit(ExitCode.PHOTO)
    if any(one.photo is None for one in results) or is_partly(counts):
        raise typer.Exit(ExitCode.PARTLY)


def export(
    patient: PatientArgument,
    path: Annotated[Path, typer.Argument(metavar="ZIP", help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write one patient into a ZIP: original photos, JSON, CSV and a README."""
    with errors_told():
        from skincompare.errors import OptionError
        from skincompare.store.archive import export_patient
        from skincompare.version import package_version

        if path.exists() and not force:
            raise OptionError(f"{path} exists; give another name, or --force to replace it.")
        with opened() as store:
            n_photos = export_patient(store, store.people.get(patient), path, version=package_version())
        if as_json:
            print_json({"patient": patient, "file": str(path), "photos": n_photos})
        else:
            typer.echo(
                f"Written: {path} with {n_photos} photos of patient {patient}. Treat it as you treat the photos."
            )


@store_app.command()
def where(as_json: JsonOption = False) -> None:
    """Say where the store is and how much is in it."""
    with errors_told():
        with opened() as store:
            place, n_all = store.place, store.people.count()
        if as_json:
            print_json({"place": place, "patients": n_all})
        else:
            typer.echo(f"{place}: {n_all} patients")


@store_app.command()
def check(
    contents: Annotated[
        bool, typer.Option("--contents", help="Read every photo and check its content.")
    ] = False,
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove files that belong to nobody; no import may run meanwhile.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find photos without files and files without photos; exit code 5 when a photo is missing or damaged."""
    with errors_told():
        from skincompare.records.plain import to_plain

        with opened() as store:
            sweep = store.photos.sweep(contents=contents)
            cleared = store.photos.clear(sweep) if clear else 0
        if as_json:
            print_json({**to_plain(sweep), "cleared": cleared})
        else:
            for line in _sweep_lines(sweep):
                typer.echo(line)
            typer.echo("All is well." if sweep.is_clean else f"{cleared} files removed." if clear else _NEXT)
    if sweep.rows_without_files or sweep.damaged:
        raise typer.Exit(ExitCode.STORE)


@store_app.command()
def clinic(
    name: Annotated[str | None, typer.Option(help="Name of the clinic.")] = None,
    time_zone: Annotated[
        str | None, typer.Option("--time-zone", help="Its time zone, for example Europe/Vienna.")
    ] = None,
    locale: Annotated[
        str | None, typer.Option(help="How dates and numbers are written, for example en_GB or de_AT.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show or set the clinic's name, time zone (for photos that name no zone) and locale."""
    with errors_told():
        from dataclasses import replace

        from skincompare.records.plain import to_plain

        given: dict[str, Any] = {"name": name, "time_zone": time_zone, "locale": locale}
        changed = {key: value for key, value in given.items() if value is not None}
        with opened() as store:
            kept = replace(store.people.clinic(), **changed)
            if changed:
                store.people.set_clinic(kept)
        if as_json:
            print_json({"clinic": to_plain(kept)})
        else:
            said = kept.name or "Clinic without a name"
            typer.echo(f"{said}, time zone {kept.time_zone}, dates and numbers as in {kept.locale}")


_NEXT = "Import a photo again to use its file, or remove files that belong to nobody with --clear."


def _sweep_lines(sweep: "Sweep") -> list[str]:
    return [
        *(f"Missing file of {one.file_name}, taken {one.captured}" for one in sweep.rows_without_files),
        *(f"Damaged file of {one.file_name}, taken {one.captured}" for one in sweep.damaged),
        *(f"File that belongs to nobody: {name}" for name in sweep.files_without_rows),
        *(f"File that was never finished: {name}" for name in sweep.unfinished),
    ]


def _tell_sweep(sweep: "Sweep") -> None:
    """Say in one line that an earlier import was cut short, or that files are missing."""
    if not sweep.is_clean:
        n_missing, n_extra = (
            len(sweep.rows_without_files),
            len(sweep.files_without_rows) + len(sweep.unfinished),
        )
        typer.echo(
            f"The store has {n_missing} photos without a file and {n_extra} files that belong to nobody; "
            "see: skincompare store check",
            err=True,
        )


def _plain(one: "ImportedFile") -> dict[str, Any]:
    from skincompare.records.plain import to_plain

    return {
        "path": one.file.place,
        "status": one.status.value,
        "sentence": one.sentence,
        "photo": to_plain(one.photo),
    }


def _print_results(store: "Store", course: "Course", results: "tuple[ImportedFile, ...]") -> None:
    sessions = {one.id: one for one in store.treatments.sessions(course)}
    table = make_table(("File", "Result", "Taken", "Time from", "Session of", "Note"))
    for one in results:
        photo = one.photo
        session = sessions.get(photo.session_id) if photo else None
        table.add_row(
            one.file.name,
            one.status.value,
            f"{photo.captured:%Y-%m-%d %H:%M %z}" if photo else "",
            photo.captured_source.value if photo else "",
            f"{session.at:%Y-%m-%d}" if session else "",
            one.sentence,
        )
    console = make_console()
    console.print(table)
    counts = {
        status: sum(one.status == status for one in results) for status in {one.status for one in results}
    }
    console.print(", ".join(f"{counts[status]} {status.value}" for status in sorted(counts)))
