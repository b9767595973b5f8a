"""Whose link it is that somebody typed."""

from convoca.booking.operations.vendors import application_for
from convoca.providers import PROVIDERS


def recognise(link: str) -> str:
    """Return the id of the provider whose hosts the link leads to; "manual" owns whatever nobody else does."""
    return next(each.id for each in PROVIDERS if each.owns_link(link, application=application_for(each.id)))
