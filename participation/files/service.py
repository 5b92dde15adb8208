"""Keeps pictures, each in a few sizes, in the store that the settings ask for; and files that we draw ourselves."""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import cast

from flask import Flask, current_app
from PIL import Image

from participation.files.decoding import picture_in
from participation.files.rules import UNFINISHED, WIDTHS_PX, Size, is_key, key_of, size_within, sizes_in_key
from participation.files.store import DiskStore, Store, Stored, write_whole
from participation.files.turns import one_at_a_time
from participation.refusals import Refused
from participation.settings import Settings

_WEBP_QUALITY = 82
_PICTURES = "pictures"
_STORE = "picture_store"
_ASKED_AT_ONCE = 500
_SIZES_REMEMBERED = 2000


def store_for(settings: Settings) -> Store:
    """Calls nobody yet."""
    if not settings.pictures:
        return DiskStore(settings.var_folder / _PICTURES)
    # Its library takes a fifth as long to load as all the rest, and most keep pictures on their disk.
    from participation.files.s3 import S3Store

    return S3Store(settings.pictures)


def register(app: Flask, settings: Settings) -> None:
    app.extensions[_STORE] = store_for(settings)


def the_store() -> Store:
    return cast(Store, current_app.extensions[_STORE])


def save_picture(data: bytes, store: Store) -> str:
    """Keep a JPEG, PNG or WebP in its sizes; returns the key it is found by.

    Raises Refused with what is wrong with it, or Refused(PICTURES_AWAY), also when too many come at once. Whoever
    does not keep the key calls `forget_pictures`: no transaction takes a file back. Takes a few seconds for a large
    one, so ask the database for nothing just before.
    """
    with one_at_a_time():
        largest, files = _drawn(picture_in(data))
    key = key_of(secrets.token_hex(16), largest)
    try:
        for width, file in files.items():
            store.put(_name(key, width), file)
    except BaseException:
        forget_pictures([key], store)
        raise
    return key


def _drawn(picture: Image.Image) -> tuple[Size, dict[int, bytes]]:
    """Its largest size, and a file for each width; each is made from the one before."""
    largest, files = picture.size, {}
    for width in sorted(WIDTHS_PX, reverse=True):
        picture = picture.resize(size_within(largest, width), Image.Resampling.LANCZOS, reducing_gap=2.0)
        files[width] = _webp(picture)
    return largest, files


def _webp(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=_WEBP_QUALITY)
    return out.getvalue()


def _name(key: str, width: int) -> str:
    return f"{key}/{width}.webp"


def picture_file(key: str | None, width: int, store: Store) -> bytes | None:
    """The picture at most so wide; none when there is no such picture or size."""
    return store.get(_name(key, width)) if key and is_key(key) and width in WIDTHS_PX else None


def picture_sizes(key: str | None, store: Store) -> dict[int, Size]:
    """The width and height in pixels that the picture has, for each width it is kept at; empty when there is none."""
    if not key or not is_key(key):
        return {}
    return sizes_in_key(key) or _sizes_looked_up(key, store)


@lru_cache(_SIZES_REMEMBERED)
def _sizes_looked_up(key: str, store: Store) -> dict[int, Size]:
    """Of a picture kept before keys said it. What a key leads to never changes."""
    files = {width: store.get(_name(key, width)) for width in WIDTHS_PX}
    return {width: Image.open(BytesIO(data)).size for width, data in files.items() if data}


def forget_pictures(keys: Iterable[str | None], store: Store) -> None:
    """Delete the pictures in all their sizes, once the transaction that let go of them is committed.

    What can't be deleted now is left to the nightly round: nothing leads to it any more.
    """
    names = [_name(key, width) for key in keys if key and is_key(key) for width in WIDTHS_PX]
    with suppress(Refused):
        store.delete(names)


def forget_other_pictures(
    kept_of: Callable[[Collection[str]], Collection[str]], *, before: datetime, store: Store
) -> int:
    """Delete the pictures put there before that whose keys nobody has kept; returns how many.

    `kept_of` says which of some keys are kept. What else lies there is left alone, but for what was left half written.
    """
    forgotten = 0
    for folders in _some_at_a_time(_folders(store), _ASKED_AT_ONCE):
        kept = kept_of([folder for folder in folders if is_key(folder)])
        others = {folder: files for folder, files in folders.items() if folder not in kept}
        old = [files for files in others.values() if all(file.at < before for file in files)]
        store.delete([file.name for files in old for file in files])
        forgotten += len(old)
    return forgotten


def _folders(store: Store) -> Iterator[tuple[str, list[Stored]]]:
    """What is ours in the store, a picture at a time."""
    for folder, files in groupby(store.all(), key=lambda file: file.name.partition("/")[0]):
        if is_key(folder) or folder.startswith(UNFINISHED):
            yield folder, list(files)


def _some_at_a_time(folders: Iterable[tuple[str, list[Stored]]], number: int) -> Iterator[dict[str, list[Stored]]]:
    some: dict[str, list[Stored]] = {}
    for folder, files in folders:
        some.setdefault(folder, []).extend(files)
        if len(some) == number:
            yield some
            some = {}
    if some:
        yield some


def kept_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """What is in the file; made and written first where it is not there. Nobody reads half a file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        data = make()
        write_whole(path, data, beside=path.parent)
        return data


def forget_files_before(moment: datetime, folder: Path) -> int:
    """Delete the files in a folder that were written before that; returns how many."""
    old = [path for path in folder.glob("*") if path.is_file() and path.stat().st_mtime < moment.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
