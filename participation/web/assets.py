"""Built files under names that hold a digest of what is in them, so that browsers may keep them for good."""

import json
from pathlib import Path

from flask import request

MANIFEST = "dist/manifest.json"


class Assets:
    def __init__(self, static_folder: Path) -> None:
        """Raises FileNotFoundError when the assets have not been built."""
        manifest = static_folder / MANIFEST
        if not manifest.is_file():
            raise FileNotFoundError(f"{manifest} is missing: run `npm ci && npm run build`")
        self._folder = manifest.parent
        self._names: dict[str, str] = json.loads(manifest.read_text())

    def url(self, name: str) -> str:
        """Put together by hand: a list asks for a hundred drawings, and building each address took its time."""
        return f"{request.script_root}/static/dist/{self._names[name]}"

    def path(self, name: str) -> Path:
        return self._folder / self._names[name]
