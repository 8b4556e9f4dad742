"""The registry finds the metrics and refuses faulty ones."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import skincompare.metrics
from skincompare.errors import OptionError
from skincompare.metrics.registry import metrics, quantities

GOOD = """
from skincompare.metrics.redness import RednessOptions, measure_redness
from skincompare.metrics.registry import MetricSpec, Quantity

SPEC = MetricSpec({name!r}, {version}, ({quantities}), measure_redness, RednessOptions(), {source!r}{more})
"""
QUANTITY = "Quantity({name!r}, 'Softness', '%', 1, False, 0.0, 'More of it means softer skin.'),"

Adder = Callable[[str, str], None]


@pytest.fixture
def add_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adder:
    monkeypatch.setattr(skincompare.metrics, "__path__", [*skincompare.metrics.__path__, str(tmp_path)])

    def add(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.delitem(sys.modules, f"skincompare.metrics.{name}", raising=False)

    return add


def spec(*, name="softness", version=1, quantity="softness", source="a paper", more=""):
    rows = QUANTITY.format(name=quantity) if quantity else ""
    return GOOD.format(name=name, version=version, quantities=rows, source=source, more=more)


@pytest.fixture(autouse=True)
def forget_added_modules():
    yield
    for name in ("softness", "_private"):
        sys.modules.pop(f"skincompare.metrics.{name}", None)
        if hasattr(skincompare.metrics, name):
            delattr(skincompare.metrics, name)


def test_what_the_metrics_yield():
    expected = {
        "redness": ["redness", "hemoglobin", "red_area"],
        "pigmentation": ["melanin", "ita", "evenness"],
        "spots": ["spot_density", "spot_area", "spot_contrast", "large_spot_area"],
        "shine": ["shine"],
        "roughness": ["roughness", "roughness_160um", "roughness_120um", "roughness_90um"],
        "pores": ["pore_density", "pore_area", "pore_diameter", "pore_contrast"],
    }
    for name, produced in expected.items():
        assert [quantity.name for quantity in metrics()[name].quantities] == produced


def test_resolution_gates():
    gates = {
        "redness": 0.0,
        "melanin": 0.0,
        "evenness": 2.0,
        "spot_density": 6.0,
        "large_spot_area": 3.4,
        "shine": 2.0,
        "roughness": 3.4,
        "roughness_160um": 8.0,
        "roughness_120um": 8.0,
        "roughness_90um": 12.0,
        "pore_density": 8.0,
        "pore_area": 12.0,
        "pore_diameter": 12.0,
        "pore_contrast": 12.0,
    }
    assert {name: quantities()[name].min_px_per_mm for name in gates} == gates


def test_neither_mapping_can_be_changed():
    with pytest.raises(TypeError):
        metrics()["other"] = metrics()["redness"]
    with pytest.raises(TypeError):
        del quantities()["redness"]


def test_a_new_file_is_found_and_nothing_else_is_edited(add_metric):
    add_metric("softness", spec())
    assert "softness" in metrics.__wrapped__()


def test_a_private_file_is_no_metric(add_metric):
    add_metric("_private", "SPEC = None")
    assert "_private" not in metrics.__wrapped__()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "one SPEC"),
        ("SPEC = 3", "one SPEC"),
        (spec(name="smoothness"), "calls itself 'smoothness'"),
        (spec(quantity=""), "yields no quantity"),
        (spec(version=0), "version"),
        (spec(source=""), "source"),
        (spec(quantity="redness"), "Two metrics yield the same quantity: redness"),
    ],
)
def test_a_faulty_file_is_refused(add_metric, source, message):
    add_metric("softness", source)
    with pytest.raises(OptionError, match=message):
        metrics.__wrapped__()


def test_options_come_out_as_plain_values():
    for metric in metrics().values():
        values = metric.option_values()
        assert values
        assert all(isinstance(value, (bool, int, float, str)) for value in values.values())
