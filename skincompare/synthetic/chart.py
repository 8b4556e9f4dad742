"""A colour chart of 24 patches that lies in a picture: where each patch is, and the light it sends to the camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from skincompare.synthetic.noise import FloatMap
from skincompare.synthetic.spectra import WAVELENGTHS_NM, patch_reflectances
from skincompare.synthetic.spectral_camera import SpectralView

__all__ = ["BOARD_MM", "ChartPose", "patch_corners_mm", "with_chart"]

FloatArray = NDArray[np.float64]

BOARD_MM = (279.0, 204.0)
"""Width and height of the black board (the classic chart, its lettering left out)."""
PATCH_MM, PITCH_MM = 40.0, 45.0
"""Side of a patch, and from one patch to the next."""
ACROSS, DOWN = 6, 4
"""Patches in a row and rows."""
BOARD_REFLECTANCE = 0.035
"""Of the board between the patches [judgement]."""
VIEW_DISTANCE = 4.0
"""Distance of the camera in board widths, for the perspective of a tilted board [judgement]."""
SUBSAMPLES = 2
"""Samples across a pixel, so that edges are smooth."""


@dataclass(frozen=True)
class ChartPose:
    """Where a chart lies in a picture.

    Parameters
    ----------
    centre_px : tuple of float
        Of the board, (x, y).
    width_px : float
        Of the board, before it is tilted.
    turn_degrees : float
        Clockwise, in the picture's plane; 180 is upside down.
    tilt_degrees : tuple of float
        Round the board's upright and its level axis, away from the camera.
    shade : float
        Light on the chart, relative to what lies at its place.
    shade_slope : float
        Relative change of that light from the left to the right edge of the board.
    glare : float
        White light that a glossy spot adds on the middle of the board; 0 for a matt one.
    """

    centre_px: tuple[float, float]
    width_px: float
    turn_degrees: float = 0.0
    tilt_degrees: tuple[float, float] = (0.0, 0.0)
    shade: float = 1.0
    shade_slope: float = 0.0
    glare: float = 0.0

    def to_pixels(self, points_mm: FloatArray) -> FloatArray:
        """Return pixels (..., 2) of points (..., 2) on the board, mm from its top left corner."""
        points = np.asarray(points_mm, dtype=np.float64)
        flat = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1) @ self._homography.T
        return np.asarray(flat[..., :2] / flat[..., 2:])

    @property
    def _homography(self) -> FloatArray:
        """Board mm to pixels, 3 x 3: turn, tilt, then a pinhole camera."""
        yaw, pitch = (math.radians(angle) for angle in self.tilt_degrees)
        turn = math.radians(self.turn_degrees)
        about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
        about_x = np.array(
            [[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]]
        )
        about_z = np.array(
            [[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]]
        )
        rotation = about_z @ about_y @ about_x
        scale = self.width_px / BOARD_MM[0]
        distance = VIEW_DISTANCE * self.width_px
        plane = np.column_stack([rotation[:, :2] * scale, (0.0, 0.0, distance)])
        camera = np.array([[distance, 0, self.centre_px[0]], [0, distance, self.centre_px[1]], [0, 0, 1.0]])
        to_middle = np.array([[1, 0, -BOARD_MM[0] / 2], [0, 1, -BOARD_MM[1] / 2], [0, 0, 1.0]])
        return np.asarray(camera @ plane @ to_middle)


def patch_corners_mm() -> FloatArray:
    """Return the corners (24, 4, 2) of the patches on the board, mm: row by row, clockwise from the top left."""
    column, row = np.meshgrid(np.arange(ACROSS), np.arange(DOWN))
    first = np.stack([column.ravel(), row.ravel()], axis=-1) * PITCH_MM
    first += (np.asarray(BOARD_MM) - PITCH_MM * np.array([ACROSS, DOWN]) + PITCH_MM - PATCH_MM) / 2
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * PATCH_MM
    return np.asarray(first[:, None, :] + square, dtype=np.float64)


def with_chart(linear: FloatMap, pose: ChartPose, view: SpectralView) -> FloatMap:
    """Return a picture with a chart laid over it, in the light of that view.

    Parameters
    ----------
    linear : numpy.ndarray
        float32 (rows, columns, 3): the scene as that view shows it (:meth:`SpectralView.relit`).
    pose : ChartPose
        Where the chart lies; what is outside the picture is cut off.
    view : SpectralView
        Lamp and camera.

    Returns
    -------
    numpy.ndarray
        float32, of the same shape.
    """
    picture = np.array(linear, dtype=np.float32)
    rows, columns = picture.shape[:2]
    corners = pose.to_pixels(np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * np.asarray(BOARD_MM))
    left, top = np.maximum(0, np.floor(corners.min(axis=0)).astype(int) - 1)
    right, bottom = np.minimum((columns, rows), np.ceil(corners.max(axis=0)).astype(int) + 2)
    if left >= right or top >= bottom:
        return picture
    offsets = (np.arange(SUBSAMPLES) + 0.5) / SUBSAMPLES - 0.5
    x = (np.arange(left, right)[:, None] + offsets).ravel()
    y = (np.arange(top, bottom)[:, None] + offsets).ravel()
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    light, cover = _board_light(_to_board(grid, pose), pose, view)
    size = (right - left, bottom - top)
    light = np.asarray(cv2.resize(light, size, interpolation=cv2.INTER_AREA), np.float32)
    cover = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]
    cut = picture[top:bottom, left:right]
    picture[top:bottom, left:right] = light + (1 - cover) * cut
    return picture


def _to_board(xy: FloatArray, pose: ChartPose) -> FloatArray:
    inverse = np.linalg.inv(pose._homography)
    flat = np.concatenate([xy, np.ones((*xy.shape[:-1], 1))], axis=-1) @ inverse.T
    return np.asarray(flat[..., :2] / flat[..., 2:])


def _board_light(mm: FloatArray, pose: ChartPose, view: SpectralView) -> tuple[FloatMap, FloatMap]:
    """Return the light (rows, columns, 3) from points of the board, 0 beside it, and whether it is the board."""
    board = np.full((1, len(WAVELENGTHS_NM)), BOARD_REFLECTANCE)
    table = view.colours(np.concatenate([patch_reflectances(), board])).astype(np.float32)
    first = patch_corners_mm()[0, 0]
    place = (mm - first) / PITCH_MM
    cell = np.floor(place).astype(int)
    within = np.all((place - cell) * PITCH_MM < PATCH_MM, axis=-1)
    within &= np.all((cell >= 0) & (cell < (ACROSS, DOWN)), axis=-1)
    number = np.where(within, cell[..., 1] * ACROSS + cell[..., 0], len(table) - 1)
    middle = mm / np.asarray(BOARD_MM) - 0.5
    shade = pose.shade * (1 + pose.shade_slope * middle[..., :1])
    light = table[number] * shade
    if pose.glare > 0:
        light = light + pose.glare * np.exp(-np.sum((middle / 0.15) ** 2, axis=-1, keepdims=True))
    inside = np.all(np.abs(middle) <= 0.5, axis=-1)
    return np.asarray(light * inside[..., None], np.float32), inside.astype(np.float32)
