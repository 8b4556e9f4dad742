"""Use cases that the screens and the command line share."""

from skincompare.workflows.samples import (
    CoursePhoto,
    FollowedDay,
    SampleCloseUp,
    SampleCourse,
    Samples,
    curves_of,
    follow,
    load_samples,
)

__all__ = [
    "CoursePhoto",
    "FollowedDay",
    "SampleCloseUp",
    "SampleCourse",
    "Samples",
    "curves_of",
    "follow",
    "load_samples",
]
