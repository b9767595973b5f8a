"""Where the strict policy of all pages must give way, and only there."""

from typing import Any

from django.conf import settings
from django.utils.csp import CSP

# Browsers hold `form-action` against every redirect that follows a form: Connect is answered with the vendor's consent
# page, which may send on to log-in pages of its own. Plain http is for vendors that are simulated on this machine.
TO_VENDORS: dict[str, Any] = {
    **settings.SECURE_CSP,
    "form-action": [CSP.SELF, "https:", "http://127.0.0.1:*", "http://localhost:*"],
}

# Start meeting is answered with a redirect into the meeting; links typed by hand lead to any http(s) host.
TO_MEETINGS: dict[str, Any] = {**settings.SECURE_CSP, "form-action": [CSP.SELF, "https:", "http:"]}

# The page that frames a mail, and the mail in the frame: it carries styles of its own, and runs nothing.
FRAMES_A_MAIL: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
A_MAIL: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
