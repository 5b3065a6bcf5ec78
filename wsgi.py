"""The application for a WSGI server."""

from portal.app import create_app
from portal.config import Settings
from portal.core import logs

logs.setup()
app = create_app(Settings.from_environment())
