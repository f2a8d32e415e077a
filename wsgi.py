"""The WSGI entry: `flask --app wsgi …`, `granian --interface wsgi wsgi:app`."""

import sys

from portal.app import create_app
from portal.config import SettingsError

try:
    app = create_app()
except SettingsError as fault:
    # Who starts the server needs the variables' names, not where in our code they were read.
    sys.exit("The portal cannot start:\n" + "\n".join(f"  {reason}" for reason in fault.reasons))
