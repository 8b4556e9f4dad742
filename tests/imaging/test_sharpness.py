"""Noise and blur against pictures that were given a known amount of each."""

import cv2
import numpy as np
import pytest

from skincompare.imaging.sharpness import (
    BLUR_RELATIVE_ERROR,
    LEAST_BLUR_PX,
    SKIN_SLOPE,
    blur_difference,
    blur_sigma,
    noise_sigma,
)

SIDE = 512
EVERYWHERE = np.ones((SIDE, SIDE), dtype=bool)


def skin_like(seed=1):
    """Return a random field whose power falls with frequency as that of skin does."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :])
    frequency[0, 0] = np.inf
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) * frequency ** (-SKIN_SLOPE / 2))
    return (0.1 * field / field.std()).astype(np.float32)


def blurred(field, sigma):
    return cv2.GaussianBlur(field, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)


@pytest.mark.parametrize("sigma", [0.003, 0.01, 0.05])
def test_noise_is_found_on_blurred_skin(sigma):
    noise = np.random.default_rng(3).normal(0, sigma, (SIDE, SIDE))
    image = (blurred(skin_like(), 2.0) + noise).astype(np.float32)
    assert noise_sigma(image, EVERYWHERE) == pytest.approx(sigma, rel=0.05)


def test_noise_counts_only_what_the_mask_holds():
    rng = np.random.default_rng(3)
    image = rng.normal(0, 0.01, (SIDE, SIDE)).astype(np.float32)
    image[:, SIDE // 2 :] *= 20
    mask = EVERYWHERE.copy()
    mask[:, SIDE // 2 :] = False
    assert noise_sigma(image, mask) == pytest.approx(0.01, rel=0.05)


def test_too_little_skin_has_no_noise_and_no_blur():
    mask = np.zeros_like(EVERYWHERE)
    mask[:10, :10] = True
    assert np.isnan(noise_sigma(skin_like(), mask))
    assert np.isnan(blur_sigma(skin_like(), mask))
    assert np.isnan(noise_sigma(np.zeros((1, 5), np.float32), np.ones((1, 5), bool)))


@pytest.mark.parametrize("sigma", [0.6, 1.0, 1.6, 2.4])
@pytest.mark.parametrize("noise", [0.0005, 0.004])
def test_blur_is_found(sigma, noise):
    rng = np.random.default_rng(8)
    image = (blurred(skin_like(), sigma) + rng.normal(0, noise, (SIDE, SIDE))).astype(np.float32)
    error = np.hypot(2 * BLUR_RELATIVE_ERROR * sigma, 0.15)
    assert blur_sigma(image, EVERYWHERE) == pytest.approx(sigma, abs=error)


def test_blur_does_not_depend_on_contrast_or_on_what_lies_outside():
    image = blurred(skin_like(), 1.3)
    mask = EVERYWHERE.copy()
    mask[:, 300:] = False
    changed = np.where(mask, image, np.float32(7))
    assert blur_sigma(changed, mask) == blur_sigma(image, mask)
    assert blur_sigma(3 * image, mask) == pytest.approx(blur_sigma(image, mask), rel=1e-3)


def test_flat_and_pure_noise_have_no_blur():
    flat = np.full((SIDE, SIDE), -1.5, dtype=np.float32)
    assert np.isnan(blur_sigma(flat, EVERYWHERE))
    noise = np.random.default_rng(0).normal(0, 1, (SIDE, SIDE)).astype(np.float32)
    assert np.isnan(blur_sigma(noise, EVERYWHERE))


def test_nothing_is_sharper_than_pixels_allow():
    assert blur_sigma(skin_like(), EVERYWHERE) == LEAST_BLUR_PX


def skin_pair(blurs, noise=0.003, seed=5):
    """Return two photos of one field whose power falls as that of skin does, blurred and with their own noise."""
    rng = np.random.default_rng(seed)
    shape = (400, 420)
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :])
    frequency[0, 0] = np.inf
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal(shape)) * frequency**-1.125, shape)
    field *= 0.05 / field.std()
    return [
        (cv2.GaussianBlur(field, (0, 0), blur) + rng.normal(0, noise, shape)).astype(np.float32)
        for blur in blurs
    ]


@pytest.mark.parametrize("blurs", [(1.0, 1.0), (0.8, 1.4), (1.6, 1.0)])
def test_the_difference_of_blur_of_two_photos_in_closed_form(blurs):
    first, second = skin_pair(blurs)
    found = blur_difference(first, second, np.ones(first.shape, bool), 12.0)
    truth = (blurs[0] ** 2 - blurs[1] ** 2) / 12.0**2
    assert found.variance_mm2 == pytest.approx(truth, abs=2.5 * found.sigma)
    assert found.sigma < 0.12 * (0.5 + abs(blurs[0] ** 2 - blurs[1] ** 2)) / 12.0**2
    back = blur_difference(second, first, np.ones(first.shape, bool), 12.0)
    assert back.variance_mm2 == pytest.approx(-found.variance_mm2)


def test_photos_that_share_nothing_tell_no_difference_of_blur():
    first, second = skin_pair((1.0,), seed=1)[0], skin_pair((1.0,), seed=2)[0]
    everything = np.ones(first.shape, bool)
    assert blur_difference(first, second, everything, 12.0) is None
    assert blur_difference(first, first, np.zeros(first.shape, bool), 12.0) is None
