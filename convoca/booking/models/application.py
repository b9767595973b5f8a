"""What a vendor gave this installation when its application was registered there, unless the environment says."""

from django.db import models

from convoca.booking.models.sealed import SealedField


class VendorApplication(models.Model):
    """Our application at one vendor, as whoever looks after the installation has pasted it."""

    provider = models.CharField(max_length=16, unique=True)
    client_id = models.CharField(max_length=200)
    client_secret = SealedField()
    webhook_secret = SealedField()
    account_id = models.CharField(max_length=100, blank=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"application at {self.provider}"
