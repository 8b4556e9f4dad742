"""Each photo is measured once for each version; what is missing is measured, wherever it was stopped."""

import io
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from PIL import Image

from skincompare.errors import OptionError, SkincompareError
from skincompare.measurement import Method, Verdict
from skincompare.records import AnalysisStatus, View
from skincompare.workflows import measuring
from skincompare.workflows.importing import ImportPlan, import_photos
from skincompare.workflows.measuring import due_pairs, measure_due
from skincompare.workflows.timeline import course_timeline, days_of
from tests.rendered import front, near, reddened, turned
from tests.store.clinic import TREATED_AT, add_course, add_photo, add_session, analysis, change, content

METHODS = {"pores": Method("pores", 1, {}), "redness": Method("redness", 3, {"a": 1.5})}


@pytest.fixture
def photos(store, treated):
    """Return a baseline and two later photos, without pixels."""
    return [add_photo(store, treated[1], number, day) for number, day in enumerate((-1, 2, 5))]


@pytest.fixture
def methods(monkeypatch):
    """Return what the current version measures, to be changed."""
    now = dict(METHODS)
    for module in (measuring, __import__("skincompare.workflows.timeline", fromlist=["x"])):
        monkeypatch.setattr(module, "current_methods", lambda: now)
    return now


@pytest.fixture
def quick(monkeypatch, methods):
    """Measure in no time: a change of redness by the day of the photo; return the pairs that were measured."""
    seen = []

    def measure(work):
        pair = work.pair
        assert (work.baseline_data, work.photo_data) == (content(0), content(int(pair.photo.file_name[:-4])))
        seen.append((pair.photo.file_name, pair.metrics))
        by = (pair.photo.captured - TREATED_AT) / timedelta(days=1)
        own = tuple(methods[name] for name in pair.metrics)
        changes = tuple(
            change(pair.baseline, pair.photo, quantity=quantity, by=by, method=method)
            for quantity, method in (("redness", methods["redness"]), ("pore_density", methods["pores"]))
            if method.name in pair.metrics
        )
        return measuring.Measured(
            analysis(pair.baseline, pair.photo, methods=own, treated=pair.treated, changes=changes)
        )

    monkeypatch.setattr(measuring, "measure", measure)
    return seen


def run(store, course, **options):
    return list(measure_due(store, due_pairs(store, course), **{"workers": 1, **options}))


def test_everything_but_the_baseline_is_due_once(store, treated, photos, quick):
    pairs = due_pairs(store, treated[1])
    assert [(one.baseline, one.photo, one.metrics) for one in pairs] == [
        (photos[0], photo, ("pores", "redness")) for photo in photos[1:]
    ]
    assert pairs[0].treated == ("left_cheek", "nose")
    assert len(run(store, treated[1])) == 2
    assert due_pairs(store, treated[1]) == ()
    assert len(due_pairs(store, treated[1], again=True)) == 2


def test_a_new_version_or_option_is_due_alone_and_never_mixed_in(store, treated, photos, quick, methods):
    run(store, treated[1])
    quick.clear()
    methods["redness"] = Method("redness", 4, {"a": 1.5})
    assert {pair.metrics for pair in due_pairs(store, treated[1])} == {("redness",)}
    before = course_timeline(store, *treated)
    assert [{one.metric for one in day.changes} for day in before.days] == [{"pore_density"}] * 2
    assert before.n_due == 2
    run(store, treated[1])
    assert quick == [("1.jpg", ("redness",)), ("2.jpg", ("redness",))]
    after = course_timeline(store, *treated)
    assert [[one.after.method for one in day.changes] for day in after.days] == [list(methods.values())] * 2
    assert after.n_due == 0
    methods["pores"] = Method("pores", 1, {"b": 2})
    assert {pair.metrics for pair in due_pairs(store, treated[1])} == {("pores",)}


def test_another_baseline_or_treated_region_is_measured_again(store, treated, photos, quick):
    run(store, treated[1])
    add_photo(store, treated[1], 7, -0.5)  # a later baseline
    assert [pair.photo.file_name for pair in due_pairs(store, treated[1])] == ["0.jpg", "1.jpg", "2.jpg"]
    add_session(store, treated[1], 28, depths_mm={"chin": 1.0})
    assert {pair.treated for pair in due_pairs(store, treated[1])} == {("chin", "left_cheek", "nose")}
    assert course_timeline(store, *treated).n_due == 3


def test_a_run_that_is_stopped_goes_on_where_it_was(store, treated, photos, quick):
    measured = measure_due(store, due_pairs(store, treated[1]), workers=1)
    next(measured)
    measured.close()
    assert [pair.photo for pair in due_pairs(store, treated[1])] == [photos[2]]
    run(store, treated[1])
    assert [name for name, _ in quick] == ["1.jpg", "2.jpg"]


def test_any_executor_does_the_work(store, treated, photos, quick):
    with ThreadPoolExecutor(2) as pool:
        told = []
        done = run(store, treated[1], executor=pool, progress=lambda *what: told.append(what))
    assert len(done) == 2
    assert [share for _, share in told] == [0.5, 1.0]
    assert due_pairs(store, treated[1]) == ()


def test_an_executor_that_breaks_is_told_and_what_was_measured_stays(store, treated, photos, quick):
    class Breaking(Executor):
        def submit(self, call, work):
            future = Future()
            if work.pair.photo.file_name == "2.jpg":
                future.set_exception(BrokenExecutor())
            else:
                future.set_result(call(work))
            return future

    with pytest.raises(SkincompareError, match=r"ended from outside.*--workers 1"):
        run(store, treated[1], executor=Breaking(), workers=1)
    assert len(due_pairs(store, treated[1])) in (1, 2)
    run(store, treated[1])
    assert due_pairs(store, treated[1]) == ()


def test_a_missing_file_is_told_and_the_others_go_on(store, treated, photos, quick, tmp_path):
    next((tmp_path / "store" / "photos" / photos[1].sha256[:2]).glob(f"{photos[1].sha256}*")).unlink()
    done = {pair.photo.file_name: found for pair, found in run(store, treated[1])}
    assert done["1.jpg"].status is AnalysisStatus.FAILED
    assert "skincompare store check" in done["1.jpg"].problem
    assert done["2.jpg"].status is AnalysisStatus.MEASURED


def test_no_worker_is_a_wrong_call(store, treated, photos, quick):
    with pytest.raises(OptionError):
        run(store, treated[1], workers=-1)


def test_a_close_up_is_measured_without_the_regions_of_a_face(store, treated, quick):
    for number, day in enumerate((-1, 2)):
        add_photo(store, treated[1], number, day, view=View.CLOSE_UP, site="chin")
    (pair,) = due_pairs(store, treated[1])
    assert pair.treated == ()


# The timeline


def test_the_timeline_counts_days_from_each_photos_session(store, treated, photos, quick):
    second = add_session(store, treated[1], 28)
    add_photo(store, treated[1], 3, 30.25)
    run(store, treated[1])
    found = course_timeline(store, *treated)
    assert [day.day for day in found.days] == [2.0, 5.0, 2.25]
    assert found.baseline.id == photos[0].id
    assert found.treated == ("left_cheek", "nose")
    first = found.sessions[0]
    assert [one.day for one in days_of(found, first)] == [2.0, 5.0]
    assert [one.day for one in days_of(found, second)] == [2.25]
    (curve,) = found.curves(first)
    assert [point.change.change for point in curve.points] == pytest.approx([2.0, 5.0])
    told = found.outlook(first)
    assert [one.region for one in told.curves] == ["left_cheek"]
    assert told.line is not None  # the deepest needle of the session has an expected band
    assert len(found.outlook(second).curves[0].points) == 1
    plain = found.to_dict()
    assert plain["schema_version"] == 1
    assert [one["session_id"] for one in plain["outlooks"]] == [first.id, second.id]
    assert [day["session_id"] for day in plain["days"]] == [first.id, first.id, second.id]
    assert plain["days"][0]["changes"][0]["change"] == pytest.approx(2.0)


def test_only_the_asked_quantities_are_in_a_timeline(store, treated, photos, quick):
    run(store, treated[1])
    found = course_timeline(store, *treated, quantities=["redness"])
    assert {one.metric for day in found.days for one in day.changes} == {"redness"}
    assert found.n_due == 0


def test_a_course_without_photos_or_baseline_has_nothing_to_show(store, treated, quick):
    assert course_timeline(store, *treated).days == ()
    add_photo(store, treated[1], 0, 3)
    found = course_timeline(store, *treated)
    assert found.baseline is None
    assert found.n_due == 0
    assert [day.day for day in found.days] == [3.0]


# With pixels


def png(pixels) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def test_real_pixels_are_measured_against_the_baseline(store, tmp_path, monkeypatch):
    """A calm day, a red one, a calm one and a close-up among portraits, through files, store and back."""
    treated = add_course(store)
    add_session(store, treated[1], depths_mm={"left_cheek": 1.5, "right_cheek": 1.5})
    redness = {"redness": measuring.current_methods()["redness"]}
    for module in (measuring, __import__("skincompare.workflows.timeline", fromlist=["x"])):
        monkeypatch.setattr(module, "current_methods", lambda: redness)
    for number, (shot, day) in enumerate(((front, -1), (reddened, 1), (turned, 7), (near, 8))):
        path = tmp_path / f"{number}.png"
        path.write_bytes(png(shot().pixels))
        plan = ImportPlan(*treated, captured=TREATED_AT + timedelta(days=day))
        list(import_photos(store, plan, [path]))
    counts = [found.status for _, found in run(store, treated[1])]
    assert counts == [AnalysisStatus.MEASURED, AnalysisStatus.MEASURED, AnalysisStatus.REFUSED]
    days = course_timeline(store, *treated).days
    red, calm, refused = days
    left = {day.day: next(one for one in day.changes if one.region == "left_cheek") for day in (red, calm)}
    assert left[1.0].verdict is Verdict.INCREASED
    assert left[7.0].verdict is Verdict.NO_DETECTABLE_CHANGE
    assert (refused.status, bool(refused.problem)) == (AnalysisStatus.REFUSED, True)
    assert due_pairs(store, treated[1]) == ()
