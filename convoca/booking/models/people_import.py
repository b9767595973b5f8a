"""A list of users that somebody brings in: read, looked through, confirmed, and worked off a few lines at a time."""

from typing import Any

from django.db import models

from convoca.booking.models.account import Account, Membership


class PeopleImport(models.Model):
    """One uploaded list. Nothing of it counts before `confirmed_at`; it is emptied once it is worked off.

    `rows` are its good lines: for each its number, an address, and what is said of the person, by column; `problems`
    the others: number, what is wrong, and in which column. `done` of the rows are worked off, in `seconds` of work;
    `added`, `changed` and `same` say what became of them, the rest was refused. `invites`: whoever is new gets a mail.
    `ranks`: rights and groups count too.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="people_imports")
    by = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    rows: Any = models.JSONField(default=list, blank=True)
    problems: Any = models.JSONField(default=list, blank=True)
    unread = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField(default=0)
    invites = models.BooleanField(default=False)
    ranks = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="people_import_of_account"),
            models.Index(
                fields=["id"],
                condition=models.Q(confirmed_at__isnull=False, finished_at__isnull=True),
                name="people_import_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def refused(self) -> int:
        return self.done - self.added - self.changed - self.same

    @property
    def is_under_way(self) -> bool:
        return self.confirmed_at is not None and self.finished_at is None
