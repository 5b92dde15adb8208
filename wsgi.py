"""What a web server and the `flask` command load."""

import os
import sys

from participation.app import create_app
from participation.settings import SettingsError

# The database, the jobs and the demo's mailbox are for nobody else on the machine.
os.umask(0o077)

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"The service does not start: {error}")
