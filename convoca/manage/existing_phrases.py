"""What the owner reads about existing bookings, the day's allowance and the plan: whole sentences."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

from convoca.booking.questions.existing import Existing
from convoca.booking.questions.plans import Overlap, TooLong
from convoca.booking.wording import day_text
from convoca.core.quota import RESERVE_SHARE, Share, utc_day
from convoca.manage import phrases
from convoca.manage.progress import time_left_words
from convoca.providers.contract import Provider


def without_link(count: int, *, is_class: bool) -> str:
    if is_class:
        sentence = ngettext("{n} upcoming slot has no link.", "{n} upcoming slots have no link.", count)
    else:
        sentence = ngettext("{n} upcoming booking has no link.", "{n} upcoming bookings have no link.", count)
    return sentence.format(n=count)


def create_them() -> str:
    return gettext("Create them now")


def from_elsewhere(count: int, *, is_class: bool) -> str:
    if is_class:
        sentence = ngettext(
            "{n} upcoming slot has a link from elsewhere. It keeps it until a new one is there; then everybody gets "
            "the new one by email.",
            "{n} upcoming slots have a link from elsewhere. They keep it until a new one is there; then everybody gets "
            "the new one by email.",
            count,
        )
    else:
        sentence = ngettext(
            "{n} upcoming booking has a link from elsewhere. It keeps it until a new one is there; then everybody gets "
            "the new one by email.",
            "{n} upcoming bookings have a link from elsewhere. They keep it until a new one is there; then everybody "
            "gets the new one by email.",
            count,
        )
    return sentence.format(n=count)


def apply_to_all(count: int, *, is_class: bool) -> str:
    if is_class:
        sentence = ngettext("Apply to the {n} existing slot", "Apply to the {n} existing slots", count)
    else:
        sentence = ngettext("Apply to the {n} existing booking", "Apply to the {n} existing bookings", count)
    return sentence.format(n=count)


def apply_too(count: int, *, is_class: bool) -> str:
    """Label the box that goes with a change of the source."""
    if is_class:
        sentence = ngettext(
            "Apply the choice also to {n} existing slot", "Apply the choice also to {n} existing slots", count
        )
    else:
        sentence = ngettext(
            "Apply the choice also to {n} existing booking", "Apply the choice also to {n} existing bookings", count
        )
    return sentence.format(n=count)


def applied() -> str:
    return gettext("The links are being created. You may leave this page; it goes on by itself.")


def not_applied() -> str:
    return gettext("This schedule's links are not created by themselves. Nothing was changed.")


def progress(existing: Existing, left: timedelta | None = None) -> str:
    """Return "Creating 12 links…" while some are on their way, and how long that will take; or nothing."""
    coming = existing.coming
    if existing.applying and not coming:
        return gettext("Creating links…")
    if not coming:
        return ""
    sentence = ngettext("Creating {n} link… {done} of {all} done.", "Creating {n} links… {done} of {all} done.", coming)
    return f"{sentence.format(n=coming, done=existing.ready, all=existing.in_play)} {time_left_words(left)}".strip()


def hindrances(existing: Existing, provider: Provider, *, time_zone: str) -> list[str]:
    """Say what keeps some of them from being created now."""
    said = []
    if existing.waiting:
        limit = provider.capabilities.daily_writes or 0
        sentence = ngettext(
            "{provider} allows {limit} new meetings a day. {left} continues on {time}; the soonest come first.",
            "{provider} allows {limit} new meetings a day. {left} continue on {time}; the soonest come first.",
            existing.waiting,
        )
        again = phrases.moment(existing.again_at, time_zone) if existing.again_at else ""
        said.append(sentence.format(provider=provider.name, limit=limit, left=existing.waiting, time=again))
    if existing.refused:
        sentence = ngettext(
            "{n} could not be created. Its row in Supervise says why.",
            "{n} could not be created. Their rows in Supervise say why.",
            existing.refused,
        )
        said.append(sentence.format(n=existing.refused))
    return said


def forecast(shares: Sequence[Share], provider: Provider, *, now: datetime) -> str:
    """Return "140 meetings: 80 today, 60 tomorrow", with the reason; nothing if all are made today (M12, B3)."""
    if not shares:
        return ""
    limit = provider.capabilities.daily_writes or 0
    count = sum(share.meetings for share in shares)
    days = ", ".join(f"{share.meetings} {_day(share, now=now)}" for share in shares)
    told = ngettext("{n} meeting: {days}.", "{n} meetings: {days}.", count).format(n=count, days=days)
    reason = gettext(
        "{provider} allows {limit} new meetings a day, counted from midnight to midnight in UTC; {kept} of them are "
        "kept for meetings that start within 24 hours. The soonest come first, the rest follow by themselves."
    ).format(provider=provider.name, limit=limit, kept=limit // RESERVE_SHARE)
    return f"{told} {reason}"


def too_long(found: TooLong, provider: str) -> str:
    """Warn of a plan that ends meetings before they are over; booking them is never forbidden (M11)."""
    return gettext(
        "Your {provider} plan ends meetings after {limit} minutes; this schedule allows {n}. You can book anyway; the "
        "Pro plan of {provider} has no such end."
    ).format(provider=provider, limit=found.limit, n=found.minutes)


def overlap(found: Overlap, provider: str, *, time_zone: str) -> str:
    """Warn of more meetings at once than their host can start (T35)."""
    last = found.slots[-1]
    when = phrases.moment(last.starts_at, time_zone)
    names = ", ".join(dict.fromkeys(slot.title or slot.schedule.name for slot in found.slots))
    return ngettext(
        "{when}: {n} meetings overlap ({names}), and your {provider} plan lets you start {most} at a time.",
        "{when}: {n} meetings overlap ({names}), and your {provider} plan lets you start {most} at a time.",
        found.at_once,
    ).format(when=when, n=len(found.slots), names=names, provider=provider, most=found.at_once)


def more_overlaps(count: int) -> str:
    return ngettext("{n} more overlap like this.", "{n} more overlaps like this.", count).format(n=count)


def _day(share: Share, *, now: datetime) -> str:
    ahead = share.day - utc_day(now)
    if ahead == timedelta(0):
        return gettext("today")
    return gettext("tomorrow") if ahead == timedelta(days=1) else day_text(share.day, "short")
