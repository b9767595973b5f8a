"""How an account's pages and mails look and speak."""

from django.db import models

from convoca.booking.manner import Clock, Dates, FirstWeekday

LONGEST_HEADER = 200
LONGEST_FOOTER = 500


class Look(models.Model):
    """What an owner chooses on Layout Settings. Empty is as Convoca looks and speaks by itself.

    `words` is by language and thing: what one is called, what several are, and "f" where Spanish says "la".
    `brand_colour` is what was chosen, "#0b5cad"; pages use its accessible shades. `logo` names the picture that is in
    force: its hash and its kind.
    """

    words = models.JSONField(default=dict, blank=True)
    clock = models.CharField(max_length=16, default=Clock.FULL.value)
    dates = models.CharField(max_length=16, default=Dates.DAY_FIRST.value)
    first_weekday = models.CharField(max_length=16, default=FirstWeekday.MONDAY.value)
    brand_colour = models.CharField(max_length=7, blank=True)
    logo = models.CharField(max_length=40, blank=True)
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)
    page_header = models.CharField(max_length=LONGEST_HEADER, blank=True)
    page_footer = models.CharField(max_length=LONGEST_FOOTER, blank=True)

    class Meta:
        abstract = True


class Logo(models.Model):
    """A picture that an account shows or has shown, because mails that were sent go on asking for it.

    In the database, so that every machine has it and a backup holds it.
    """

    account = models.ForeignKey("booking.Account", on_delete=models.CASCADE, related_name="logos")
    name = models.CharField(max_length=40)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="logo_once_per_account")]

    def __str__(self) -> str:
        return self.name
