"""What a link of Zoom's says by itself: people paste what they find in an invitation, or in their own address bar."""

import re
from urllib.parse import parse_qs, urlsplit

from convoca.providers.contract import KnownLink

# /j/<number> lets a guest in; /s/<number> starts the meeting, and `zak` is the host's own key.
GUESTS = re.compile(r"/(?:j|wc/join)/([0-9]{9,19})/?$")
HOSTS_OWN = re.compile(r"/(?:s|wc/start|start)/[0-9]+/?$|/meeting/[0-9]+|/wc/[0-9]+/start/?$")


def read_link(url: str) -> KnownLink:
    """Return the meeting's number and whether the passcode is included; and whether it is the host's own link."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    found = GUESTS.search(parts.path)
    return KnownLink(
        number=found[1] if found else "",
        has_passcode="pwd" in asked,
        gives_host_rights="zak" in asked or HOSTS_OWN.search(parts.path) is not None,
    )
