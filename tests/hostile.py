"""Files that are no picture of a need, whatever they call themselves: made here, so that none lies about."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from PIL import Image

PNG_START, JPEG_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
SCRIPT = b"<script>alert(document.domain)</script>"
_END = b"\xff\xd9"


@dataclass(frozen=True)
class Sent:
    """A file as someone sends it."""

    name: str
    data: bytes
    kind: str = "image/jpeg"


def photo(kind: str = "JPEG", size: tuple[int, int] = (128, 96), mode: str = "RGB", **options: Any) -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_COLOURS = {0: 1, 2: 3, 3: 1, 6: 4}


def png(
    width: int, height: int, *, colour: int = 2, bits: int = 8, rows: int | None = None, extra: bytes = b""
) -> bytes:
    """A PNG of one flat colour, that says it is so large; `rows` is how many it then holds."""
    squeezed = zlib.compressobj(1)
    row = b"\0" + bytes((width * _COLOURS[colour] * bits + 7) // 8)
    held = b"".join(squeezed.compress(row) for _ in range(height if rows is None else rows)) + squeezed.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    palette = chunk(b"PLTE", bytes(range(9))) if colour == 3 else b""
    return PNG_START + chunk(b"IHDR", header) + palette + extra + chunk(b"IDAT", held) + chunk(b"IEND", b"")


def inflating(start: bytes) -> bytes:
    """What is read beside the picture, and fills the memory when it is unpacked."""
    return start + zlib.compress(bytes(80_000_000))


def jpeg_that_says(width: int, height: int) -> bytes:
    data = photo()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def webp_that_says(width: int, height: int) -> bytes:
    body = b"VP8L" + struct.pack("<I", 10) + b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(5)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def clear_webp(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGBA", (width, height)).save(out, "WEBP", lossless=True, method=0)
    return out.getvalue()


def of_many_scans(times: int = 3000) -> bytes:
    data = photo(progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * times + _END


def with_a_photo_after_it() -> bytes:
    """As phones keep a second view of it, or what a brighter screen shows."""
    out = BytesIO()
    first, second = (Image.linear_gradient("L").resize((128, 96)).convert("RGB") for _ in range(2))
    first.save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


def with_a_film_after_it() -> bytes:
    """As phones keep the second around it; by chance there are starts of scans in the film."""
    return photo() + box(b"mp42") + b"\0\0\xea\x60mdat" + b"\xff\xda\0\x0c" * 15_000 + b"MotionPhoto_Data SEFT"


def with_bad_sum() -> bytes:
    data = bytearray(photo("PNG"))
    data[data.index(b"IDAT") + 8] ^= 0xFF
    return bytes(data)


def moving(kind: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (160, 120), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def zipped() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("bilde.jpg", photo())
    return out.getvalue()


def box(brand: bytes) -> bytes:
    return b"\0\0\0\x20ftyp" + brand + b"\0\0\0\0" + brand + b"mif1miaf" + bytes(400)


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    return f'<!DOCTYPE svg [<!ENTITY l0 "ha">{levels}]><svg xmlns="http://www.w3.org/2000/svg">&l8;</svg>'.encode()


# All in one colour: whole, and of a few bytes.
WEBP_OF_50_MEGAPIXELS = (
    b"RIFF\x1a\0\0\0WEBPVP8L\x0e\0\0\0/\xfe\xbf\xfa\x02\x07\x10\x11\xfd\x0fDD\xff\x03"  # 16383 x 3051
)
WEBP_OF_50_CLEAR_MEGAPIXELS = (
    b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0/\x9d[\xe7\x16\x07\x10\x11\x11\x88\x88\xfe\x07\0"  # 7070 x 7070
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"
_TEXT = b"Dette er ikke noe bilde."

# Each is made when it is asked for, so that no two of the large ones are in memory at once.
REFUSED: dict[str, Callable[[], Sent]] = {
    "nothing": partial(Sent, "tomt.jpg", b""),
    "text": partial(Sent, "tekst.jpg", _TEXT),
    "html as jpg": partial(Sent, "bilde.jpg", b"<!DOCTYPE html><html>" + SCRIPT + b"</html>"),
    "svg": partial(Sent, "bilde.svg", SVG, "image/svg+xml"),
    "svg as png": partial(Sent, "bilde.png", SVG, "image/png"),
    "svg that laughs": lambda: Sent("bilde.svg", laughs(), "image/svg+xml"),
    "pdf": partial(Sent, "skjema.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF", "application/pdf"),
    "pdf with a jpeg in it": lambda: Sent("bilde.jpg", b"%PDF-1.7\n" + photo()),
    "html before a jpeg": lambda: Sent("bilde.jpg", SCRIPT + photo()),
    "gif": lambda: Sent("bilde.gif", photo("GIF", mode="L"), "image/gif"),
    "gif as jpg": lambda: Sent("bilde.jpg", photo("GIF", mode="L")),
    "moving gif": lambda: Sent("bilde.gif", moving("GIF"), "image/gif"),
    "gif that is a script": partial(Sent, "bilde.gif", b"GIF89a=1;alert(1);//" + bytes(40), "image/gif"),
    "moving webp": lambda: Sent("bilde.webp", moving("WEBP"), "image/webp"),
    "moving png": lambda: Sent("bilde.png", moving("PNG"), "image/png"),
    "tiff": lambda: Sent("bilde.tif", photo("TIFF"), "image/tiff"),
    "bmp": lambda: Sent("bilde.bmp", photo("BMP"), "image/bmp"),
    "ico": lambda: Sent("bilde.ico", photo("ICO"), "image/x-icon"),
    "jpeg 2000": partial(Sent, "bilde.jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(90), "image/jp2"),
    "photoshop": partial(Sent, "bilde.psd", b"8BPS\0\1" + bytes(90), "image/vnd.adobe.photoshop"),
    "postscript": partial(Sent, "bilde.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n"),
    "heic": partial(Sent, "IMG_0001.HEIC", box(b"heic"), "image/heic"),
    "heic as jpg": partial(Sent, "IMG_0001.jpg", box(b"mif1")),
    "avif": partial(Sent, "bilde.avif", box(b"avif"), "image/avif"),
    "film": partial(Sent, "film.mp4", box(b"isom"), "video/mp4"),
    "zip": lambda: Sent("bilder.zip", zipped(), "application/zip"),
    "zip as jpg": lambda: Sent("bilde.jpg", zipped()),
    "program": partial(Sent, "bilde.jpg.exe", b"\x7fELF\2\1\1" + bytes(200)),
    "php": partial(Sent, "bilde.php.jpg", b"<?php system($_GET['c']); ?>"),
    "jpeg of a header only": partial(Sent, "bilde.jpg", b"\xff\xd8\xff\xe0" + bytes(200)),
    "jpeg cut": lambda: Sent("bilde.jpg", photo(size=(640, 480))[:-900]),
    "png cut": lambda: Sent("bilde.png", photo("PNG", size=(640, 480))[:900], "image/png"),
    "webp cut": lambda: Sent("bilde.webp", photo("WEBP", size=(640, 480))[:90], "image/webp"),
    "png with a wrong sum": lambda: Sent("bilde.png", with_bad_sum(), "image/png"),
    "png that says 900 megapixels": lambda: Sent("bilde.png", png(30_000, 30_000, rows=3), "image/png"),
    "png of 144 megapixels": lambda: Sent("bilde.png", png(12_000, 12_000, colour=6, rows=90), "image/png"),
    "png of 51 megapixels": lambda: Sent("bilde.png", png(10_200, 5000, colour=0, rows=90), "image/png"),
    "png of 26 megapixels": lambda: Sent("bilde.png", png(6500, 4000, colour=0, bits=1), "image/png"),
    "png of a pixel's width": lambda: Sent("bilde.png", png(1, 50_000_000, colour=0, bits=1, rows=90), "image/png"),
    "png of two pixels' width": lambda: Sent("bilde.png", png(2, 25_000_000, colour=0, bits=1, rows=90), "image/png"),
    "png of two deep pixels": lambda: Sent("bilde.png", png(2, 25_000_000, colour=6, bits=16, rows=90), "image/png"),
    "png of three pixels' width": lambda: Sent("bilde.png", png(3, 16_600_000, colour=0, bits=1, rows=90), "image/png"),
    "png of a pixel's height": lambda: Sent("bilde.png", png(50_000_000, 1, colour=0, bits=1), "image/png"),
    "png as long as a picture can be, and thin": lambda: Sent("bilde.png", png(999, 20_000, colour=0), "image/png"),
    "png that is too long": lambda: Sent("bilde.png", png(1100, 20_001, colour=0), "image/png"),
    "webp of 50 megapixels": partial(Sent, "bilde.webp", WEBP_OF_50_MEGAPIXELS, "image/webp"),
    "webp of 50 see-through megapixels": partial(Sent, "bilde.webp", WEBP_OF_50_CLEAR_MEGAPIXELS, "image/webp"),
    "webp of 13 megapixels": lambda: Sent("bilde.webp", photo("WEBP", (3610, 3610), method=0), "image/webp"),
    "jpeg of 21 megapixels in layers": lambda: Sent("bilde.jpg", photo(size=(7000, 3000), progressive=True)),
    "jpeg that says 4 gigapixels": lambda: Sent("bilde.jpg", jpeg_that_says(65_500, 65_500)),
    "webp that says 268 megapixels": lambda: Sent("bilde.webp", webp_that_says(16_383, 16_383), "image/webp"),
    "png with inflating text": lambda: Sent(
        "bilde.png", png(128, 96, extra=chunk(b"zTXt", inflating(b"Comment\0\0"))), "image/png"
    ),
    "png with inflating words": lambda: Sent(
        "bilde.png", png(128, 96, extra=chunk(b"iTXt", inflating(b"Comment\0\1\0\0\0"))), "image/png"
    ),
    "png with inflating colours": lambda: Sent(
        "bilde.png", png(128, 96, extra=chunk(b"iCCP", inflating(b"sRGB\0\0"))), "image/png"
    ),
    "jpeg of thousands of scans": lambda: Sent("bilde.jpg", of_many_scans()),
    "jpeg of thousands of segments": lambda: Sent("bilde.jpg", JPEG_START + b"\xff\xe0\0\2" * 3000 + photo()[2:]),
    "jpeg with a zip after it": lambda: Sent("bilde.jpg", photo() + b"Hemmelig hage" + zipped()),
    "jpeg with a page after it": lambda: Sent("bilde.jpg", photo() + b"<HTML ><body>"),
    "jpeg with a drawing after it": lambda: Sent("bilde.jpg", photo() + b'<svg xmlns="x" onload="alert(1)"/>'),
    "jpeg with a rar after it": lambda: Sent("bilde.jpg", photo() + b"Rar!\x1a\x07\x01\0Hemmelig hage"),
    "jpeg with a 7z after it": lambda: Sent("bilde.jpg", photo() + b"7z\xbc\xaf\x27\x1cHemmelig hage"),
    "jpeg with a program in its comment": lambda: Sent("bilde.jpg", _jpeg_with(0xFE, b"<?php system($_GET[0]);")),
    "jpeg with a script in its comment": lambda: Sent("bilde.jpg", _jpeg_with(0xFE, SCRIPT)),
    "jpeg that is a pdf too": lambda: Sent("bilde.jpg", _jpeg_with(0xFE, b"%PDF-1.7\n")),
    "png with a script after it": lambda: Sent("bilde.png", photo("PNG") + SCRIPT + b"Hemmelig hage"),
    "webp with a zip after it": lambda: Sent("bilde.webp", photo("WEBP") + zipped(), "image/webp"),
    "over fifteen megabytes": lambda: Sent("bilde.jpg", photo() + bytes(15_000_000)),
    "over the whole form": lambda: Sent("bilde.jpg", photo() + bytes(76_000_000)),
    "name that leads elsewhere": partial(Sent, "../../../../etc/passwd", _TEXT),
    "name that is a script": partial(Sent, "'><script>alert(1)</script>.jpg", _TEXT),
    "name with controls": partial(Sent, "a\x00\x1b[2J\u202egpj.exe", _TEXT),
}


def _jpeg_with(marker: int, start: bytes, *, times: int = 1) -> bytes:
    """A good photo with so many segments of 64 kB beside the picture."""
    held = start + b"Hemmelig hage " * ((65_000 - len(start)) // 14)
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(held) + 2) + held
    return JPEG_START + segment * times + photo()[2:]


# What there is a picture in: it is kept, and nothing else of it.
CLEANED: dict[str, Callable[[], Sent]] = {
    "jpeg with a photo after it": lambda: Sent("bilde.jpg", with_a_photo_after_it()),
    "jpeg with a film after it": lambda: Sent("bilde.jpg", with_a_film_after_it()),
    "jpeg with nothing after it": lambda: Sent("bilde.jpg", photo() + bytes(40_000)),
    "png with words after it": lambda: Sent("bilde.png", photo("PNG") + b"Hemmelig hage"),
    "jpeg with megabytes of exif": lambda: Sent(
        "bilde.jpg", _jpeg_with(0xE1, b"Exif\0\0II*\0\x08\0\0\0" + bytes(6), times=40)
    ),
    "jpeg with megabytes of colours": lambda: Sent("bilde.jpg", _jpeg_with(0xE2, b"ICC_PROFILE\0\1\1", times=40)),
    "png that says more than it shows": lambda: Sent("bilde.png", png(128, 96, rows=200_000)),
    "name that leads elsewhere": lambda: Sent("../../bilde.jpg", photo()),
    "name that says another kind": lambda: Sent("bilde.gif", photo(), "text/html"),
}


def at_the_limit() -> Iterator[tuple[str, Sent]]:
    """As many pixels as are taken, in the ways and in the shape that cost the most."""
    yield "png, see-through", Sent("bilde.png", png(2886, 8660, colour=6), "image/png")
    yield "webp, see-through", Sent("bilde.webp", clear_webp(2041, 6122))
    yield "jpeg, row by row", Sent("bilde.jpg", photo(size=(10_000, 5000), quality=40, subsampling=0))
    in_layers = photo(size=(2580, 7750), mode="CMYK", quality=40, progressive=True, subsampling=0)
    yield "jpeg, in layers", Sent("bilde.jpg", in_layers)
