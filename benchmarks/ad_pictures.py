"""Synthetic pictures and the edits that scammers make, for measuring. Every text and face in them is made up.

`picture(seed, kind)` renders one of five kinds; `twins(seed)` renders two text creatives of one layout with
different words; `EDITS` names each edit with its strengths.
"""

import random
from collections.abc import Callable
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

KINDS: Final = ("scene", "texture", "portrait", "text", "chart")
FONT: Final = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
SIZES: Final = ((1200, 628), (1080, 1080), (960, 1200), (800, 600), (640, 360))

_WORDS: Final = (
    "合成例文", "投資", "講座", "無料", "株式", "朝市", "旅行", "新作", "珈琲", "健康", "毎日", "体験", "予約",
    "家計", "相談", "限定", "春の", "夏祭り", "保険", "比較", "예시문장", "투자", "강좌", "무료", "주식", "여행",
    "신제품", "커피", "건강", "체험", "예약", "상담", "한정", "보험", "synthetic", "sample", "Invest", "course",
    "free", "stocks", "travel", "coffee", "health", "daily", "trial", "book now", "advice", "limited", "compare",
    "returns", "summer", "market", "garden", "shoes", "30%", "100", "2.5x", "¥9,800", "24h", "No.1",
)  # fmt: skip


def picture(seed: int, kind: str | None = None) -> Image.Image:
    """One synthetic picture; the same seed gives the same picture."""
    chance = random.Random(seed)  # noqa: S311 - synthetic
    kind = kind or KINDS[seed % len(KINDS)]
    size = chance.choice(SIZES)
    if kind in ("text", "chart"):
        return _creative(chance, chance, size, chart=kind == "chart")
    rng = np.random.default_rng(seed)
    if kind == "texture":
        return _texture(rng, size)
    return _scene(chance, rng, size, portrait=kind == "portrait")


def twins(seed: int) -> tuple[Image.Image, Image.Image]:
    """Two text creatives with one layout, one background and one logo, but different words."""
    size = random.Random(seed).choice(SIZES)  # noqa: S311 - synthetic
    pair = [
        _creative(random.Random(seed), random.Random(seed * 7 + turn), size)  # noqa: S311 - synthetic
        for turn in (1, 2)
    ]
    return pair[0], pair[1]


def words(chance: random.Random, letters: int) -> str:
    """A made-up line of about that many letters."""
    text = chance.choice(_WORDS)
    while len(text) < letters:
        text += chance.choice(("", " ")) + chance.choice(_WORDS)
    return text


def _colour(chance: random.Random, low: int = 0, high: int = 255) -> tuple[int, int, int]:
    return (chance.randint(low, high), chance.randint(low, high), chance.randint(low, high))


def _gradient(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    ramp = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270)))
    return ImageOps.colorize(ramp.resize(size), _colour(chance), _colour(chance))


def _cloud(rng: np.random.Generator, size: tuple[int, int], roughness: float) -> Image.Image:
    total = np.zeros((size[1], size[0]))
    cells = 3
    weight = 1.0
    while cells < 256:
        small = Image.fromarray(rng.random((cells, cells)).astype(np.float32))
        total += weight * np.asarray(small.resize(size, Image.Resampling.BICUBIC))
        cells *= 2
        weight *= roughness
    total = (total - total.min()) / np.ptp(total)
    return Image.fromarray((total * 255).astype(np.uint8))


def _texture(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    return Image.merge("RGB", [_cloud(rng, size, float(rng.uniform(0.4, 0.9))) for _ in range(3)])


def _scene(
    chance: random.Random, rng: np.random.Generator, size: tuple[int, int], *, portrait: bool
) -> Image.Image:
    width, height = size
    back = _gradient(chance, size)
    cloud = ImageOps.colorize(_cloud(rng, size, 0.6), _colour(chance), _colour(chance))
    image = Image.blend(back, cloud, chance.uniform(0.2, 0.6))
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(5, 30)):
        x, y = chance.randint(0, width), chance.randint(0, height)
        points = [
            (x + chance.gauss(0, width / 8), y + chance.gauss(0, height / 8))
            for _ in range(chance.randint(3, 6))
        ]
        draw.polygon(points, fill=_colour(chance))
    if portrait:
        image = image.filter(ImageFilter.GaussianBlur(chance.uniform(1, 6)))
        _face(chance, ImageDraw.Draw(image), size)
        image = _bent(rng, image)
    grain = Image.fromarray(
        rng.normal(128, chance.uniform(2, 12), (height, width)).clip(0, 255).astype(np.uint8)
    )
    return Image.blend(image, Image.merge("RGB", [grain] * 3), 0.12)


def _bent(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """The picture bent unevenly and shaded, so that no two faces are one drawing."""
    corners = 7
    grid = rng.normal(0, 0.022 * min(image.size), (corners, corners, 2))
    mesh = []
    across, down = image.width / (corners - 1), image.height / (corners - 1)
    for row in range(corners - 1):
        for column in range(corners - 1):
            box = (int(column * across), int(row * down), int((column + 1) * across), int((row + 1) * down))
            quad: list[float] = []
            for r, c in ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1)):
                quad += [c * across + grid[r, c, 0], r * down + grid[r, c, 1]]
            mesh.append((box, tuple(quad)))
    bent = image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    shade = Image.merge("RGB", [_cloud(rng, image.size, 0.75)] * 3)
    return Image.blend(bent, shade, float(rng.uniform(0.2, 0.4)))


def _face(chance: random.Random, draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    width, height = size
    x, y = chance.uniform(0.3, 0.7) * width, chance.uniform(0.4, 0.55) * height
    r = chance.uniform(0.18, 0.32) * min(size)
    skin = (chance.randint(120, 240), chance.randint(90, 200), chance.randint(70, 170))
    hair = _colour(chance, 0, 110)
    draw.ellipse((x - 2 * r, y + r, x + 2 * r, y + 4 * r), fill=_colour(chance))
    draw.ellipse((x - 1.15 * r, y - 1.5 * r, x + 1.15 * r, y + 0.8 * r), fill=hair)
    draw.ellipse((x - r, y - 1.2 * r, x + r, y + 1.3 * r), fill=skin)
    gap, eye = chance.uniform(0.3, 0.45) * r, chance.uniform(0.08, 0.16) * r
    for side in (-1, 1):
        cx = x + side * gap
        draw.ellipse((cx - eye * 1.7, y - eye, cx + eye * 1.7, y + eye), fill=(250, 250, 250))
        draw.ellipse((cx - eye * 0.8, y - eye, cx + eye * 0.8, y + eye), fill=_colour(chance, 0, 90))
        brow = y - chance.uniform(0.3, 0.4) * r
        draw.line((cx - eye * 2, brow, cx + eye * 2, brow), fill=hair, width=max(2, int(r * 0.07)))
    draw.polygon([(x, y), (x - 0.12 * r, y + 0.4 * r), (x + 0.12 * r, y + 0.4 * r)], fill=_darker(skin))
    mouth = chance.uniform(0.25, 0.5) * r
    draw.chord((x - mouth, y + 0.45 * r, x + mouth, y + 0.85 * r), 0, 180, fill=(170, 50, 60))


def _darker(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    return (colour[0] * 3 // 4, colour[1] * 3 // 4, colour[2] * 3 // 4)


def _creative(
    layout: random.Random, wording: random.Random, size: tuple[int, int], *, chart: bool = False
) -> Image.Image:
    """A text creative; `layout` decides place, size, colours and logo, `wording` the words alone."""
    width, height = size
    image = _gradient(layout, size)
    draw = ImageDraw.Draw(image)
    if layout.random() < 0.6:
        draw.rectangle((0, 0, width, int(height * layout.uniform(0.1, 0.2))), fill=_colour(layout))
    logo = layout.uniform(0.05, 0.1) * width
    left, top = layout.uniform(0.05, 0.85) * width, layout.uniform(0.02, 0.08) * height
    draw.ellipse((left, top, left + logo, top + logo), fill=_colour(layout))
    draw.rectangle((left + logo / 3, top + logo / 3, left + 2 * logo / 3, top + logo), fill=_colour(layout))
    if chart:
        _chart(layout, draw, size)
    y = int(height * layout.uniform(0.15, 0.3))
    while y < height * 0.88:
        letter = int(layout.uniform(0.03, 0.11) * min(size))
        font = ImageFont.truetype(FONT, letter)
        x = int(width * layout.uniform(0.03, 0.15))
        room = layout.uniform(0.4, 0.95) * width
        draw.text((x, y), words(wording, int((room - x) / letter)), font=font, fill=_ink(layout))
        y += int(letter * layout.uniform(1.3, 2.2))
    return image


def _ink(chance: random.Random) -> tuple[int, int, int]:
    return chance.choice(((255, 255, 255), (0, 0, 0), (255, 230, 0), _colour(chance)))


def _chart(chance: random.Random, draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    width, height = size
    value, points = 0.8, []
    for step in range(40):
        value = min(0.9, max(0.2, value - chance.gauss(0.012, 0.04)))
        points.append((width * (0.05 + 0.9 * step / 39), height * value))
    draw.line(points, fill=_ink(chance), width=6)
    for step in range(0, 40, 4):
        x, y = points[step]
        draw.rectangle((x, y, x + width * 0.02, height * 0.92), fill=_colour(chance))


# --- edits ---------------------------------------------------------------------------------------------------

Edit = Callable[[Image.Image, random.Random], Image.Image]


def crop(share: float) -> Edit:
    """Takes `share` of the width and of the height away, somewhere."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:
        width, height = image.size
        x, y = chance.uniform(0, share) * width, chance.uniform(0, share) * height
        box = (int(x), int(y), int(x + width * (1 - share)), int(y + height * (1 - share)))
        return image.crop(box)

    return edit


def border(share: float) -> Edit:
    """A frame of one colour, `share` of the shorter side."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:
        return ImageOps.expand(image, int(share * min(image.size)), fill=_colour(chance))

    return edit


def letterbox(share: float) -> Edit:
    """Bars of black or white above and below."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:
        bar = int(share * image.height)
        canvas = Image.new("RGB", (image.width, image.height + 2 * bar), chance.choice(("black", "white")))
        canvas.paste(image, (0, bar))
        return canvas

    return edit


def mirror(image: Image.Image, chance: random.Random) -> Image.Image:  # noqa: ARG001 - one shape for all edits
    """Left and right exchanged."""
    return ImageOps.mirror(image)


def collage(parts: int) -> Edit:
    """The picture as one half or one quarter beside others; squeezed into its place, or fitted with bars."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:
        width, height = image.size
        across, down = ((2, 1) if chance.random() < 0.5 else (1, 2)) if parts == 2 else (2, 2)
        cell = (width // across, height // down)
        canvas = Image.new("RGB", (cell[0] * across, cell[1] * down), _colour(chance))
        place = chance.randrange(parts)
        for part in range(parts):
            other = image if part == place else picture(chance.randrange(10**8, 10**9))
            if chance.random() < 0.5 or part != place:
                tile = other.resize(cell)
            else:
                tile = ImageOps.pad(other, cell, color=_colour(chance))
            canvas.paste(tile, (cell[0] * (part % across), cell[1] * (part // across)))
        return canvas

    return edit


def band(share: float, *, over: bool) -> Edit:
    """A band with words above or below: over the picture, or added to it."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:
        width, height = image.size
        tall = int(share * height)
        above = chance.random() < 0.4
        canvas = Image.new("RGB", (width, height if over else height + tall))
        canvas.paste(image, (0, tall if above and not over else 0))
        top = 0 if above else canvas.height - tall
        draw = ImageDraw.Draw(canvas)
        draw.rectangle((0, top, width, top + tall), fill=_colour(chance))
        letter = max(10, int(tall * 0.55))
        line = words(chance, int(width * 0.8 / letter))
        draw.text(
            (width * 0.05, top + tall * 0.1), line, font=ImageFont.truetype(FONT, letter), fill=_ink(chance)
        )
        return canvas

    return edit


def jpeg(quality: int) -> Edit:
    """Compressed."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:  # noqa: ARG001
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        return Image.open(BytesIO(buffer.getvalue())).convert("RGB")

    return edit


def resize(across: float, down: float) -> Edit:
    """Made smaller, or squeezed."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:  # noqa: ARG001
        return image.resize((int(image.width * across), int(image.height * down)), Image.Resampling.LANCZOS)

    return edit


def blur(radius: float) -> Edit:
    """Blurred."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:  # noqa: ARG001
        return image.filter(ImageFilter.GaussianBlur(radius))

    return edit


def brightness(factor: float) -> Edit:
    """Brighter or darker."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:  # noqa: ARG001
        return ImageEnhance.Brightness(image).enhance(factor)

    return edit


def rotate(degrees: float) -> Edit:
    """Turned a little, either way; the corners filled with one colour."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:
        angle = degrees * chance.choice((-1, 1))
        return image.rotate(
            angle, Image.Resampling.BICUBIC, expand=chance.random() < 0.5, fillcolor=_colour(chance)
        )

    return edit


def together(*edits: Edit) -> Edit:
    """One after the other."""

    def edit(image: Image.Image, chance: random.Random) -> Image.Image:
        for one in edits:
            image = one(image, chance)
        return image

    return edit


EDITS: Final[dict[str, Edit]] = {
    "crop 2%": crop(0.02),
    "crop 5%": crop(0.05),
    "crop 10%": crop(0.10),
    "crop 20%": crop(0.20),
    "border 3%": border(0.03),
    "border 10%": border(0.10),
    "letterbox 10%": letterbox(0.10),
    "mirror": mirror,
    "collage, half": collage(2),
    "collage, quarter": collage(4),
    "band 10% over": band(0.10, over=True),
    "band 20% over": band(0.20, over=True),
    "band 30% over": band(0.30, over=True),
    "band 30% added": band(0.30, over=False),
    "JPEG q30": jpeg(30),
    "resize 1/2": resize(0.5, 0.5),
    "resize 1/4": resize(0.25, 0.25),
    "aspect x 1.2": resize(1.0, 0.83),
    "blur 2": blur(2),
    "brightness x 1.4": brightness(1.4),
    "brightness x 0.6": brightness(0.6),
    "rotate 3 degrees": rotate(3),
    "crop 10%, band 20%, JPEG q30": together(crop(0.10), band(0.20, over=True), jpeg(30)),
    "mirror, border 5%, JPEG q50": together(mirror, border(0.05), jpeg(50)),
}
