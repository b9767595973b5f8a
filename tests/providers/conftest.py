"""The simulated vendors, for exchanges over real sockets."""

from tests.contracts import pytest_terminal_summary
from tests.simulated import ana, application, clock, google_application, sandbox, token

__all__ = ["ana", "application", "clock", "google_application", "pytest_terminal_summary", "sandbox", "token"]
