"""What lies beside a treated face: ears, eyes, hair and wall."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skincompare.imaging.bystanders import BYSTANDER_SD, measure_bystanders
from skincompare.imaging.references import ReferenceKind
from skincompare.imaging.subject import prepare
from tests.rendered import front, photo_of, reddened, relit, turned

GAINS = (1.10, 1.0, 0.92)


def test_each_tells_the_white_balance():
    found = measure_bystanders(front().subject, prepare(photo_of(relit(front().pixels, GAINS))))
    assert {"sclera", "hair", "background"} <= {one.name for one in found}
    for one in found:
        assert one.kind is ReferenceKind.BYSTANDER
        assert one.u == pytest.approx(100 * math.log10(1.10), abs=1.96 * BYSTANDER_SD[one.name])
        assert one.v == pytest.approx(-100 * math.log10(0.92), abs=3 * BYSTANDER_SD[one.name])
        assert one.sigma_u >= BYSTANDER_SD[one.name]
        assert np.isfinite([*one.level, *one.colour]).all()


def test_the_same_photo_shows_no_shift():
    for one in measure_bystanders(front().subject, front().subject):
        assert (one.u, one.v) == (0.0, 0.0)


def test_red_cheeks_do_not_move_them():
    """The two pictures differ by the redness of the cheeks alone: more than 10 EI."""
    found = measure_bystanders(turned().subject, reddened().subject)
    assert len(found) >= 2
    for one in found:
        assert one.u == pytest.approx(0.0, abs=0.3)


def test_close_ups_have_none():
    faceless = replace(front().subject, face=None)
    assert measure_bystanders(faceless, faceless) == ()


def test_a_clipped_picture_tells_nothing():
    subject = front().subject
    white = replace(subject, frame=replace(subject.frame, clipped=np.full_like(subject.frame.clipped, 255)))
    assert measure_bystanders(white, subject) == ()
