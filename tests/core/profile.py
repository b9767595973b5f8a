"""How many examples a property is tried on: the same few each time, or many new ones."""

import os

from hypothesis import settings

THOROUGH = os.environ.get("CONVOCA_HYPOTHESIS") == "thorough"


def examples(usual: int) -> settings:
    """Try a property on `usual` examples, always the same; with CONVOCA_HYPOTHESIS=thorough on 20 times as many."""
    if THOROUGH:
        return settings(max_examples=20 * usual, deadline=None)
    return settings(max_examples=usual, deadline=None, derandomize=True, database=None)
