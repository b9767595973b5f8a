"""How Zoom writes its things as JSON."""

from typing import Any, Final

from sandbox.zoom.state import USERS, Meeting, User
from sandbox.zoom.times import written

AGENDA_LISTED_CHARS: Final = 250
DEFAULT_SETTINGS: Final[dict[str, Any]] = {
    "host_video": False,
    "participant_video": False,
    "join_before_host": False,
    "jbh_time": 0,
    "mute_upon_entry": False,
    "use_pmi": False,
    "approval_type": 2,
    "audio": "both",
    "auto_recording": "none",
    "waiting_room": True,
    "meeting_authentication": False,
    "email_notification": True,
}


def join_url(meeting: Meeting, base: str) -> str:
    return f"{base}/zoom/j/{meeting.number}?pwd={meeting.link_code}"


def meeting(meeting: Meeting, base: str) -> dict[str, Any]:
    """Return a meeting as create and get answer it; `start_url` gives the host's rights for two hours."""
    return {
        "uuid": meeting.uuid,
        "id": meeting.number,
        "host_id": meeting.user_id,
        "host_email": USERS[meeting.user_id].email,
        "topic": meeting.topic,
        "type": meeting.type,
        "status": "waiting",
        "start_time": written(meeting.starts_at),
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda,
        "created_at": written(meeting.created_at),
        "start_url": f"{base}/zoom/s/{meeting.number}?zak=simulated",
        "join_url": join_url(meeting, base),
        "password": meeting.passcode,
        "h323_password": meeting.passcode,
        "pstn_password": meeting.passcode,
        "encrypted_password": meeting.link_code,
        "settings": DEFAULT_SETTINGS | meeting.settings,
        "creation_source": "open_api",
        "pre_schedule": False,
    }


def listed(meeting: Meeting, base: str) -> dict[str, Any]:
    """Return a meeting as the list shows it: no passcode, and only the beginning of the agenda."""
    return {
        "uuid": meeting.uuid,
        "id": meeting.number,
        "host_id": meeting.user_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": written(meeting.starts_at),
        "duration": meeting.duration,
        "timezone": meeting.timezone,
        "agenda": meeting.agenda[:AGENDA_LISTED_CHARS],
        "created_at": written(meeting.created_at),
        "join_url": join_url(meeting, base),
    }


def user(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "account_id": user.account_id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.name,
        "email": user.email,
        "type": user.type,
        "timezone": user.timezone,
        "language": "es-ES",
        "pmi": 5551234567,
        "use_pmi": False,
        "status": "active",
        "verified": 1,
    }
