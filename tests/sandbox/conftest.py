"""The simulated vendors, looked at from outside."""

from tests.contracts import pytest_terminal_summary
from tests.simulated import application, clock, sandbox, token

__all__ = ["application", "clock", "pytest_terminal_summary", "sandbox", "token"]
