"""What owners have written into their mails."""

from convoca.booking.models import MessageText, Schedule


def texts_of(schedule: Schedule) -> dict[tuple[str, str], MessageText]:
    """Return the texts of a schedule that are published or drafted, by kind and language."""
    rows = MessageText.objects.filter(account=schedule.account_id, schedule=schedule)
    return {(row.kind, row.language): row for row in rows}
