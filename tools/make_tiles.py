"""Draw the tiles that LNbits shows for the two extensions. Run it after changing it:

python tools/make_tiles.py
"""

from pathlib import Path

from PIL import Image, ImageDraw

SIDE = 512
#: everything is drawn larger and then scaled down, which makes the edges smooth
SCALE = 4
EXTENSIONS = Path(__file__).resolve().parent.parent / "extensions"

NIGHT_TOP = (38, 33, 64)
NIGHT_BOTTOM = (20, 18, 36)
PAPER = (244, 241, 234)
INK = (38, 33, 64)
ORANGE = (247, 147, 26)
AMBER = (255, 196, 87)
MINT = (122, 205, 164)

BOLT = ((58, 0), (8, 62), (40, 62), (30, 112), (84, 44), (50, 44))


def scaled(*numbers: int) -> tuple[int, ...]:
    """The numbers in pixels of the large drawing."""
    return tuple(number * SCALE for number in numbers)


def background() -> Image.Image:
    """A rounded square, dark, a little lighter at the top."""
    side = SIDE * SCALE
    column = Image.new("RGB", (1, side))
    for y in range(side):
        mixed = tuple(a + (b - a) * y // side for a, b in zip(NIGHT_TOP, NIGHT_BOTTOM, strict=True))
        column.putpixel((0, y), mixed)
    shape = Image.new("L", (side, side), 0)
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, side - 1, side - 1), radius=112 * SCALE, fill=255)
    tile = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    tile.paste(column.resize((side, side)), (0, 0), shape)
    return tile


def bolt(draw: ImageDraw.ImageDraw, left: int, top: int, percent: int, colour: tuple[int, ...]) -> None:
    """A lightning bolt, `percent` of 92 × 112."""
    points = [
        ((left * 100 + x * percent) * SCALE // 100, (top * 100 + y * percent) * SCALE // 100) for x, y in BOLT
    ]
    draw.polygon(points, fill=colour)


def machine() -> Image.Image:
    """The operator's tile: a machine that hands out a banknote."""
    tile = background()
    draw = ImageDraw.Draw(tile)
    draw.rounded_rectangle(scaled(136, 76, 376, 348), radius=36 * SCALE, fill=PAPER)
    draw.rounded_rectangle(scaled(168, 108, 344, 240), radius=20 * SCALE, fill=INK)
    bolt(draw, 214, 118, 100, ORANGE)
    draw.rounded_rectangle(scaled(160, 278, 352, 302), radius=12 * SCALE, fill=INK)
    draw.rectangle(scaled(180, 290, 332, 420), fill=MINT)
    draw.rounded_rectangle(scaled(180, 390, 332, 436), radius=14 * SCALE, fill=MINT)
    draw.ellipse(scaled(228, 334, 284, 390), fill=INK)
    draw.ellipse(scaled(240, 346, 272, 378), fill=MINT)
    return tile


def stacks() -> Image.Image:
    """The LP's tile: stacks of coins that grow."""
    tile = background()
    draw = ImageDraw.Draw(tile)
    for left, coins in ((84, 2), (204, 4), (324, 6)):
        for coin in range(coins):
            top = 376 - coin * 44
            colour = ORANGE if coin % 2 else AMBER
            draw.rounded_rectangle(scaled(left, top, left + 104, top + 36), radius=18 * SCALE, fill=colour)
    bolt(draw, 96, 92, 150, PAPER)
    return tile


def main() -> None:
    for name, drawing in (("satmachineadmin", machine()), ("satmachineclient", stacks())):
        path = EXTENSIONS / name / "static" / "image" / "tile.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        drawing.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(path, optimize=True)


if __name__ == "__main__":
    main()
