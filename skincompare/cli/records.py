"""The commands of the store: patients, courses, sessions, photos, timelines, archives, the demo clinic."""

import typer

from skincompare.cli import aftercare, measuring, patients, photos, progress, reports, treatments
from skincompare.cli.errors import EXIT_CODES

__all__ = ["add_commands"]

NAMED = (aftercare.symptoms, aftercare.bands)
"""Commands that stand among those of sessions and of the store, once their module is read."""


def add_commands(app: typer.Typer) -> None:
    """Give the command line the commands of the store."""
    app.add_typer(patients.app, name="patient")
    app.add_typer(treatments.course_app, name="course")
    app.add_typer(treatments.session_app, name="session")
    app.command(name="import", epilog=EXIT_CODES)(photos.import_)
    app.command()(measuring.timeline)
    app.command()(progress.progress)
    app.command(epilog=EXIT_CODES)(measuring.reanalyse)
    app.command(epilog=EXIT_CODES)(reports.report)
    app.command(epilog=EXIT_CODES)(reports.timelapse)
    app.command()(photos.export)
    app.command()(measuring.demo)
    app.add_typer(photos.store_app, name="store")
