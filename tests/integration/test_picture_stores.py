"""Both stores keep the same promises; and one that is away says so within seconds."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from participation.files import s3
from participation.files.s3 import S3Store
from participation.files.service import forget_other_pictures, picture_file, picture_sizes, save_picture
from participation.files.store import DiskStore, Store
from participation.refusals import Refusal, Refused
from participation.settings_pictures import S3Settings
from tests.integration.silent_server import silent_server
from tests.integration.test_files import picture
from tests.s3 import s3_server

SOON = timedelta(minutes=5)
ENOUGH_SECONDS = 20


@pytest.fixture(scope="module")
def bucket() -> Iterator[S3Settings]:
    with s3_server() as settings:
        yield settings


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "disk":
        yield DiskStore(tmp_path / "pictures")
        return
    made = S3Store(request.getfixturevalue("bucket"))
    yield made
    made.delete([file.name for file in made.all()])


def test_a_file_is_put_found_listed_and_deleted(store: Store) -> None:
    store.put("a/480.webp", b"old")
    store.put("a/480.webp", b"new")
    store.put("a/960.webp", b"other")
    assert store.get("a/480.webp") == b"new"
    assert store.get("a/1600.webp") is store.get("b/480.webp") is None
    listed = list(store.all())
    assert sorted(file.name for file in listed) == ["a/480.webp", "a/960.webp"]
    assert all(abs(file.at - datetime.now(UTC)) < SOON for file in listed)
    store.delete(["a/480.webp", "b/480.webp"])
    store.delete(["a/480.webp"])
    assert [file.name for file in store.all()] == ["a/960.webp"]


def test_only_old_pictures_that_nobody_has_kept_are_forgotten(store: Store) -> None:
    wanted, orphan = (save_picture(picture((120, 80)), store) for _ in range(2))
    # Half a picture, half a file, and something that is not ours.
    store.put(f"{'f' * 32}-90x60/480.webp", b"half")
    store.put(".unfinished-abc", b"half")
    store.put("lost+found/note.txt", b"an operator's")
    asked: list[str] = []

    def kept_of(keys: object) -> set[str]:
        asked.extend(list(keys))  # type: ignore[call-overload]
        return {wanted}

    now = datetime.now(UTC)
    assert forget_other_pictures(kept_of, before=now - SOON, store=store) == 0
    assert forget_other_pictures(kept_of, before=now + SOON, store=store) == 3
    assert sorted({file.name.partition("/")[0] for file in store.all()}) == sorted([wanted, "lost+found"])
    assert orphan in asked
    assert all(picture_file(wanted, width, store) for width in picture_sizes(wanted, store))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_picture_that_could_not_be_kept_in_all_sizes_leaves_nothing(tmp_path: Path, number: int) -> None:
    class Full(DiskStore):
        left = number

        def put(self, name: str, data: bytes) -> None:
            if self.left == 0:
                raise Refused(Refusal.PICTURES_AWAY)
            self.left -= 1
            super().put(name, data)

    with pytest.raises(Refused):
        save_picture(picture((90, 60)), Full(tmp_path))
    assert list(tmp_path.rglob("*.webp")) == []


def test_a_folder_that_can_not_be_written_is_a_store_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")
    away = DiskStore(tmp_path / "pictures")
    with pytest.raises(Refused) as refused:
        away.put("a/480.webp", b"x")
    assert (refused.value.reason, refused.value.status) == (Refusal.PICTURES_AWAY, 503)
    assert away.get("a/480.webp") is None


def at(port: int) -> S3Store:
    return S3Store(
        S3Settings(endpoint=f"http://127.0.0.1:{port}", bucket="bilder", access_key_id="a", secret_access_key="b")
    )


def closed_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.mark.parametrize("ask", ["put", "get", "delete", "all"])
def test_a_store_that_is_down_is_away(ask: str) -> None:
    store = at(closed_port())
    asked: dict[str, Callable[[], object]] = {
        "put": lambda: store.put("a/480.webp", b"x"),
        "get": lambda: store.get("a/480.webp"),
        "delete": lambda: store.delete(["a/480.webp"]),
        "all": lambda: list(store.all()),
    }
    with pytest.raises(Refused) as refused:
        asked[ask]()
    assert refused.value.reason is Refusal.PICTURES_AWAY


def test_a_store_that_says_no_is_away_too(bucket: S3Settings) -> None:
    no_such_bucket = S3Settings(endpoint=bucket.endpoint, bucket="annet", access_key_id="a", secret_access_key="b")
    with pytest.raises(Refused) as refused:
        S3Store(no_such_bucket).put("a/480.webp", b"x")
    assert refused.value.reason is Refusal.PICTURES_AWAY


def test_a_store_that_says_nothing_is_given_up_after_two_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "READ_TIMEOUT_SECONDS", 0.2)
    with silent_server() as server:
        with pytest.raises(Refused) as refused:
            at(urlsplit(server.url).port or 0).get("a/480.webp")
        assert refused.value.reason is Refusal.PICTURES_AWAY
        assert server.held == s3.TRIES


def test_nobody_waits_long_for_a_store() -> None:
    assert s3.TRIES * (s3.CONNECT_TIMEOUT_SECONDS + s3.READ_TIMEOUT_SECONDS) <= ENOUGH_SECONDS
