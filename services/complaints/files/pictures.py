"""A photo as it is kept: a JPEG of its pixels alone, upright, of bounded size. Pure.

Nothing else of the file is carried over: no place, time, camera or thumbnail, no comment, and nothing that hides behind the picture.
"""

import struct
from io import BytesIO

from PIL import Image, ImageOps

from services.complaints.files.unclean import Unclean

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
"""What phones and desks send. Whatever else Pillow reads is not tried."""
MOST_PIXELS = 64_000_000
"""That would be unfolded, as the header tells. A phone's largest photo has some fifty millions; a bomb of a few kB may have billions."""
LONGEST_SIDE = 2560
QUALITY = 85
MEDIA_TYPE = "image/jpeg"

BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, struct.error)
"""What Pillow's readers raise over a file that is broken."""


def jpeg_of(content: bytes) -> bytes:
    """Raises Unclean."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is not even unfolded in full
            if image.width * image.height > MOST_PIXELS:
                raise Unclean("too_large")
            picture = _flat(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError as bomb:
        raise Unclean("too_large") from bomb
    except BROKEN as broken:
        raise Unclean("not_a_photo") from broken
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info.clear()  # Pillow would write comments and XMP again
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """In RGB; what is transparent is on white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    page = Image.new("RGBA", seen.size, "white")
    page.alpha_composite(seen)
    return page.convert("RGB")
