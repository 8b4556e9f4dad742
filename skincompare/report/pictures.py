"""The report's pictures: the aligned pair, the map of change with its legend, and the outlines over them."""

from collections.abc import Sequence
from html import escape
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from skincompare.comparison import Comparison
from skincompare.imaging.mirroring import Side
from skincompare.marks import MarkState
from skincompare.report import figures
from skincompare.report.labels import capitalised, format_number, region_label
from skincompare.report.map_layers import MapLayer
from skincompare.report.mark_layers import STATE_STYLES, MarkLayer, path_data
from skincompare.report.overlays import Overlays, overlays_of

__all__ = ["picture_section"]

LEGEND_STOPS = 49
"""Places at which the legend's colours are taken."""
Layer = MarkLayer | MapLayer
SHAPES = MappingProxyType(
    {
        "circle": "M3,8a5,5 0 1 0 10,0a5,5 0 1 0 -10,0",
        "diamond": "M2,8l6,-6l6,6l-6,6z",
        "square": "M3,3h10v10h-10z",
    }
)
"""The shapes of the marks' states in a box of 16 by 16, for the legend."""
LEGEND_TICKS = 5
"""Numbers under the legend."""


def picture_section(comparison: Comparison, overlays: Overlays | None = None) -> str:
    """Return the section with the pictures, as HTML; a refused pair is shown unaligned."""
    before, after = comparison.aligned_pair
    names = comparison.before.photo.name, comparison.after.photo.name
    if not comparison.alignment.is_aligned:
        stage = _figure("before", before, "Before", names[0]) + _figure("after", after, "After", names[1])
        return _section("The two photos", "", "Not aligned: shown as they are.", stage, 2, before)
    change = figures.change_map_picture(comparison)
    overlay = _outlines(comparison)
    found = overlays or overlays_of(comparison)
    layers: tuple[Layer, ...] = (*found.marks, *found.maps)
    height, width = before.shape[:2]
    use = f'<svg viewBox="-0.5 -0.5 {width} {height}" aria-hidden="true"><use href="#outlines"/></svg>'
    stage = overlay
    stage += _figure("before", before, "Before", names[0], use + _marks(layers, "before", before))
    stage += _figure(
        "after",
        after,
        "After, laid on the before photo",
        names[1],
        use + _marks(layers, "after", before),
        tag="After",
    )
    stage += '<div class="line"></div>'
    if change is not None:
        caption = _legend(figures.map_threshold(comparison))
        stage += _figure("map", change, "Change of redness", "", use, caption)
    hint = "The after photo is moved so that the same skin lies at the same place; its colours are as taken."
    if comparison.treated or comparison.reference:
        hint += " Outlines: yellow is treated, dashed is taken as untreated."
    bar = _bar(change is not None, layers)
    return _section("The pair", bar, hint, stage, 2 + (change is not None), before, _marks_told(layers))


def _section(
    title: str,
    bar: str,
    hint: str,
    stage: str,
    columns: int,
    before: npt.NDArray[np.uint8],
    below: str = "",
) -> str:
    ratio = before.shape[1] / before.shape[0]
    slider = ""
    if bar:
        slider = (
            '<div class="slider" hidden><input class="split" type="range" min="0" max="100" step="1" value="50" '
            'aria-label="Where the before photo ends and the after photo begins"></div>'
        )
    return (
        f'<section class="card" style="--ratio:{ratio:.4f}"><h2>{title}</h2><p class="hint">{hint}</p>{bar}'
        f'<div class="stage" data-view="all" style="--columns:{columns}">{stage}</div>{slider}{below}</section>'
    )


def _bar(has_map: bool, layers: Sequence[Layer]) -> str:
    views = [("all", "Side by side"), ("swipe", "Swipe")] + ([("map", "Redness map")] if has_map else [])
    buttons = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="false">{label}</button>'
        for view, label in views
    )
    return (
        f'<div class="bar"><div class="tabs" role="group" aria-label="View">{buttons}</div>'
        '<span class="toggles"><label class="toggle"><input type="checkbox" id="show-outlines"> Region outlines'
        f"</label>{_marks_choice(layers)}</span></div>"
    )


def _marks_choice(layers: Sequence[Layer]) -> str:
    """Return what turns the marks on, and chooses among several kinds; nothing where there are none."""
    if not layers:
        return ""
    toggle = '<label class="toggle"><input type="checkbox" id="show-marks"> Marks</label>'
    if len(layers) == 1:
        return toggle
    options = "".join(f'<option value="{_key(one)}">{escape(one.label)}</option>' for one in layers)
    return f'{toggle}<select id="marks-of" aria-label="What is marked">{options}</select>'


def _marks(layers: Sequence[Layer], side: Side, picture: npt.NDArray[np.uint8]) -> str:
    """Return the marks on one picture: a drawing for each layer, of which the first is shown first."""
    height, width = picture.shape[:2]
    drawn = []
    for index, layer in enumerate(layers):
        paths = _map(layer, side, (width, height)) if isinstance(layer, MapLayer) else _paths(layer, side)
        drawn.append(
            f'<svg class="marks{"" if index else " chosen"}" data-marks="{_key(layer)}" '
            f'viewBox="0 0 {width} {height}" aria-hidden="true">{paths}</svg>'
        )
    return "".join(drawn)


def _paths(layer: MarkLayer, side: Side) -> str:
    paths = ""
    for group in layer.groups:
        data = path_data(group.before if side == "before" else group.after, group.state)
        paths += "".join(
            f'<path class="{group.classes} {part}" d="{data}"/>' for part in ("rim", "ink") if data
        )
    return paths


def _map(layer: MapLayer, side: Side, size: tuple[int, int]) -> str:
    source = figures.data_uri(figures.encode_webp(layer.pictures[side]), "image/webp")
    return (
        f'<image href="{source}" width="{size[0]}" height="{size[1]}" preserveAspectRatio="none"'
        f"{' class=faint' if layer.is_faint else ''}/>"
    )


def _key(layer: Layer) -> str:
    """Return the name by which the page knows a layer."""
    return f"{layer.quantity}-map" if isinstance(layer, MapLayer) else layer.quantity


def _states(layer: MarkLayer) -> str:
    """Return the key to the shapes, with how many there are of each."""
    entries = ""
    for state in MarkState:
        style = STATE_STYLES[state]
        shape = "".join(
            f'<path class="{style.name} {part}" d="{SHAPES[style.shape]}"/>' for part in ("rim", "ink")
        )
        entries += (
            f'<span class="marks-key"><svg viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>'
            f"{layer.counts[state]} {style.words}</span>"
        )
    return entries


def _scale(layer: MapLayer) -> str:
    """Return the key to the colours of a map."""
    return (
        f'<span class="marks-key">{escape(layer.low)}<i class="ramp" style="background-image:'
        f'linear-gradient(90deg, {", ".join(layer.colours)})"></i>{escape(layer.high)}</span>'
    )


def _marks_told(layers: Sequence[Layer]) -> str:
    """Return the legend of the marks and what became of the features, for each layer."""
    told = []
    for index, layer in enumerate(layers):
        entries = _scale(layer) if isinstance(layer, MapLayer) else _states(layer)
        told.append(
            f'<p class="marks-told{"" if index else " chosen"}" data-marks="{_key(layer)}">'
            f"<b>{escape(layer.label)}</b>{entries}<span>{escape(' '.join(layer.sentences))}</span></p>"
        )
    return "".join(told)


def _figure(
    kind: str,
    picture: npt.NDArray[np.uint8],
    label: str,
    name: str,
    overlay: str = "",
    caption: str = "",
    tag: str = "",
) -> str:
    height, width = picture.shape[:2]
    source = figures.data_uri(figures.encode_jpeg(picture), "image/jpeg")
    text = f"{label}: {name}" if name else label
    return (
        f'<figure class="{kind}"><div class="frame">'
        f'<img src="{source}" width="{width}" height="{height}" alt="{escape(text)}">{overlay}'
        f'<span class="tag">{tag or label}</span></div>'
        f"<figcaption>{caption or escape(name)}</figcaption></figure>"
    )


def _outlines(comparison: Comparison) -> str:
    """Return the regions' outlines once, to be used over every picture."""
    polygons = []
    for region in comparison.regions:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in figures.outline_in_picture(comparison, region.name))
        role = ""
        if region.name in comparison.treated:
            role = "treated"
        elif region.name in comparison.reference:
            role = "reference"
        label = escape(capitalised(region_label(region.name)))
        polygons.append(
            f'<polygon class="{role}" data-region="{escape(region.name)}" points="{points}">'
            f"<title>{label}</title></polygon>"
        )
    return (
        '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><g id="outlines">'
        f"{''.join(polygons)}</g></defs></svg>"
    )


def _legend(threshold: float) -> str:
    """Return the colour scale: clear where a change is too small to be told."""
    limit = figures.MAP_LIMIT_EI
    values = np.linspace(-limit, limit, LEGEND_STOPS, dtype=np.float32)[None]
    ground = np.full((1, LEGEND_STOPS, 3), 200, np.uint8)
    colours = figures.laid_over(ground, figures.change_map_rgba(values, threshold, limit))[0]
    stops = ", ".join(f"rgb({r} {g} {b})" for r, g, b in colours)
    ticks = "".join(
        f"<span>{format_number(float(value), 0, signed=True)}</span>"
        for value in np.linspace(-limit, limit, LEGEND_TICKS)
    )
    return (
        '<div class="legend">'
        f'<div class="scale" style="background:linear-gradient(90deg, {stops})"></div>'
        f'<div class="ticks">{ticks}</div>'
        f"EI, after minus before: blue is less red, red is redder. Clear: below {threshold:.1f} EI, "
        "too small to be told.</div>"
    )
