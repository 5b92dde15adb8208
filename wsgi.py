"""What a web server and the `flask` command load."""

import sys

from participation.app import create_app
from participation.settings import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"The service does not start: {error}")
