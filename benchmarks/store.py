"""How fast the store answers when it is full: patient list, search, one patient's timeline; and by which indexes.

    python benchmarks/store.py [--patients 10000] [--sessions 8] [--photos 6] [--postgresql URL] [--folder DIR]

Rows are generated, no pixels: for each patient a course of `sessions` sessions, for each session `photos` photos, for
each photo (but the baseline) one analysis with 42 measurements (14 quantities in 3 regions). Each question is asked
200 times about patients drawn by a seed, through the functions that the screens use. Printed are the median and the
95th percentile in ms (and that of the processor time of this process alone: on a busy machine it is the fairer one, but
for PostgreSQL it leaves the server's share out), and the plan of every query, marked where one reads a whole table.

`--postgresql` names an empty database beside SQLite. With `--folder` the SQLite store stays there for the next run.
"""

import argparse
import random
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from skincompare.measurement import Z95
from skincompare.metrics.registry import metrics
from skincompare.store import Store, open_store
from skincompare.workflows.measuring import current_methods
from skincompare.workflows.timeline import course_timeline

SEED, QUESTIONS = 11, 200
N_QUANTITIES, REGIONS = 14, ("left_cheek", "nose", "right_cheek")
DAYS_BETWEEN, PHOTO_DAYS = 28, (-0.02, 1.0, 2.0, 3.0, 7.0, 14.0)
FIRST = datetime(2024, 1, 1, 9, tzinfo=UTC).replace(tzinfo=None)
CHUNK = 50_000
SMALL_TABLE = 2_000
"""Rows below which reading a whole table costs nothing."""
FIRST_NAMES = ("Anna", "Zoë", "Mehmet", "Ōta", "Chidi", "Lucía", "Søren", "Priya", "Wei", "Fatima")
LAST_NAMES = ("Ångström", "Nguyen", "Okafor", "Silva", "Kaya", "Müller", "Ito", "Haddad", "Novak", "Smith")

COLUMNS = {
    "patient": "id uid code display_name birth_year fitzpatrick notes is_simulated revision",
    "patient_word": "word patient_id",
    "course": "id patient_id condition title notes revision",
    "session": "id course_id at_utc at_offset_min device passes topicals practitioner_id notes instructions revision",
    "session_depth": "session_id region depth_mm",
    "photo": "id patient_id course_id session_id sha256 file_name file_format n_bytes width height view site "
    "captured_utc captured_offset_min captured_source camera px_per_mm",
    "method": "id name version options",
    "flag_set": "id digest flags",
    "analysis": "id photo_id baseline_id made_utc software_version treated reference rung status problem flags",
    "analysis_method": "analysis_id method_id",
    "measurement": "analysis_id quantity region method_id unit before_value before_sigma before_pixels after_value "
    "after_sigma after_pixels change sigma mdc95 verdict flag_set_id",
}
Row = tuple[str, tuple[Any, ...]]


def rows_of_methods() -> Iterator[Row]:
    """Yield the methods of the current version, and one set of flags."""
    import json

    for number, method in enumerate(current_methods().values(), start=1):
        options = json.dumps(dict(method.options), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield "method", (number, method.name, method.version, options)
    flag = '{"advice":"","code":"tilted","effect":"note","reason":"The head is tilted."}'
    yield "flag_set", (1, "x", f"[[{flag}],[],[]]")


def rows_of_patient(number: int, n_sessions: int, n_photos: int, chance: random.Random) -> Iterator[Row]:
    """Yield everything of one patient; numbers follow from the patient's."""
    code, name = f"P{number:05d}", f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    yield "patient", (number, f"u{number}", code, name, 1980, "III", "", False, 1)
    for word in {code.casefold(), *plain(name).split()}:
        yield "patient_word", (word, number)
    yield "course", (number, number, "acne scars", "", "", 1)
    start = FIRST + timedelta(days=chance.randrange(600))
    first_photo = (number - 1) * n_sessions * n_photos + 1
    for index in range(n_sessions):
        session = (number - 1) * n_sessions + index + 1
        at = start + timedelta(days=DAYS_BETWEEN * index)
        yield "session", (session, number, at, 60, "pen", 4, "", None, "", "", 1)
        for region in REGIONS:
            yield "session_depth", (session, region, 1.5)
        for shot in range(n_photos):
            photo = first_photo + index * n_photos + shot
            captured = at + timedelta(days=PHOTO_DAYS[shot % len(PHOTO_DAYS)] + shot // len(PHOTO_DAYS))
            own = session if captured >= at or not index else session - 1
            place = (
                photo,
                number,
                number,
                own,
                f"{photo:064x}",
                f"{photo}.jpg",
                "JPEG",
                4_000_000,
                3024,
                4032,
            )
            yield "photo", (*place, "front", "", captured, 60, "EXIF", "Acme One", None)
            if photo != first_photo:
                yield from rows_of_analysis(photo, first_photo, captured, chance)


def rows_of_analysis(photo: int, baseline: int, captured: datetime, chance: random.Random) -> Iterator[Row]:
    """Yield one comparison with its measurements; its number is that of the photo."""
    how = ("0.1.0", ",".join(REGIONS), "forehead,nose", "several untreated regions", "measured", "", "[]")
    yield "analysis", (photo, photo, baseline, captured, *how)
    methods = {name: number for number, name in enumerate(current_methods(), start=1)}
    for number in methods.values():
        yield "analysis_method", (photo, number)
    for quantity, method in QUANTITIES:
        for region in REGIONS:
            change = chance.random() * 8
            before = (20.0, 0.8, 5000)
            after = (20.0 + change, 0.8, 5000)
            verdict = "increased" if change > Z95 else "no detectable change"
            yield (
                "measurement",
                (
                    photo,
                    quantity,
                    region,
                    methods[method],
                    "EI",
                    *before,
                    *after,
                    change,
                    1.0,
                    1.4,
                    verdict,
                    1,
                ),
            )


def named_quantities() -> tuple[tuple[str, str], ...]:
    """Return 14 names of quantities with the metric that yields each; filled up where there are fewer."""
    real = [(one.name, spec.name) for spec in metrics().values() for one in spec.quantities]
    more = [(f"more_{number}", real[-1][1]) for number in range(max(0, N_QUANTITIES - len(real)))]
    redness_first = sorted((*real, *more), key=lambda pair: pair[0] != "redness")
    return tuple(redness_first[:N_QUANTITIES])


QUANTITIES = named_quantities()


def plain(name: str) -> str:
    """Return a name as the search folds it."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(one for one in parts if not unicodedata.combining(one)).casefold()


def fill(store: Store, rows: Iterable[Row]) -> None:
    """Write rows, many at a time, as fast as the database takes them."""
    waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
    with store.database.connection() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None

        def flush() -> None:
            for table, content in waiting.items():
                names = COLUMNS[table].split()
                if not content:
                    continue
                if store.database.is_sqlite:
                    marks = ",".join("?" * len(names))
                    adapted = (
                        [
                            one.isoformat(" ", "microseconds") if isinstance(one, datetime) else one
                            for one in row
                        ]
                        for row in content
                    )
                    raw.executemany(f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})", adapted)
                else:
                    with (
                        raw.cursor() as cursor,
                        cursor.copy(f"COPY {table} ({','.join(names)}) FROM STDIN") as copy,
                    ):
                        for row in content:
                            copy.write_row(row)
                content.clear()

        for count, (table, row) in enumerate(rows, start=1):
            waiting[table].append(row)
            if count % CHUNK == 0:
                flush()
        flush()


def questions(store: Store, n_patients: int) -> dict[str, Callable[[random.Random], object]]:
    """Return what is asked, by name."""

    def code(chance: random.Random) -> str:
        return f"P{chance.randint(1, n_patients):05d}"

    def timeline(chance: random.Random, wanted: tuple[str, ...] | None) -> object:
        patient = store.people.get(code(chance))
        (course,) = store.treatments.courses(patient)
        found = course_timeline(store, patient, course, quantities=wanted)
        assert found.days
        assert found.days[-1].changes
        assert not found.n_due
        return found

    return {
        "patient list, a page of 50": lambda chance: store.people.page(after=code(chance)),
        "search, two words of the name": lambda chance: store.people.page(
            search=f"{plain(chance.choice(FIRST_NAMES))[:3]} {plain(chance.choice(LAST_NAMES))[:3]}"
        ),
        "search, beginning of the code": lambda chance: store.people.page(search=code(chance)[:4]),
        "number of patients": lambda chance: store.people.count(),
        "one patient's timeline, redness": lambda chance: timeline(chance, ("redness",)),
        "one patient's timeline, everything": lambda chance: timeline(chance, None),
    }


def timed(ask: Callable[[random.Random], object]) -> tuple[float, float, float]:
    """Return the median and the 95th percentile of the time of an answer, and the latter of this process's own, ms."""
    chance = random.Random(SEED)
    ask(chance)
    taken, own = [], []
    for _ in range(QUESTIONS):
        start, start_own = time.perf_counter(), time.process_time()
        ask(chance)
        taken.append(1000 * (time.perf_counter() - start))
        own.append(1000 * (time.process_time() - start_own))
    late = int(0.95 * QUESTIONS)
    return sorted(taken)[QUESTIONS // 2], sorted(taken)[late], sorted(own)[late]


def plans(store: Store, ask: Callable[[random.Random], object]) -> list[str]:
    """Return the plan of every query of a question, one line each, marked where it reads a whole table."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _r: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(store.database.engine, "before_cursor_execute", note)
    ask(random.Random(SEED))
    event.remove(store.database.engine, "before_cursor_execute", note)
    lines = []
    with store.database.engine.connect() as connection:
        sizes = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0
            for table in COLUMNS
        }
        for statement, parameters in asked:
            explain = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
            for row in connection.exec_driver_sql(explain + statement, parameters):
                line = str(row[-1])
                words = line.replace("->", " ").split()
                whole = words[:1] == ["SCAN"] or words[:3] == ["Seq", "Scan", "on"]
                table = words[1] if words[:1] == ["SCAN"] else words[3] if whole else ""
                large = sizes.get(table, 0) > SMALL_TABLE
                if words[:1] in (["SCAN"], ["SEARCH"]) or "Scan" in line:
                    lines.append(f"{'WHOLE TABLE: ' if whole and large else ''}{line.strip()}")
    return list(dict.fromkeys(lines))


def report(name: str, store: Store, options: argparse.Namespace) -> bool:
    """Fill a store where it is empty, ask, print; return whether no query read a whole table."""
    if store.people.count() == 0:
        chance, start = random.Random(SEED), time.perf_counter()

        def rows() -> Iterator[Row]:
            yield from rows_of_methods()
            for number in range(1, options.patients + 1):
                yield from rows_of_patient(number, options.sessions, options.photos, chance)

        fill(store, rows())
        with store.database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        print(f"{name}: filled in {time.perf_counter() - start:.0f} s")
    with store.database.reading() as transaction:
        counts = {
            table: transaction.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in COLUMNS
        }
    print(f"\n{name}: " + ", ".join(f"{counts[one]:,} {one}s" for one in ("patient", "photo", "measurement")))
    print(f"{'question':38s} {'median':>9s} {'p95':>9s} {'own p95':>9s}")
    good = True
    for question, ask in questions(store, counts["patient"]).items():
        median, late, own = timed(ask)
        print(f"{question:38s} {median:6.1f} ms {late:6.1f} ms {own:6.1f} ms")
    for question, ask in questions(store, counts["patient"]).items():
        print(f"\nplan of: {question}")
        for line in plans(store, ask):
            print(f"  {line}")
            good &= "WHOLE TABLE" not in line or question == "number of patients"
    return good


def main() -> None:
    """Measure SQLite, and PostgreSQL where an address is given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=8)
    parser.add_argument("--photos", type=int, default=6)
    parser.add_argument("--postgresql", default="", help="address of an empty database")
    parser.add_argument("--folder", type=Path, help="keep the SQLite store here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        with open_store(folder) as store:
            good = report("SQLite", store, options)
        if options.postgresql:
            with open_store(Path(scratch), database_url=options.postgresql) as store:
                good &= report("PostgreSQL", store, options)
    print("\nNo question reads a whole table." if good else "\nA question reads a whole table.")
    sys.exit(not good)


if __name__ == "__main__":
    main()
