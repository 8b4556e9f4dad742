"""The metrics that there are: each a file of this package with one ``SPEC``, found by discovery."""

import importlib
import math
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

import skincompare.metrics
from skincompare.errors import OptionError
from skincompare.imaging.patches import PatchPair, SkinPatch
from skincompare.marks import Mark, MetricMap, PairedMark
from skincompare.measurement import Flag

__all__ = ["ChangeEstimate", "Estimate", "FoundChange", "MetricSpec", "Quantity", "metrics", "quantities"]


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a metric says of one quantity on one patch.

    Parameters
    ----------
    quantity : str
        Name of the quantity, one that the spec produces.
    value : float
        The number; NaN when it cannot be had (then a flag says why).
    sigma : float
        One standard deviation of `value`, everything known included (also what two photos share, as the
        absolute scale); NaN when unknown.
    repeat_sigma : float
        Within-subject standard deviation: by how much the value differs between two photographs of unchanged
        skin, light shift and sampling of the region excluded. From it comes the smallest detectable change.
    n_pixels : int
        Pixels that were counted.
    block_values : ndarray of float64, shape (n_blocks,), optional
        The same quantity block by block (NaN where a block is too small), numbered as the patch numbers them;
        the scatter of their differences between two photos is the sampling error of the change.
    flags : tuple of Flag
        Circumstances.
    marks : tuple of Mark
        The features that were counted, in pixels of the photo (:meth:`SkinPatch.to_photo`); only the headline of a
        metric carries them.
    map : MetricMap, optional
        What was seen at every place, in the photo's own frame and with a fixed scale.
    light_weights : tuple of float, optional
        By how much `value` moves with u and with v where that depends on the colour of the skin; default: the
        quantity's own weights.
    """

    quantity: str
    value: float
    sigma: float
    repeat_sigma: float
    n_pixels: int
    block_values: npt.NDArray[np.float64] | None = None
    flags: tuple[Flag, ...] = ()
    marks: tuple[Mark, ...] = ()
    map: MetricMap | None = None
    light_weights: tuple[float, float] | None = None

    @classmethod
    def missing(cls, quantity: str, flag: Flag, n_pixels: int = 0) -> "Estimate":
        """Return the estimate of a quantity that cannot be had, and why."""
        return cls(quantity, math.nan, math.nan, math.nan, n_pixels, None, (flag,))


@dataclass(frozen=True, slots=True)
class ChangeEstimate:
    """What a metric says of the change of one quantity, measured itself: sharper than a difference of two values.

    Parameters
    ----------
    quantity : str
        Name of the quantity.
    change : float
        After minus before, in the quantity's unit; finite.
    sigma : float
        One standard deviation of `change`: sampling of the region and what repeat photographs do are included, the
        light shift is not.
    repeat_sigma : float
        Within-subject standard deviation that the pairing leaves: the SD of `change` between two photographs of
        unchanged skin over sqrt 2, sampling of the region excluded. From it comes the smallest detectable change.
    flags : tuple of Flag
        Circumstances of the pair.
    marks : tuple of PairedMark
        The features that were compared, in pixels of each photo; only the headline of a metric carries them.
    """

    quantity: str
    change: float
    sigma: float
    repeat_sigma: float
    flags: tuple[Flag, ...] = ()
    marks: tuple[PairedMark, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundChange:
    """The change of one quantity before its verdict: what :attr:`MetricSpec.confirm` may widen or flag.

    Parameters
    ----------
    quantity : str
        Name of the quantity.
    change, sigma, mdc95 : float
        After minus before, its standard deviation, and the smallest detectable change; NaN where missing.
    flags : tuple of Flag
        Circumstances so far.
    """

    quantity: str
    change: float
    sigma: float
    mdc95: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number that a metric yields.

    Parameters
    ----------
    name : str
        Stable name, for example ``"pore_density"``.
    label : str
        What a person reads, for example ``"Pores"``.
    unit : str
        Unit of the value, for example ``"per cm²"``.
    decimals : int
        Digits after the point when shown.
    needs_light : bool
        Whether the number depends on the colour of the light: without a reference it is not measurable, and
        the error of the light shift is added to a change.
    min_px_per_mm : float
        Resolution gate: below it the number is not measurable. 0: no gate, and no scale needed.
    meaning : str
        One plain sentence: what more of it means on the skin.
    light_weights : tuple of float
        How the quantity is made of u = 100 log10(R/G) and v = 100 log10(G/B): the error of the light enters so.
    marks : str
        What its marks are called, in the plural (``"pores"``); empty for a quantity without marks.
    needs_exposure : bool
        Whether the level hangs on how brightly the photo was taken, and not on ratios of colours alone: of a single
        photo such a level is not known.
    max_level_sigma : float
        Largest standard deviation at which the level of a photo is told beside its change: beyond it, only the change
        is.
    """

    name: str
    label: str
    unit: str
    decimals: int
    needs_light: bool
    min_px_per_mm: float
    meaning: str
    light_weights: tuple[float, float] = (1.0, 0.0)
    marks: str = ""
    needs_exposure: bool = False
    max_level_sigma: float = math.inf


@dataclass(frozen=True)
class MetricSpec:
    """A metric: its name, the version of its formula, what it yields and how.

    Parameters
    ----------
    name : str
        Name of the file.
    version : int
        Raised whenever the numbers change.
    quantities : tuple of Quantity
        What it yields; the first is the headline.
    measure : callable
        ``measure(patch, options) -> tuple[Estimate, ...]``, one for each quantity, in the same order.
    options : object
        Frozen dataclass of defaults.
    source : str
        Where the formula comes from, with DOI where there is one.
    confirm : callable, optional
        ``confirm(found, skin_tone_degrees) -> tuple of FoundChange``: looks at the changes of all quantities of a
        region together, in the same order, where one must bear out another. The typology angle of the untreated
        skin may be NaN.
    change : callable, optional
        ``change(pair, references, options) -> tuple[ChangeEstimate | None, ...]``, one for each quantity: its change
        measured itself on the same skin of both photos. `references` are the untreated regions (never the pair
        itself); they are shared between regions, so what is taken from them goes through
        :meth:`PatchPair.remembered`. None where it cannot be had: then the difference of the two values stands.
    """

    name: str
    version: int
    quantities: tuple[Quantity, ...]
    measure: Callable[[SkinPatch, Any], tuple[Estimate, ...]]
    options: Any
    source: str
    confirm: Callable[[tuple[FoundChange, ...], float], tuple[FoundChange, ...]] | None = None
    change: Callable[[PatchPair, Sequence[PatchPair], Any], tuple[ChangeEstimate | None, ...]] | None = None

    def option_values(self) -> dict[str, float | int | str | bool]:
        """Return the options as plain values, for the record."""
        return asdict(self.options)


@cache
def metrics() -> Mapping[str, MetricSpec]:
    """Return every metric by name, in the order of their files.

    Raises
    ------
    OptionError
        When a file of this package has no valid ``SPEC``, or two metrics yield one quantity.
    """
    found: dict[str, MetricSpec] = {}
    for module_info in pkgutil.iter_modules(skincompare.metrics.__path__):
        if module_info.name == "registry" or module_info.name.startswith("_"):
            continue
        module = importlib.import_module(f"skincompare.metrics.{module_info.name}")
        found[module_info.name] = _checked(module_info.name, getattr(module, "SPEC", None))
    names = [quantity.name for spec in found.values() for quantity in spec.quantities]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise OptionError(f"Two metrics yield the same quantity: {', '.join(twice)}.")
    return MappingProxyType(found)


@cache
def quantities() -> Mapping[str, Quantity]:
    """Return every quantity of every metric by name."""
    return MappingProxyType({q.name: q for spec in metrics().values() for q in spec.quantities})


def _checked(file_name: str, spec: object) -> MetricSpec:
    if not isinstance(spec, MetricSpec):
        raise OptionError(f"metrics/{file_name}.py must hold one SPEC = MetricSpec(...).")
    if spec.name != file_name:
        raise OptionError(f"The metric in metrics/{file_name}.py calls itself {spec.name!r}.")
    if not spec.quantities:
        raise OptionError(f"The metric {spec.name!r} yields no quantity.")
    if spec.version < 1 or not spec.source:
        raise OptionError(f"The metric {spec.name!r} needs a version of at least 1 and a source.")
    if not callable(spec.measure) or not (spec.change is None or callable(spec.change)):
        raise OptionError(f"What the metric {spec.name!r} measures with must be functions.")
    return spec
