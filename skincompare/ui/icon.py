"""The app's mark, drawn here: an icon by name would be fetched from another server."""

from PIL import Image, ImageDraw

__all__ = ["app_icon"]

SIDE_PX = 64
BEFORE, AFTER, LINE = "#8fb9bb", "#1f6f74", "#ffffff"


def app_icon() -> Image.Image:
    """Return a disc in two halves, before and after, 64 x 64 px."""
    icon = Image.new("RGBA", (SIDE_PX, SIDE_PX))
    draw = ImageDraw.Draw(icon)
    box = (3, 3, SIDE_PX - 4, SIDE_PX - 4)
    draw.pieslice(box, 90, 270, fill=BEFORE)
    draw.pieslice(box, -90, 90, fill=AFTER)
    draw.line((SIDE_PX / 2, 2, SIDE_PX / 2, SIDE_PX - 3), fill=LINE, width=4)
    return icon
