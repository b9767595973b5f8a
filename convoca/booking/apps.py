from django.apps import AppConfig


class BookingConfig(AppConfig):
    """The only room with tables."""

    name = "convoca.booking"
    label = "booking"
