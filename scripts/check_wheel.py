"""Unpack the wheel in a folder, and serve from it with nothing of the checkout on the path."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

DATA = "participation/_data"
NEEDED = {
    f"{DATA}/templates/layouts/base.html",
    f"{DATA}/static/dist/manifest.json",
    "participation/search/words.trie",
    f"{DATA}/translations/nb/LC_MESSAGES/messages.mo",
    f"{DATA}/translations/nn/LC_MESSAGES/messages.mo",
}
PROBE = """
from flask_migrate import upgrade
from participation import paths
from participation.app import create_app
from participation.needs.rules import NeedState
from participation.opendata.pictures import NeedPicture, draw
from participation.settings import Settings

assert paths.ROOT.name == "_data", paths.ROOT
app = create_app(Settings.from_env())
with app.app_context():
    upgrade(directory=str(paths.MIGRATIONS))
page = app.test_client().get("/")
assert page.status_code == 200, page.status
assert "Meld inn et behov" in page.text, "the front page is not in bokmål"
words = {"site_name": "S", "title": "Øvre benk", "people": "1", "state_word": "i bruk", "question": "?"}
assert draw(NeedPicture(state=NeedState.IN_USE, **words))[1:4] == b"PNG", "no picture can be drawn"
"""


def serve_from(folder: Path) -> int:
    """Run the probe with only the unpacked wheel and the installed libraries to import from."""
    environment = {
        "DEMO": "1",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder),
        "VAR_FOLDER": str(folder / "var"),
    }
    return subprocess.run([sys.executable, "-c", PROBE], cwd=folder, env=environment, check=False).returncode


def main(wheel_folder: Path) -> int:
    (wheel,) = wheel_folder.glob("*.whl")
    with tempfile.TemporaryDirectory() as name, ZipFile(wheel) as archive:
        missing = NEEDED - set(archive.namelist())
        if missing:
            print(f"{wheel.name} lacks {', '.join(sorted(missing))}")
            return 1
        archive.extractall(name)
        return serve_from(Path(name))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
