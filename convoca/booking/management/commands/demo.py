"""`convoca demo`: examples to look at."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from convoca.booking.operations.demonstrating import (
    CONSULTATIONS,
    EMPTY_EMAIL,
    OWNER_EMAIL,
    PASSWORD,
    fill_with_examples,
    found_empty_account,
)


class Command(BaseCommand):
    help = "Fill the database with examples; what is there is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )

    def handle(self, *args: Any, **options: Any) -> None:
        account = fill_with_examples(now=timezone.now(), language=options["language"])
        found_empty_account(options["language"])
        base = settings.BASE_URL
        lines = [
            f"{account.title}, an example:",
            f"  a visitor's page    {base}/schedule/{account.name}/{CONSULTATIONS}",
            f"  all its schedules   {base}/schedule/{account.name}/",
            f"  the owner's pages   {base}/manage/   log in as {OWNER_EMAIL}, password {PASSWORD}",
            f"  the outbox          {base}/manage/{account.name}/outbox",
            f"  an empty account    {base}/manage/   log in as {EMPTY_EMAIL}, same password",
        ]
        self.stdout.write("\n".join(lines))
