"""``session symptoms`` and ``store bands`` as a shell sees them."""

import pytest

from skincompare.cli.aftercare import DEPTHS
from skincompare.recovery import DepthClass
from skincompare.store import open_store
from tests.test_cli_store import Run, clinic, folder, measured, run, said  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fast_disk")

LINE = ("--first", "1", "--last", "3", "--ask", "5", "--provenance", "our sheet")


def test_every_class_of_depth_has_a_name():
    assert len(DEPTHS) == len(DepthClass)


def test_symptoms_are_ticked_listed_and_raise_the_flag(clinic: Run) -> None:  # noqa: F811
    assert "Nothing is ticked." in clinic("session", "symptoms", "A-17", "1")[1]
    arguments = ("session", "symptoms", "A-17", "1", "--tick", "pain, Pus", "--at", "2026-03-05T10:00+02:00")
    code, out, _ = clinic(*arguments)
    assert (code, "Show this to your clinician today." in out) == (0, True)
    ticked = said(clinic("session", "symptoms", "A-17", "1", "--json"))["symptoms"]
    assert [one["symptom"] for one in ticked] == ["pain", "pus"]
    (outlook,) = said(clinic("timeline", "A-17", "--json"))["outlooks"]
    assert [(one["code"], one["day"]) for one in outlook["flags"]] == [("symptom", 2.0)] * 2
    assert "Nothing is ticked." in clinic("session", "symptoms", "A-17", "1", "--clear")[1]


def test_a_symptom_is_told_before_there_is_any_photo(clinic: Run) -> None:  # noqa: F811
    clinic("session", "symptoms", "A-17", "1", "--tick", "fever", "--at", "2026-03-05")
    assert "You ticked fever. Show this to your clinician today." in clinic("timeline", "A-17")[1]


def test_bands_are_shown_set_and_reset(clinic: Run, folder) -> None:  # noqa: F811
    out = clinic("store", "bands")[1]
    assert "An assumption: no published day-by-day curve" in out
    assert clinic("store", "bands", "--depth", "middle", *LINE)[0] == 0
    (line,) = [
        one
        for one in said(clinic("store", "bands", "--json"))["lines"]
        if one["depth"] == DepthClass.MIDDLE.value
    ]
    assert (line["first_day"], line["last_day"], line["ask_after_day"]) == (1.0, 3.0, 5.0)
    assert (line["is_assumption"], line["completed_courses"]) == (True, 0)
    assert line["provenance"] == "Set by your clinic: our sheet."
    assert "Set by your clinic" not in clinic("store", "bands", "--depth", "middle", "--reset")[1]
    with open_store(folder) as store:
        assert store.aftercare.bands() == ()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("session", "symptoms", "A-17", "9"), 5, "skincompare session list A-17"),
        (("session", "symptoms", "A-17", "1", "--tick", "itch"), 2, "Known: blister, fever, pain, pus"),
        (
            ("session", "symptoms", "A-17", "1", "--tick", "pain", "--at", "2026-03-01"),
            2,
            "before the session",
        ),
        (("store", "bands", "--depth", "low", *LINE), 2, "Known: deep, middle, shallow"),
        (("store", "bands", *LINE), 2, "needs all of it"),
        (("store", "bands", "--depth", "deep"), 2, "names the line"),
        (("store", "bands", "--depth", "deep", *LINE[:4]), 2, "needs all of it"),
        (("store", "bands", "--depth", "deep", "--first", "9", *LINE[2:]), 2, "rise from 0"),
    ],
)
def test_a_wrong_turn_is_one_sentence(clinic: Run, arguments, code, words) -> None:  # noqa: F811
    ended, out, err = clinic(*arguments)
    assert (ended, out) == (code, "")
    assert words in err
    assert err.count("\n") == 1


# Progress


def test_progress_is_a_table_a_trend_and_no_judgement(measured: Run) -> None:  # noqa: F811
    code, out, err = measured("progress", "A-17")
    assert (code, err) == (0, "")
    assert "at about day 7 after each session" in out
    lines = [line.split() for line in out.splitlines()]
    assert ["Redness,", "EI", "Left", "cheek", "+1.0", "±", "0.7", "="] in [
        [*line[:-1], "="] for line in lines
    ]
    assert "Redness on the left cheek: cannot tell yet" in out
    assert "not a diagnosis" in out
    assert "improved" not in out


def test_progress_as_json_is_complete(measured: Run) -> None:  # noqa: F811
    content = said(measured("progress", "A-17", "--json", "--region", "nose", "--metric", "redness"))
    (one,) = content["progress"]
    assert (one["region"], one["status"], one["n_visits"]) == ("nose", "cannot tell yet", 1)
    assert content["visits"] == [
        {"sessions": 1, "photos": [{"file_name": "day3.jpg", "day": pytest.approx(7.0)}]}
    ]


def test_progress_of_an_empty_course_says_what_it_takes(clinic: Run) -> None:  # noqa: F811
    code, out, _ = clinic("progress", "A-17")
    assert (code, "a photo from before the first session" in out) == (0, True)
    assert "Known:" in clinic("progress", "A-17", "--metric", "beauty")[2]
