"""What the numbers of a file mean: profiles, bit depths, inks, palettes and transparency, against known answers."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from skincompare.measurement import Effect
from skincompare.photo import Photo, read_photo
from skincompare.photo_colour import (
    ADOBE_RGB,
    DISPLAY_P3,
    NotConvertibleError,
    pixels_without_colour,
    profile_bytes,
    to_srgb,
)

SKIN = np.array(
    [[232, 190, 172], [200, 140, 120], [150, 96, 78], [96, 58, 46], [210, 110, 104], [128, 128, 128]]
)
"""Skin from very light to brown, a red patch and a grey; all inside sRGB when read as Display P3 or Adobe RGB."""

BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
D50 = np.array([0.9642, 1.0, 0.8249])

PRIMARIES = {
    "sRGB": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    "P3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    "Adobe": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)),
}
D65 = (0.3127, 0.3290)


def to_xyz(space: str) -> np.ndarray:
    """Return the matrix from linear RGB to XYZ under D65, from the space's published chromaticities."""

    def xyz(point: tuple[float, float]) -> np.ndarray:
        x, y = point
        return np.array([x / y, 1.0, (1 - x - y) / y])

    columns = np.stack([xyz(point) for point in PRIMARIES[space]], axis=1)
    return columns * np.linalg.solve(columns, xyz(D65))


def srgb_to_linear(coded: np.ndarray) -> np.ndarray:
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(linear: np.ndarray) -> np.ndarray:
    return np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    )


def expected_srgb(rgb: np.ndarray, space: str) -> np.ndarray:
    """Return what RGB numbers of a space are in sRGB, computed in floating point without any profile."""
    coded = rgb / 255
    linear = coded ** (563 / 256) if space == "Adobe" else srgb_to_linear(coded)
    return 255 * linear_to_srgb(linear @ (np.linalg.inv(to_xyz("sRGB")) @ to_xyz(space)).T)


def p3_profile() -> bytes:
    """Return a version 2 Display P3 profile built from chromaticities, its curve sampled at 1024 points."""
    white = to_xyz("P3").sum(axis=1)
    adapt = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ white)) @ BRADFORD
    colorants = (adapt @ to_xyz("P3")).T
    samples = np.round(65535 * srgb_to_linear(np.linspace(0, 1, 1024))).astype(">u2").tobytes()
    text = b"Display P3 for a test\0"

    def fixed(xyz: np.ndarray) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *np.round(xyz * 65536).astype(int))

    curve = b"curv\0\0\0\0" + struct.pack(">I", 1024) + samples
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"wtpt": fixed(white),  # the screen's own white, as profiles of version 2 say it
        **{name: fixed(xyz) for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    return profile(b"RGB ", tags)


def grey_profile(gamma: float, black: float = 0.0) -> bytes:
    """Return a grey profile of version 2: a power curve above the luminance of its black."""
    curve = black + (1 - black) * np.linspace(0, 1, 1024) ** gamma
    text = b"Grey for a test\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", *np.round(D50 * 65536).astype(int)),
        b"kTRC": b"curv\0\0\0\0" + struct.pack(">I", 1024) + np.round(65535 * curve).astype(">u2").tobytes(),
    }
    return profile(b"GRAY", tags)


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return an ICC profile of version 2: header, table of tags, tags."""
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = (
        struct.pack(">I4xI", start + len(body), 0x02400000) + b"mntr" + space + b"XYZ " + bytes(12) + b"acsp"
    )
    header += bytes(28) + struct.pack(">3i", *np.round(D50 * 65536).astype(int))
    return header.ljust(128, b"\0") + table + body


def patches(colours: np.ndarray = SKIN) -> np.ndarray:
    """Return 256 x 384 pixels: one column of 64 pixels for each colour."""
    return np.repeat(np.repeat(colours[None], 64, axis=1), 256, axis=0).astype(np.uint8)


def read_image(image: Image.Image, file_format: str, **options: object) -> Photo:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return read_photo(stream.getvalue())


def codes(photo: Photo) -> list[str]:
    return [flag.code for flag in photo.flags]


# Profiles


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
def test_display_p3_lands_on_known_srgb_numbers(file_format: str) -> None:
    options = {"lossless": True} if file_format == "WEBP" else {}
    photo = read_image(Image.fromarray(patches()), file_format, icc_profile=p3_profile(), **options)
    np.testing.assert_allclose(photo.pixels[100, 32::64], expected_srgb(SKIN, "P3"), atol=1)
    assert photo.colour_profile == "Display P3 for a test"
    assert photo.flags == ()


def test_display_p3_differs_from_its_numbers_by_far_more_than_the_tolerance() -> None:
    assert np.abs(expected_srgb(SKIN, "P3") - SKIN)[:-1].max(axis=1).min() > 5


@pytest.mark.parametrize(("space", "key"), [(DISPLAY_P3, "P3"), (ADOBE_RGB, "Adobe")])
def test_the_profiles_built_here_agree_with_the_chromaticities(space: object, key: str) -> None:
    photo = read_image(Image.fromarray(patches()), "PNG", icc_profile=profile_bytes(space))
    np.testing.assert_allclose(photo.pixels[100, 32::64], expected_srgb(SKIN, key), atol=1)
    assert photo.colour_profile == space.name


def test_an_adobe_rgb_jpeg_without_a_profile_is_known_by_its_interoperability_index() -> None:
    exif = Image.Exif()
    exif[0x8769] = {0xA001: 0xFFFF, 0xA005: {1: "R03"}}
    marked = read_image(Image.fromarray(patches()), "PNG", exif=exif)
    np.testing.assert_allclose(marked.pixels[100, 32::64], expected_srgb(SKIN, "Adobe"), atol=1)
    assert marked.colour_profile == "Adobe RGB (1998)"
    exif[0x8769] = {0xA001: 1, 0xA005: {1: "R98"}}
    plain = read_image(Image.fromarray(patches()), "PNG", exif=exif)
    np.testing.assert_array_equal(plain.pixels, patches())
    assert plain.colour_profile is None


def test_a_heic_that_names_p3_without_a_profile(heic: bytes) -> None:
    as_srgb = read_photo(heic)
    as_p3 = read_photo(heic.replace(b"nclx\0\1", b"nclx\0\x0c"))
    assert (as_srgb.colour_profile, as_p3.colour_profile) == (None, "Display P3")
    expected = expected_srgb(as_srgb.pixels[300, 100].astype(float), "P3")
    np.testing.assert_allclose(as_p3.pixels[300, 100], expected, atol=1)


def test_an_srgb_profile_changes_no_pixel() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    every = np.random.default_rng(3).integers(0, 256, (256, 384, 3)).astype(np.uint8)
    photo = read_image(Image.fromarray(every), "PNG", icc_profile=profile)
    np.testing.assert_array_equal(photo.pixels, every)
    assert "sRGB" in (photo.colour_profile or "")
    assert photo.flags == ()


@pytest.mark.parametrize(
    "profile", [b"no profile at all", p3_profile()[:200], p3_profile().replace(b"RGB ", b"CMYK")]
)
def test_a_broken_profile_counts_as_srgb_and_says_so(profile: bytes) -> None:
    photo = read_image(Image.fromarray(patches()), "PNG", icc_profile=profile)
    np.testing.assert_array_equal(photo.pixels, patches())
    assert codes(photo) == ["colour_profile_broken"]
    assert photo.colour_profile is None


# Depths


def png(bit_depth: int, colour_type: int, samples: np.ndarray) -> bytes:
    """Return a 16-bit PNG built by hand from big-endian samples of shape (height, width, ...)."""
    height, width = samples.shape[:2]
    raw = b"".join(b"\0" + samples[row].astype(">u2").tobytes() for row in range(height))
    out = b"\x89PNG\r\n\x1a\n"
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)),
        (b"IDAT", zlib.compress(raw, 1)),
        (b"IEND", b""),
    ):
        out += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return out


def test_sixteen_bit_grey_is_scaled_to_the_nearest_level() -> None:
    ramp = np.linspace(0, 65535, 256 * 256).round().astype(np.uint16).reshape(256, 256)
    expected = np.round(ramp / 257).astype(np.uint8)
    for data in (png(16, 0, ramp), tiff_bytes(ramp)):
        photo = read_photo(data)
        np.testing.assert_array_equal(photo.pixels, np.repeat(expected[..., None], 3, axis=2))
        assert photo.bit_depth == 16
        assert codes(photo) == ["no_colour"]


def tiff_bytes(samples: np.ndarray) -> bytes:
    """Return an uncompressed little-endian 16-bit TIFF, grey or RGB, built by hand."""
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    body = samples.astype("<u2").tobytes()
    after = 8 + 2 + 9 * 12 + 4
    pixels_at = after + 8
    bits = (3, channels, after) if channels > 2 else (3, 1, 16)
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, *bits),
        (259, 3, 1, 1),
        (262, 3, 1, 2 if channels == 3 else 1),
        (273, 4, 1, pixels_at),
        (277, 3, 1, channels),
        (278, 4, 1, height),
        (279, 4, 1, len(body)),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0\x08\0\0\0" + directory + bytes(4) + struct.pack("<4H", 16, 16, 16, 0) + body


@pytest.mark.parametrize("build", [lambda samples: png(16, 2, samples), tiff_bytes])
def test_sixteen_bit_colour_keeps_its_range(build: object) -> None:
    samples = patches().astype(np.uint16) * 257
    photo = read_photo(build(samples))
    np.testing.assert_array_equal(photo.pixels, patches())
    assert photo.bit_depth == 16
    assert photo.flags == ()


def test_a_one_bit_scan_is_black_and_white() -> None:
    grid = (np.indices((256, 256)).sum(axis=0) // 16 % 2).astype(bool)
    photo = read_image(Image.fromarray(grid), "PNG")
    np.testing.assert_array_equal(photo.pixels[..., 0], np.where(grid, 255, 0))
    assert photo.bit_depth == 1


# Modes


def test_grey_becomes_rgb_with_a_note() -> None:
    grey = patches()[..., 0]
    photo = read_image(Image.fromarray(grey), "JPEG", quality=100)
    assert photo.pixels.shape == (256, 384, 3)
    assert np.abs(photo.pixels.astype(int) - grey[..., None]).max() <= 2
    (flag,) = photo.flags
    assert (flag.code, flag.effect) == ("no_colour", Effect.NOTE)
    assert "redness" in flag.reason


def test_a_grey_photo_stored_in_colour_is_found_and_skin_is_not() -> None:
    grey = np.repeat(patches()[..., :1], 3, axis=2)
    assert codes(read_image(Image.fromarray(grey), "JPEG", quality=90)) == ["no_colour"]
    assert codes(read_image(Image.fromarray(patches()), "JPEG", quality=90)) == []
    assert pixels_without_colour(np.full((256, 256, 3), (90, 91, 92), np.uint8))
    assert not pixels_without_colour(np.full((256, 256, 3), (90, 91, 93), np.uint8))


def test_a_grey_profile_is_honoured() -> None:
    grey = patches()[..., 0]
    photo = read_image(Image.fromarray(grey), "PNG", icc_profile=grey_profile(gamma=1.0))
    np.testing.assert_allclose(photo.pixels[..., 1], 255 * linear_to_srgb(grey / 255), atol=1)
    assert (photo.colour_profile, codes(photo)) == ("Grey for a test", ["no_colour"])


def test_the_black_point_is_compensated() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    photo = read_image(Image.fromarray(ramp), "PNG", icc_profile=grey_profile(gamma=1.0, black=0.02))
    assert photo.pixels[0, 0, 1] == 0
    # Below this the colour engine's own table of such a steep curve is coarse.
    bright = np.arange(16, 256)
    np.testing.assert_allclose(photo.pixels[0, bright, 1], 255 * linear_to_srgb(bright / 255), atol=1)


def test_a_grey_photo_with_a_colour_profile() -> None:
    grey = patches()[..., 0]
    photo = read_image(Image.fromarray(grey), "PNG", icc_profile=p3_profile())
    np.testing.assert_allclose(photo.pixels, np.repeat(grey[..., None], 3, axis=2), atol=1)
    assert codes(photo) == ["no_colour"]


def test_a_transparent_place_becomes_white() -> None:
    alpha = np.full((256, 384), 255, np.uint8)
    alpha[:64] = 0
    alpha[64:128] = 128
    photo = read_image(Image.fromarray(np.dstack([patches(), alpha])), "PNG")
    assert (photo.pixels[:64] == 255).all()
    half = 255 + (SKIN - 255) * 128 / 255
    np.testing.assert_allclose(photo.pixels[100, 32::64], half, atol=1)
    np.testing.assert_array_equal(photo.pixels[128:], patches()[128:])
    assert codes(photo) == ["transparency"]


def test_an_opaque_alpha_is_no_circumstance() -> None:
    photo = read_image(Image.fromarray(patches()).convert("RGBA"), "PNG")
    np.testing.assert_array_equal(photo.pixels, patches())
    assert photo.flags == ()


def test_transparency_and_a_profile_together() -> None:
    alpha = np.full((256, 384), 255, np.uint8)
    alpha[:64] = 0
    image = Image.fromarray(np.dstack([patches(), alpha]))
    photo = read_image(image, "PNG", icc_profile=p3_profile())
    assert (photo.pixels[:64] == 255).all()
    np.testing.assert_allclose(photo.pixels[100, 32::64], expected_srgb(SKIN, "P3"), atol=1)


def test_a_palette_png() -> None:
    image = Image.fromarray(patches()).quantize(16)
    expected = np.asarray(image.convert("RGB"))
    np.testing.assert_array_equal(read_image(image, "PNG").pixels, expected)
    corner = int(np.asarray(image)[0, 0])
    photo = read_image(image, "PNG", transparency=corner)
    assert (photo.pixels[:, :64] == 255).all()
    np.testing.assert_array_equal(photo.pixels[:, 64:], expected[:, 64:])
    assert codes(photo) == ["transparency"]


def test_cmyk_is_converted_with_a_note() -> None:
    inks = np.zeros((256, 256, 4), np.uint8)
    inks[:, :128] = (0, 120, 100, 20)
    photo = read_image(Image.frombytes("CMYK", (256, 256), inks.tobytes()), "JPEG")
    skin, paper = photo.pixels[128, 40].astype(int), photo.pixels[128, 220]
    assert (paper >= 253).all()
    assert skin[0] > skin[2] > skin[1] - 10
    assert skin[0] - skin[1] > 80
    assert codes(photo) == ["cmyk"]


def test_a_mode_that_is_no_photo_is_refused() -> None:
    with pytest.raises(NotConvertibleError, match="LAB"):
        to_srgb(Image.new("LAB", (300, 300)), None)
