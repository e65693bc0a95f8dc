"""Small synthetic pictures and files for tests of pictures; every word in them is made up."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def scene(seed: int, size: tuple[int, int] = (480, 320)) -> Image.Image:
    """Shapes on a cloudy ground; the same seed gives the same scene."""
    rng = np.random.default_rng(seed)
    low = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    image = low.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = rng.uniform(0, size[0]), rng.uniform(0, size[1])
        spread = rng.normal(0, size[0] / 9, (4, 2))
        colour = tuple(int(one) for one in rng.integers(0, 256, 3))
        draw.polygon([(x + dx, y + dy) for dx, dy in spread], fill=colour)
    return image.filter(ImageFilter.GaussianBlur(0.7))


def encoded(image: Image.Image, kind: str, **how: object) -> bytes:
    """The picture as a file's bytes."""
    buffer = BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def grey(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Grey values."""
    return np.asarray(image.convert("L"), np.uint8)
