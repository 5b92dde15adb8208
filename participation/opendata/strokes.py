"""Paints our own line drawings (SVG of paths alone, in M, L, C, A and Z) onto pictures."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from PIL import Image, ImageDraw

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
LINE = "line"
_TOKENS = re.compile(r"[A-Za-z]|-?\d*\.?\d+")
_TRANSFORMS = re.compile(r"(\w+)\(([^)]*)\)")
_STEPS = 20
# Painted so many times larger and then made smaller, which smooths the edges.
_FINER = 3


@dataclass(frozen=True)
class Stroke:
    """A curve as points close to each other, and what it is: a line, or what to fill."""

    kind: str
    points: Sequence[Point]


def strokes_of(element: Element, matrix: Matrix = IDENTITY) -> Iterator[Stroke]:
    """The drawing's strokes in the order they are painted."""
    matrix = _times(matrix, _transform(element.get("transform", "")))
    if element.tag.endswith("path"):
        for points in _curves(element.get("d", "")):
            yield Stroke(element.get("class", LINE), [_moved(matrix, point) for point in points])
    for child in element:
        yield from strokes_of(child, matrix)


def painted(
    strokes: Sequence[Stroke], *, size: tuple[int, int], colours: Mapping[str, str], line_px: float
) -> Image.Image:
    """The strokes on a transparent ground of that size; a kind without a colour is left out."""
    large = Image.new("RGBA", (size[0] * _FINER, size[1] * _FINER))
    draw = ImageDraw.Draw(large)
    for stroke in strokes:
        points = [(x * _FINER, y * _FINER) for x, y in stroke.points]
        if stroke.kind == LINE:
            _line(draw, points, colours[LINE], line_px * _FINER)
        elif stroke.kind in colours:
            draw.polygon(points, fill=colours[stroke.kind])
    return large.resize(size, Image.Resampling.BOX)


def placed(strokes: Sequence[Stroke], *, scale: float, shift: Point = (0, 0)) -> list[Stroke]:
    matrix: Matrix = (scale, 0, 0, scale, *shift)
    return [Stroke(stroke.kind, [_moved(matrix, point) for point in stroke.points]) for stroke in strokes]


def _line(draw: ImageDraw.ImageDraw, points: Sequence[Point], colour: str, width: float) -> None:
    draw.line(points, fill=colour, width=round(width), joint="curve")
    for x, y in (points[0], points[-1]):
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


def _curves(path: str) -> Iterator[list[Point]]:
    tokens, points, letter = _TOKENS.findall(path), list[Point](), ""
    while tokens:
        if tokens[0].isalpha():
            letter = tokens.pop(0)
        taken = [float(tokens.pop(0)) for _ in range(_NUMBERS[letter])]
        if letter == "M" and points:
            yield points
            points = []
        points += _piece(letter, points, taken)
    if points:
        yield points


_NUMBERS = {"M": 2, "L": 2, "C": 6, "A": 7, "Z": 0}


def _piece(letter: str, points: Sequence[Point], taken: Sequence[float]) -> list[Point]:
    if letter == "Z":
        return [points[0]]
    end = (taken[-2], taken[-1])
    if letter == "C":
        return _bezier(points[-1], (taken[0], taken[1]), (taken[2], taken[3]), end)
    if letter == "A":
        return _circle(points[-1], end, radius=taken[0])
    return [end]


def _bezier(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    found = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        x = a * start[0] + b * first[0] + c * second[0] + d * end[0]
        y = a * start[1] + b * first[1] + c * second[1] + d * end[1]
        found.append((x, y))
    return found


def _circle(start: Point, end: Point, *, radius: float) -> list[Point]:
    """All arcs of our drawings are whole circles, drawn clockwise to just beside where they began."""
    (x1, y1), (x2, y2) = start, end
    apart = math.hypot(x2 - x1, y2 - y1)
    centre = (x1 + radius * (y2 - y1) / apart, y1 - radius * (x2 - x1) / apart)
    begin = math.atan2(y1 - centre[1], x1 - centre[0])
    turns = (begin + 2 * math.pi * step / (2 * _STEPS) for step in range(1, 2 * _STEPS + 1))
    return [(centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)) for turn in turns]


def _transform(text: str) -> Matrix:
    matrix = IDENTITY
    for name, numbers in _TRANSFORMS.findall(text):
        matrix = _times(matrix, _matrix(name, [float(number) for number in re.split(r"[\s,]+", numbers.strip())]))
    return matrix


def _matrix(name: str, numbers: Sequence[float]) -> Matrix:
    first, last = numbers[0], numbers[-1]
    if name == "rotate":
        turn = math.radians(first)
        return (math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn), 0, 0)
    return (first, 0, 0, last, 0, 0) if name == "scale" else (1, 0, 0, 1, first, last)


def _times(left: Matrix, right: Matrix) -> Matrix:
    a, b, c, d, e, f = left
    g, h, i, j, k, m = right
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)


def _moved(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return (a * x + c * y + e, b * x + d * y + f)
