"""What every test may ask for: the services of services.py, the browser of browser.py."""

from __future__ import annotations

pytest_plugins = ["services", "browser"]
