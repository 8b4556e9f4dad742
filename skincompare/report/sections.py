"""The report's sections of numbers and words, as HTML; every name and sentence is escaped here."""

from collections.abc import Sequence
from html import escape
from types import MappingProxyType

from skincompare.comparison import Comparison
from skincompare.imaging.scale import Scale
from skincompare.imaging.subject import Subject
from skincompare.measurement import Change, Effect, Verdict
from skincompare.metrics.registry import metrics, quantities
from skincompare.report import words
from skincompare.report.forest import forest_svg
from skincompare.report.gate import GATE_TITLE, gate_sentence, gate_table

__all__ = [
    "flags_section",
    "forest_section",
    "gate_section",
    "method_section",
    "reasons_section",
    "table_section",
]

FOREST_QUANTITY = "redness"
"""The quantity whose changes are drawn."""
KINDS = MappingProxyType({Verdict.INCREASED: "up", Verdict.DECREASED: "down"})
ALIGNMENT_METHODS = MappingProxyType({"mesh": "mesh of the face", "features": "features of the skin"})
MIN_LISTED = 2
"""Fewest regions whose errors are listed one by one."""
COLUMNS = ("Before", "After", "Change ± 1 SD", "Smallest detectable")


def forest_section(comparison: Comparison) -> str:
    """Return the plot of redness changes, or nothing when none was measured."""
    changes = words.sorted_changes(comparison.changes, comparison.treated)
    drawing = forest_svg([one for one in changes if one.metric == FOREST_QUANTITY])
    if not drawing:
        return ""
    label = escape(words.quantity_label(FOREST_QUANTITY))
    return _card(
        f"{label} by region",
        "Each mark is a change with its 95 % interval. Within the grey band lie the changes that repeat photos of "
        "unchanged skin produce by themselves. ▲ higher and ▼ lower: beyond both; ○: no detectable change. Left and "
        "right are the patient's own.",
        drawing,
    )


def table_section(comparison: Comparison) -> str:
    """Return the table of all changes that could be measured, by quantity."""
    changes = words.sorted_changes(comparison.changes, comparison.treated)
    groups: dict[str, list[Change]] = {}
    for change in changes:
        if words.is_measurable(change):
            groups.setdefault(change.metric, []).append(change)
    if not groups:
        return ""
    head = "".join(f'<th scope="col" class="n">{column}</th>' for column in COLUMNS)
    bodies = "".join(_table_body(name, members, comparison) for name, members in groups.items())
    note = escape(f"* {words.PAIRED_NOTE}") if words.are_paired(comparison.changes) else ""
    return _card(
        "All changes",
        "After minus before. A change counts only when it exceeds the smallest detectable one, which is never "
        "less than what repeat photos differ by and grows with the uncertainty of this pair.",
        f'<div class="scroll"><table><thead><tr><th scope="col">Region</th>{head}'
        f'<th scope="col">Verdict</th></tr></thead>{bodies}</table></div>'
        f"{f'<p class=hint>{note}</p>' if note else ''}",
    )


def _table_body(name: str, members: Sequence[Change], comparison: Comparison) -> str:
    quantity = quantities().get(name)
    meaning = quantity.meaning if quantity else ""
    unit = members[0].unit
    repeat = words.format_value(name, max(one.mdc95 for one in members))
    title = (
        f'<tr class="group"><th colspan="6" scope="colgroup"><b>{escape(words.quantity_label(name))}</b>, '
        f"{escape(unit)}. {escape(meaning)} Repeat photos differ by up to {repeat} "
        f"{escape(words.change_unit(unit))}.</th></tr>"
    )
    return f"<tbody>{title}{''.join(_table_row(one, comparison) for one in members)}</tbody>"


def _table_row(change: Change, comparison: Comparison) -> str:
    role = ""
    if change.region in comparison.treated:
        role = '<span class="role">treated</span>'
    elif change.region in comparison.reference:
        role = '<span class="role">untreated</span>'
    kind = KINDS.get(change.verdict, "")
    cells = (
        words.format_value(change.metric, change.before.value),
        words.format_value(change.metric, change.after.value),
        words.change_with_sigma(change) + ("*" if change.is_paired else ""),
        words.format_value(change.metric, words.smallest_detectable(change)),
    )
    numbers = "".join(f'<td class="n">{cell}</td>' for cell in cells)
    verdict = f"{words.VERDICT_SYMBOLS[change.verdict]} {words.VERDICT_WORDS[change.verdict]}"
    return (
        f'<tr data-region="{escape(change.region)}"{" class=changed" if kind else ""}>'
        f'<th scope="row">{escape(words.capitalised(words.region_label(change.region)))}{role}</th>{numbers}'
        f'<td><span class="verdict {kind}">{verdict}</span></td></tr>'
    )


def reasons_section(comparison: Comparison) -> str:
    """Return what could not be measured and what is less certain, each reason once with its advice."""
    changes = words.sorted_changes(comparison.changes, comparison.treated)
    groups = (
        *words.grouped_reasons(changes, comparison.reference),
        *words.grouped_unconfirmed(changes),
        *words.grouped_cautions(changes, comparison.flags),
    )
    if not groups:
        return ""
    entries = [
        _note(group.effect, f"{group.what} on {group.where}", group.why, group.advice) for group in groups
    ]
    return _card(
        "What could not be measured, and what is less certain",
        "Each reason once, with what helps at the next photograph.",
        f'<ul class="notes">{"".join(entries)}</ul>',
    )


def flags_section(comparison: Comparison) -> str:
    """Return the circumstances of the pair as a whole; of a refused pair they are the headline already."""
    flags = words.pair_flags(comparison)
    if not flags:
        return ""
    notes = "".join(_note(flag.effect, "", flag.reason, flag.advice) for flag in flags)
    return _card("About this pair", "", f'<ul class="notes">{notes}</ul>')


def _note(effect: Effect, title: str, reason: str, advice: str) -> str:
    kind = " less" if effect is Effect.WIDER_ERROR else ""
    chip = f'<span class="chip{kind}">{escape(words.effect_words(effect))}</span>'
    told = f"<p>{escape(reason)}</p>" if title else f" {escape(reason)}"
    tip = f'<p class="advice">{escape(advice)}</p>' if advice else ""
    return f"<li>{chip}<strong>{escape(title)}</strong>{told}{tip}</li>"


def gate_section(comparison: Comparison) -> str:
    """Return whether the photos may be compared, check by check; nothing when nobody looked."""
    table = gate_table(comparison.comparability)
    if not table:
        return ""
    answer = gate_sentence(comparison.comparability, is_aligned=comparison.alignment.is_aligned)
    return _card(
        GATE_TITLE,
        f"{escape(answer)} ✓ fine, △ less certain, ✕ not measurable. Make-up and glasses are not looked for.",
        f'<div class="scroll">{table}</div>',
    )


def method_section(comparison: Comparison) -> str:
    """Return how it was measured: alignment, light, scale, metric versions, and which photos these are."""
    facts = [("Alignment", _alignment(comparison))]
    if comparison.alignment.is_aligned:
        facts += [("Light", escape(words.light_words(comparison.light))), ("Metrics", _metrics(comparison))]
    facts += [
        ("Before photo", _photo(comparison.before, comparison.scales[0])),
        ("After photo", _photo(comparison.after, comparison.scales[1])),
    ]
    entries = "".join(f"<dt>{name}</dt><dd>{content}</dd>" for name, content in facts)
    title, hint = "About the photos", ""
    if comparison.alignment.is_aligned:
        title = "How it was measured"
        hint = (
            "Numbers are measured in each photo's own pixels; the aligned picture above is only for the eye."
        )
    return _card(title, hint, f'<dl class="facts">{entries}</dl>')


def _alignment(comparison: Comparison) -> str:
    alignment = comparison.alignment
    text = escape(words.alignment_words(comparison))
    if not alignment.is_aligned:
        return text
    method = escape(ALIGNMENT_METHODS.get(alignment.method, alignment.method))
    return (
        f"{text}<small>By the {method}. {alignment.overlap:.0%} of the skin is seen in both; "
        f"fine skin detail agrees to {words.format_number(alignment.detail_agreement, 2)} "
        f"(1 is identical).</small>{_region_errors(comparison)}"
    )


def _region_errors(comparison: Comparison) -> str:
    """Return the error of the alignment in each region as a small line."""
    errors = words.region_errors(comparison)
    if len(errors) < MIN_LISTED:
        return ""
    listed = escape("; ".join(f"{name} {size}" for name, size in errors))
    return f"<small>Typical error by region: {listed}.</small>"


def _metrics(comparison: Comparison) -> str:
    used = dict.fromkeys((one.before.method.name, one.before.method.version) for one in comparison.changes)
    lines = []
    for name, version in used:
        spec = metrics().get(name)
        source = f" {spec.source}." if spec else ""
        lines.append(
            f"{escape(words.capitalised(name))}, version {version}<small>{escape(source.strip())}</small>"
        )
    return "".join(lines)


def _photo(subject: Subject, scale: Scale) -> str:
    photo = subject.photo
    camera = ""
    if photo.camera is not None:
        camera = f", {escape(' '.join((photo.camera.make, photo.camera.model)).strip())}"
    profile = escape(photo.colour_profile or "none, taken for sRGB")
    return (
        f"{escape(photo.name)}<small>{photo.width} × {photo.height} pixels, {escape(photo.file_format)}{camera}, "
        f"{escape(words.captured_words(photo))}{escape(words.flipped_words(photo))}. Colour profile: {profile}.</small>"
        f"<small>Scale: {escape(words.scale_words(scale))}.</small><small>SHA-256 <code>{photo.sha256}</code></small>"
    )


def _card(title: str, hint: str, content: str) -> str:
    told = f'<p class="hint">{hint}</p>' if hint else ""
    return f'<section class="card"><h2>{title}</h2>{told}{content}</section>'
