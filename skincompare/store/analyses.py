"""Analyses in the store: a row for each region and quantity, with the method that made it."""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session as Transaction

from skincompare.errors import NotFoundError, OptionError
from skincompare.measurement import Change, Flag, Measurement, Method, Verdict
from skincompare.records import Analysis, AnalysisStatus
from skincompare.records.plain import from_plain, to_plain
from skincompare.store.engine import Database
from skincompare.store.mapping import moment_of, stored_moment, stored_number
from skincompare.store.tables import (
    AnalysisMethodRow,
    AnalysisRow,
    FlagSetRow,
    MeasurementRow,
    MethodRow,
    PhotoRow,
)

__all__ = ["Analyses", "insert_analysis"]

SEPARATOR = ","
"""Between names of regions in one column."""
VERDICTS = MappingProxyType({verdict.value: verdict for verdict in Verdict})
"""Verdicts by what is stored: looking one up takes a tenth of the time of making it."""


class Analyses:
    """What was measured.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, analysis: Analysis) -> int:
        """Store an analysis with all its rows, or nothing of it; return its number."""
        with self._database.writing() as transaction:
            return insert_analysis(transaction, analysis)

    def of_photos(
        self, photo_ids: Iterable[int], *, quantities: Sequence[str] | None = None
    ) -> tuple[Analysis, ...]:
        """Return the analyses of some photos, oldest first.

        Parameters
        ----------
        photo_ids : iterable of int
            Numbers of the photos.
        quantities : sequence of str, optional
            Which quantities' changes to read; default: all. The analyses come all the same.

        Returns
        -------
        tuple of Analysis
            Of every method that ever ran; see :func:`skincompare.workflows.timeline` for the newest alone.
        """
        numbers = sorted(set(photo_ids))
        with self._database.reading() as transaction:
            rows = transaction.scalars(
                select(AnalysisRow).where(AnalysisRow.photo_id.in_(numbers)).order_by(AnalysisRow.id)
            ).all()
            ids = [row.id for row in rows]
            methods = _methods(transaction, ids)
            wanted = {number for row in rows for number in (row.photo_id, row.baseline_id)}
            hashes = transaction.execute(select(PhotoRow.id, PhotoRow.sha256).where(PhotoRow.id.in_(wanted)))
            photos = {row.id: row.sha256 for row in hashes}
            by_id = {row.id: (photos[row.baseline_id], photos[row.photo_id]) for row in rows}
            changes = _changes(transaction, by_id, methods, quantities)
        return tuple(
            Analysis(
                id=row.id,
                photo_id=row.photo_id,
                baseline_id=row.baseline_id,
                made_at=moment_of(row.made_utc, 0),
                software_version=row.software_version,
                methods=tuple(methods[row.id].values()),
                treated=_names(row.treated),
                reference=_names(row.reference),
                rung=row.rung,
                status=AnalysisStatus(row.status),
                problem=row.problem,
                flags=_flags_of(json.loads(row.flags)),
                changes=tuple(changes[row.id]),
            )
            for row in rows
        )


def insert_analysis(transaction: Transaction, analysis: Analysis) -> int:
    """Store an analysis within a transaction; return its number."""
    for number in (analysis.photo_id, analysis.baseline_id):
        if transaction.get(PhotoRow, number) is None:
            raise NotFoundError(
                "The photo of this analysis is not in the store any more; somebody removed it."
            )
    methods = {method.name: _method_id(transaction, method) for method in analysis.methods}
    row = AnalysisRow(
        photo_id=analysis.photo_id,
        baseline_id=analysis.baseline_id,
        made_utc=stored_moment(analysis.made_at)[0],
        software_version=analysis.software_version,
        treated=SEPARATOR.join(analysis.treated),
        reference=SEPARATOR.join(analysis.reference),
        rung=analysis.rung,
        status=analysis.status.value,
        problem=analysis.problem,
        flags=_json(to_plain(analysis.flags)),
    )
    transaction.add(row)
    transaction.flush()
    transaction.add_all(AnalysisMethodRow(analysis_id=row.id, method_id=one) for one in methods.values())
    if analysis.changes:
        flag_sets = _flag_set_ids(transaction, analysis.changes)
        rows = [
            _measurement(row.id, change, methods, flag_sets[_flags_text(change)])
            for change in analysis.changes
        ]
        transaction.flush()
        transaction.execute(insert(MeasurementRow), rows)
    return row.id


def _measurement(
    analysis_id: int, change: Change, methods: Mapping[str, int], flag_set_id: int | None
) -> dict[str, Any]:
    return {
        "analysis_id": analysis_id,
        "quantity": change.metric,
        "region": change.region,
        "method_id": methods[change.after.method.name],
        "unit": change.unit,
        "before_value": stored_number(change.before.value),
        "before_sigma": stored_number(change.before.sigma),
        "before_pixels": change.before.n_pixels,
        "after_value": stored_number(change.after.value),
        "after_sigma": stored_number(change.after.sigma),
        "after_pixels": change.after.n_pixels,
        "change": stored_number(change.change),
        "sigma": stored_number(change.sigma),
        "mdc95": stored_number(change.mdc95),
        "verdict": change.verdict.value,
        "flag_set_id": flag_set_id,
    }


def _method_id(transaction: Transaction, method: Method) -> int:
    options = _json(dict(method.options))
    key = (MethodRow.name == method.name, MethodRow.version == method.version, MethodRow.options == options)
    row = transaction.scalar(select(MethodRow).where(*key))
    if row is None:
        row = MethodRow(name=method.name, version=method.version, options=options)
        transaction.add(row)
        transaction.flush()
    return row.id


def _flags_text(change: Change) -> str:
    """Return the flags of a change and of both measurements as JSON; empty when there are none."""
    if not (change.flags or change.before.flags or change.after.flags):
        return ""
    return _json([to_plain(change.flags), to_plain(change.before.flags), to_plain(change.after.flags)])


def _flag_set_ids(transaction: Transaction, changes: Sequence[Change]) -> dict[str, int | None]:
    found: dict[str, int | None] = {"": None}
    for text in {_flags_text(change) for change in changes} - {""}:
        digest = hashlib.sha256(text.encode()).hexdigest()
        row = transaction.scalar(select(FlagSetRow).where(FlagSetRow.digest == digest))
        if row is None:
            row = FlagSetRow(digest=digest, flags=text)
            transaction.add(row)
            transaction.flush()
        found[text] = row.id
    return found


def _methods(transaction: Transaction, analysis_ids: Sequence[int]) -> dict[int, dict[int, Method]]:
    found: dict[int, dict[int, Method]] = defaultdict(dict)
    statement = select(AnalysisMethodRow.analysis_id, MethodRow).join(
        MethodRow, MethodRow.id == AnalysisMethodRow.method_id
    )
    known: dict[int, Method] = {}
    for analysis_id, row in transaction.execute(
        statement.where(AnalysisMethodRow.analysis_id.in_(analysis_ids)).order_by(MethodRow.name)
    ):
        if row.id not in known:
            known[row.id] = Method(row.name, row.version, json.loads(row.options))
        found[analysis_id][row.id] = known[row.id]
    return found


def _changes(
    transaction: Transaction,
    photos: Mapping[int, tuple[str, str]],
    methods: Mapping[int, Mapping[int, Method]],
    quantities: Sequence[str] | None,
) -> dict[int, list[Change]]:
    """Read the changes of some analyses; `photos` are the hashes of baseline and photo by analysis."""
    columns = MeasurementRow.__table__.columns  # in the order in which _change reads them
    statement = select(*columns).where(columns.analysis_id.in_(list(photos)))
    if quantities is not None:
        statement = statement.where(columns.quantity.in_(list(quantities)))
    rows = transaction.execute(statement).all()
    sets = {row.flag_set_id for row in rows} - {None}
    flags: dict[int | None, list[tuple[Flag, ...]]] = {None: [(), (), ()]}
    for number, text in transaction.execute(
        select(FlagSetRow.id, FlagSetRow.flags).where(FlagSetRow.id.in_(sets))
    ):
        flags[number] = [_flags_of(one) for one in json.loads(text)]
    found: dict[int, list[Change]] = defaultdict(list)
    for row in rows:
        analysis_id, method_id, flag_set_id = row[0], row[3], row[-1]
        found[analysis_id].append(
            _change(row, methods[analysis_id][method_id], photos[analysis_id], flags[flag_set_id])
        )
    return found


def _change(row: Any, method: Method, photos: tuple[str, str], flags: Sequence[tuple[Flag, ...]]) -> Change:
    """Make a change from a row; a course has thousands, so each column is read once and by its place."""
    (_, quantity, region, _, unit, *numbers, verdict, _) = row
    known: list[Any] = [math.nan if one is None else one for one in numbers]
    before, before_sigma, before_pixels, after, after_sigma, after_pixels, change, sigma, mdc95 = known
    both, before_flags, after_flags = flags
    return Change(
        quantity,
        region,
        Measurement(
            quantity, region, before, before_sigma, unit, before_pixels, before_flags, method, photos[0]
        ),
        Measurement(quantity, region, after, after_sigma, unit, after_pixels, after_flags, method, photos[1]),
        change,
        sigma,
        mdc95,
        VERDICTS[verdict],
        both,
    )


def _flags_of(plain: Any) -> tuple[Flag, ...]:
    if not isinstance(plain, list):
        raise OptionError("Flags are a list.")
    return tuple(from_plain(Flag, one) for one in plain)


def _names(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split(SEPARATOR) if one)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
