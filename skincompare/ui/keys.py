"""The keys of all widgets, so that pages and tests name them alike."""

from enum import StrEnum

__all__ = ["Key"]


class Key(StrEnum):
    """A widget's key."""

    SOURCE = "source"
    SAMPLE = "sample"
    SAMPLE_DAY = "sample_day"
    BEFORE = "before_photo"
    AFTER = "after_photo"
    TREATED_PRESET = "treated_preset"
    TREATED = "treated_regions"
    FACE_MAP = "face_map"
    REFERENCE = "reference_regions"
    PX_PER_MM = "px_per_mm"
    POINTS = "point_pairs"
    HAS_CHART = "has_chart"
    FLIP = "flip_after"
    FLIPPED_PAIR = "flipped_pair"
    SAME_PERSON = "same_person"
    SAME_PERSON_PAIR = "same_person_pair"
    WHOLE_PHOTOS = "whole_photos"
    CHART = "chart_photo"
    VIEWER = "viewer"
    HTML_REPORT = "html_report"
    JSON = "json"
    PATIENT = "patient"
    CURVE_REGIONS = "curve_regions"
    SHOW_TRUTH = "show_truth"
    DAY = "day"
    DAY_STRIP = "day_strip"
    DAY_VIEWER = "day_viewer"
