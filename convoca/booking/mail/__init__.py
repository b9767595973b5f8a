"""Mails: what they say, what they look like, and how they leave. Who is owed which is decided in operations."""

from convoca.booking.mail.outbox import OutboxBackend
from convoca.booking.mail.smtp import SmtpBackend

__all__ = ["OutboxBackend", "SmtpBackend"]
