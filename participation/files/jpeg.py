"""How a JPEG is put together, as far as that says what it costs to unpack it."""

import re
from dataclasses import dataclass

START = b"\xff\xd8"
# The picture itself holds no such pair of bytes: what looks like one is filled up (FF 00), or a place to go on from.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_END, _SCAN = 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_IN_ONE_GO = frozenset({0xC0, 0xC1})
# Where the number of colours stands, after the two bytes of a segment's length.
_COLOURS_IN_FRAME, _COLOURS_IN_SCAN = 7, 2


@dataclass(frozen=True)
class Jpeg:
    segments: int
    scans: int
    in_one_go: bool
    """Whether its rows come one after the other. Else all of it is kept unpacked, at its full size, until the end."""


def jpeg_in(data: bytes, *, scans_max: int, segments_max: int) -> Jpeg:
    """Looks no further than to the end of the picture, or one more than are asked for."""
    colours = segments = scans = at = 0
    in_one_go = True
    while scans <= scans_max and segments <= segments_max and (found := _MARKER.search(data, at)):
        kind, at = found[0][1], found.end()
        if kind == _END:
            break
        segments += 1
        if kind in _FRAMES:
            colours = max(colours, _number(data, at + _COLOURS_IN_FRAME))
            in_one_go = in_one_go and kind in _IN_ONE_GO
        elif kind == _SCAN:
            scans += 1
            in_one_go = in_one_go and scans == 1 and _number(data, at + _COLOURS_IN_SCAN) == colours
        at += 0 if kind == START[1] else int.from_bytes(data[at : at + 2])
    return Jpeg(segments, scans, in_one_go)


def _number(data: bytes, at: int) -> int:
    return data[at] if at < len(data) else 0
