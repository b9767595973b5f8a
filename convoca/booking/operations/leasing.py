"""Claims: one worker at a time may act on a row, and a worker that dies loses its claim by itself.

A claim is a conditional UPDATE whose row count decides, on both databases. Leases alone use the database's clock:
the machines of an installation need not agree on the time.
"""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

# Longer than the slowest call that a worker makes, or two workers would act at once.
LEASE = timedelta(seconds=20)
CALL_SECONDS = 15.0


def unleased(prefix: str = "", *, column: str = "lease_until") -> Q:
    """Return the condition "nobody holds this row now"."""
    name = f"{prefix}{column}"
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": Now()})
