"""What people are asked when they book, or when they sign up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account
from convoca.booking.models.schedule import Schedule


class FormField(models.Model):
    """One field of a schedule's booking form, or, without a schedule, of the account's sign-up form.

    A field without a row is not asked; name and e-mail are always asked of somebody without a log-in. `options` are
    the lines of a choice.
    """

    class Key(models.TextChoices):
        PHONE = "phone", _("Phone")
        MOBILE = "mobile", _("Mobile phone")
        ADDRESS = "address", _("Address")
        COUNTRY = "country", _("Country")
        FIELD_1 = "field_1", _("Field 1")
        FIELD_2 = "field_2", _("Field 2")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CHOICE = "choice", _("A choice from a list")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="form_fields")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, blank=True, related_name="form_fields")
    key = models.CharField(max_length=16, choices=Key)
    is_required = models.BooleanField(default=False)
    label = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    options = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "schedule", "key"], name="form_field_once_per_schedule"),
            models.UniqueConstraint(
                fields=["account", "key"], condition=models.Q(schedule__isnull=True), name="form_field_once_at_sign_up"
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.key

    @property
    def choices(self) -> list[str]:
        return [line.strip() for line in self.options.splitlines() if line.strip()]
