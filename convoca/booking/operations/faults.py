"""What is written down of an error that nobody foresaw: its class and its place. Its own words could hold a secret."""

import traceback


def place_of(error: Exception) -> str:
    """Return the file and line where `error` arose."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
