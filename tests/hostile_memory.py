"""Run by itself: sends each file of a folder through the form, and prints how much memory that took at the most.

`python -m tests.hostile_memory FOLDER [unguarded]` prints a line of JSON: by file, the status and the megabytes above
what the process held when it had taken one ordinary photo; and, as `left`, what it holds more when all is done.
Unguarded, the bounds on pixels are lifted.
"""

import json
import resource
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from flask.testing import FlaskClient
from PIL import Image

from participation.extensions import db, limiter
from participation.files import rules
from tests import factories
from tests.databases import make_app, make_settings
from tests.hostile import Sent, photo
from tests.pictures import bring

LEFT = "left"


def _megabytes(what: str = "VmHWM") -> float:
    """The most it has held since that was forgotten. Not `ru_maxrss`, which begins with the parent's, if it can be."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines[what].split()[0]) / 1024


def _forget_peak() -> None:
    """Where the machine can; else a file is said to take as much as the dearest before it."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def measure(client: FlaskClient, folder: Path) -> dict[str, tuple[int, float]]:
    bring(client, Sent("vanlig.jpg", photo(size=(1600, 1200))))
    resting, held, found = _megabytes(), _megabytes("VmRSS"), {}
    for path in sorted(folder.iterdir()):
        limiter.reset()
        _forget_peak()
        status = bring(client, Sent(path.name, path.read_bytes())).status_code
        found[path.name] = (status, _megabytes() - resting)
    return found | {LEFT: (0, _megabytes("VmRSS") - held)}


def main(folder: Path, *, guarded: bool) -> None:
    if not guarded:
        rules.PICTURE_MAX_PIXELS = rules.SIDE_MAX_PX = rules.SIDE_MAX_TIMES_OTHER = 10**12
        rules.MAX_PIXELS = {}
        Image.MAX_IMAGE_PIXELS = None
    with tempfile.TemporaryDirectory() as name:
        app = make_app(make_settings(f"sqlite:///{name}/x.sqlite3", Path(name)))
        with app.app_context():
            factories.theme_and_area()
        print(json.dumps(measure(app.test_client(), folder)))  # noqa: T201  what it is run for
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), guarded=sys.argv[2:] != ["unguarded"])
