"""Whether two pages look the same: a rough hash that finds candidates, and a fine look that decides.

Part of the decoder, which loads it by its path: it imports nothing of the portal. Everything works on grey
pictures, whole and also upright and cut to what is drawn on them: neither the margins of a print nor a
crooked scan make a difference.

Measured on receipts, statements of 40 lines, and photographs: each against itself as a JPEG of quality 60, at 0.5 to
0.7 of its size, and (papers) scanned (turned by 0.4 to 2.2 degrees, noise, gamma 0.7 to 1.2, blur, JPEG 60 to 80); and
against another one that differs in a single digit, in the same ways:

    rough hash, bits of 256 that differ    the same: at most 35     unrelated pages: at least 83
                                           another paper of the same bank: from 0, like the same one
    fine look, levels of 255               the same: at most 26     one other digit: at least 46,
                                                                    at half the size at least 32
      longer side below 600                saved anew: at most 10   one other digit: at least 16

So the hash alone can never say that two pages are the same: papers of one bank all look alike to it. It only
spares looking finely at what is something else altogether. A photograph that was printed and scanned crooked is not
recognised: it has no lines by which to set it upright, and counts as new.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

# A page's longer side where it is looked at finely, at which a digit of a statement is some ten pixels high;
# where it is hashed; and where its angle and its edges are looked for.
FINE, HASHED, ROUGH = 1_400, 1_000, 500
# The hash: each of so many cells in a row, and rows, against its right neighbour; how much brighter that must
# be, in levels, so that noise on empty paper decides nothing.
CELLS, STEP = 16, 4
# Of all places of a page the most different one may differ by so much: between the measures above. On a picture
# whose longer side is shorter than this a digit is a few pixels, and only what was saved anew is the same.
LIKE, LIKE_SMALL, SMALL = 28, 12, 800
# Steeper than this is no crooked scan, in degrees; and how much darker than its paper ink is, in levels.
CROOKED, INK = 3.0, 40
# Paper that is left around what is drawn: what stands at its very edge is compared too.
MARGIN = 14
# By so many pixels of half the size a place may lie elsewhere on the other page; the tiles that look for it.
REACH, TILES = 4, (5, 7)
# Half the side of a place that is looked at: a digit. Smaller where pages are looked at smaller.
PLACE = 3
# So many pairs of pages of two documents are looked at finely; beyond that nothing is said to be the same.
LOOKS = 60


# ── a page by itself ─────────────────────────────────────────────────────────────────────────────


def plates(image: Any, longest: int) -> tuple[Any, Any]:
    """A grey picture in the two ways in which it is compared: whole, and upright without its margins."""
    image = _shrunk(image, longest)
    return image, _upright(image)


def hashes(image: Any) -> bytes:
    """A picture's rough hashes, 32 bytes for each plate; none for a page on which nothing is drawn."""
    if _ink_box(_shrunk(image, ROUGH)) is None:
        return b""
    return b"".join(_rough(plate).to_bytes(CELLS * CELLS // 8, "big") for plate in plates(image, HASHED))


def _rough(plate: Any) -> int:
    from PIL import Image

    levels = plate.resize((CELLS + 1, CELLS), Image.Resampling.BOX).get_flattened_data()
    bits = 0
    for row in range(CELLS):
        for at in range(row * (CELLS + 1), row * (CELLS + 1) + CELLS):
            bits = bits << 1 | (levels[at + 1] - levels[at] > STEP)
    return bits


def _shrunk(image: Any, longest: int) -> Any:
    from PIL import Image

    most = max(image.size)
    if most <= longest:
        return image
    size = tuple(max(1, round(side * longest / most)) for side in image.size)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _upright(image: Any) -> Any:
    """The picture with its lines level, cut to what is drawn."""
    from PIL import Image, ImageOps

    paper = _paper(image)
    small = _shrunk(image, ROUGH)
    angle = _skew(small)
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=paper)
        small = _shrunk(image, ROUGH)
    box = _ink_box(small)
    if box is None:
        return image
    scale = max(image.size) / max(small.size)
    cut = image.crop(tuple(round(edge * scale) for edge in box))
    return ImageOps.expand(cut, MARGIN, paper)


def _paper(image: Any) -> int:
    """The level of the paper: half of a page is as bright as this, or brighter."""
    counts, seen = image.histogram(), 0
    for level in range(255, -1, -1):
        seen += counts[level]
        if 2 * seen >= image.width * image.height:
            return level
    return 255


def _skew(small: Any) -> float:
    """By how many degrees to turn it so that its lines lie level: there each row differs most from the next."""
    from PIL import Image

    ink = small.point([255 - level for level in range(256)])

    def sharpness(angle: float) -> float:
        turned = ink.rotate(angle, Image.Resampling.BILINEAR) if angle else ink
        rows = turned.resize((1, turned.height), Image.Resampling.BOX).get_flattened_data()
        return float(sum((one - other) ** 2 for one, other in pairwise(rows)))

    quarters = int(CROOKED * 4)
    tried = {angle / 4: sharpness(angle / 4) for angle in range(-quarters, quarters + 1)}
    best = max(tried, key=lambda angle: tried[angle])
    tried |= {best + step / 20: sharpness(best + step / 20) for step in range(-4, 5)}
    best = max(tried, key=lambda angle: tried[angle])
    # A photograph has no lines: whatever angle is best there is hardly better than the one that it has.
    return best if tried[best] > 1.1 * tried[0.0] else 0.0


def _ink_box(small: Any) -> tuple[int, int, int, int] | None:
    """Around what differs from the paper; None for a page on which nothing is drawn."""
    from PIL import ImageFilter

    paper = _paper(small)
    soft = small.filter(ImageFilter.BoxBlur(1))
    box: tuple[int, int, int, int] | None = soft.point(
        [255 if abs(paper - level) > INK else 0 for level in range(256)]
    ).getbbox()
    return box


# ── two pages ────────────────────────────────────────────────────────────────────────────────────


def twins(
    pages: Mapping[int, Sequence[int]],
    first: Callable[[int], tuple[Any, Any]],
    second: Callable[[int], tuple[Any, Any]],
) -> dict[int, int]:
    """Which pages of one document are in another: page by page.

    `pages` are the first one's pages with their candidates, the likeliest first; `first` and `second` give a
    page's plates. Whoever copied a document kept its order, so the page after the last that was found comes first.
    """
    found: dict[int, int] = {}
    looks, expected = 0, None
    for page, candidates in sorted(pages.items()):
        for other in sorted(candidates, key=lambda candidate: candidate != expected):
            if looks == LOOKS:
                return found
            looks += 1
            if alike(first(page), second(other)):
                found[page], expected = other, other + 1
                break
    return found


def alike(ours: Iterable[Any], theirs: Iterable[Any]) -> bool:
    """Whether two pages look the same in one of the two ways: no place of them differs more than a scan does.

    Upright first, in which most do. At half the size other pages are told apart for a quarter of the work.
    """
    for one, other in reversed(list(zip(ours, theirs, strict=True))):
        small = _shrunk(one, FINE // 2), _shrunk(other, FINE // 2)
        most = LIKE if min(max(one.size), max(other.size)) >= SMALL else LIKE_SMALL
        if unlike(*small) <= 2 * LIKE and unlike(one, other) <= most:
            return True
    return False


def unlike(one: Any, other: Any) -> int:
    """How different the most different place of two plates is, in levels of 255; 255 for other proportions."""
    from PIL import Image, ImageChops, ImageFilter

    if not 0.95 < (one.width * other.height) / (one.height * other.width) < 1.05:
        return 255
    first = _shrunk(one, max(other.size))
    second = other.resize(first.size, Image.Resampling.LANCZOS)
    first, second = (each.filter(ImageFilter.GaussianBlur(0.8)) for each in (first, second))
    second = _laid_over(first, _matched(second, first))
    first, second = _as_soft(first, second)
    place = max(1, round(PLACE * max(first.size) / FINE))
    least: Any = None
    # To half a pixel: the edges of a digit that lies a half beside itself differ like another digit.
    for down in (-1.0, -0.5, 0.0, 0.5, 1.0):
        for right in (-1.0, -0.5, 0.0, 0.5, 1.0):
            moved = second.transform(
                second.size, Image.Transform.AFFINE, (1, 0, right, 0, 1, down), Image.Resampling.BILINEAR
            )
            far = ImageChops.difference(first, moved).filter(ImageFilter.BoxBlur(place))
            least = far if least is None else ImageChops.darker(least, far)
    # Beyond the edge there was nothing to be moved in.
    edge = min(2 * PLACE + 1, min(first.size) // 4)
    within = least.crop((edge, edge, least.width - edge, least.height - edge))
    return int(within.getextrema()[1])


def _matched(image: Any, to: Any) -> Any:
    """The picture with the other's distribution of levels: neither gamma nor exposure makes a difference."""
    ours, theirs = _shares(image), _shares(to)
    table, level = [], 0
    for share in ours:
        while level < 255 and theirs[level] < share:
            level += 1
        table.append(level)
    return image.point(table)


def _shares(image: Any) -> list[float]:
    """Which part of a picture is as dark as each level, or darker."""
    shares, seen = [], 0
    for count in image.histogram():
        seen += count
        shares.append(seen / (image.width * image.height))
    return shares


def _as_soft(first: Any, second: Any) -> tuple[Any, Any]:
    """The sharper one of the two made as soft as the other, as long as that brings them nearer."""
    from PIL import ImageChops, ImageFilter

    def apart(one: Any, other: Any) -> int:
        return sum(level * count for level, count in enumerate(ImageChops.difference(one, other).histogram()))

    soft = ImageFilter.GaussianBlur(0.6)
    now = apart(first, second)
    for _ in range(4):
        mine, theirs = first.filter(soft), second.filter(soft)
        left, right = apart(mine, second), apart(first, theirs)
        if min(left, right) >= 0.98 * now:
            break
        first, second, now = (mine, second, left) if left < right else (first, theirs, right)
    return first, second


def _laid_over(first: Any, second: Any) -> Any:
    """The second plate, of the first one's size, turned and stretched so that it lies over it.

    Both are cut into tiles. Where each of them fits best tells how the whole was turned and stretched.
    """
    from PIL import Image, ImageChops

    size = tuple(max(1, side // 2) for side in first.size)
    near, far = (each.resize(size, Image.Resampling.BOX) for each in (first, second))
    reach = range(-REACH, REACH + 1)
    apart: Mapping[tuple[int, int], Any] = {
        (right, down): ImageChops.difference(near, ImageChops.offset(far, right, down))
        .resize(TILES, Image.Resampling.BOX)
        .get_flattened_data()
        for down in reach
        for right in reach
    }
    columns, rows = TILES
    rightward, downward = [], []
    for tile in range(columns * rows):
        right, down = min(apart, key=lambda shift: apart[shift][tile])
        worst = max(each[tile] for each in apart.values())
        # An empty tile fits everywhere, and one that fits best at the end of our reach fits nowhere.
        if worst - apart[right, down][tile] < 6 or REACH in (abs(right), abs(down)):
            continue
        x, y = (tile % columns + 0.5) / columns * first.width, (tile // columns + 0.5) / rows * first.height
        rightward.append((x, y, 2 * (right + _lowest(*(apart[right + step, down][tile] for step in (-1, 0, 1))))))
        downward.append((x, y, 2 * (down + _lowest(*(apart[right, down + step][tile] for step in (-1, 0, 1))))))
    if len(rightward) < 6:
        return second
    (a, b, c), (d, e, f) = _plane(rightward), _plane(downward)
    turned = (1 - a, -b, -c, -d, 1 - e, -f)
    return second.transform(first.size, Image.Transform.AFFINE, turned, Image.Resampling.BICUBIC, fillcolor=255)


def _lowest(before: float, here: float, after: float) -> float:
    """Where between two neighbours the lowest point lies, from -0.5 to 0.5."""
    bend = before - 2 * here + after
    return (before - after) / (2 * bend) if bend > 0 else 0.0


Point = tuple[float, float, float]


def _plane(points: Sequence[Point]) -> Point:
    """The plane z = ax + by + c of least squares through these points, strays left out."""
    a, b, c = _fitted(points)

    def off(point: Point) -> float:
        return abs(a * point[0] + b * point[1] + c - point[2])

    most = max(1.0, 2 * sorted(off(point) for point in points)[len(points) // 2])
    kept = [point for point in points if off(point) <= most]
    return _fitted(kept) if len(kept) >= 4 else (a, b, c)


def _fitted(points: Sequence[Point]) -> Point:
    mx, my, mz = (sum(point[at] for point in points) / len(points) for at in range(3))
    centred = [(x - mx, y - my, z - mz) for x, y, z in points]
    xx, yy, xy = (sum(p[i] * p[j] for p in centred) for i, j in ((0, 0), (1, 1), (0, 1)))
    xz, yz = (sum(p[i] * p[2] for p in centred) for i in (0, 1))
    whole = xx * yy - xy * xy
    if whole < 1e-6:
        return 0.0, 0.0, mz
    a, b = (xz * yy - yz * xy) / whole, (yz * xx - xz * xy) / whole
    return a, b, mz - a * mx - b * my
