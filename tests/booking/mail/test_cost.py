"""What it costs to send one reminder among ten thousand: few queries, and none more because owners word their mails."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convoca.booking.mail.own_words import Text
from convoca.booking.mail.post import Post
from convoca.booking.operations.notifying import notify_next
from convoca.booking.operations.texts import publish_text
from tests.booking.building import NOW, at, book, make_account, make_resource_schedule, message_of
from tests.booking.mail.arranging import send_due
from tests.booking.mail.mail_server import MailServer

pytestmark = pytest.mark.django_db


# Three to find it, two to take it, five to ask whether it is owed and to write it, five to hand it over and record it.
MOST_QUERIES = 15
FOR_WORDS = 1


@pytest.mark.parametrize("worded", [False, True])
def test_a_reminder_costs_few_queries(mail_server: MailServer, worded: bool) -> None:
    """Among ten thousand that are due in the same minute each query counts."""
    schedule = make_resource_schedule(make_account(), reminder_minutes=60)
    if worded:
        publish_text(message_of(schedule, "reminder"), Text(body="Bring water, {name}."), now=NOW)
    book(schedule)
    send_due(NOW)

    with CaptureQueriesContext(connection) as asked, Post() as post:
        assert notify_next(now=at("09:00"), post=post)

    assert "Bring water, Luis" in str(mail_server.received[-1]) or not worded
    queries = [each["sql"] for each in asked.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(queries) <= MOST_QUERIES + (FOR_WORDS if worded else 0), "\n".join(each[:120] for each in queries)
