"""Addresses that were probably mistyped: a mail that never arrives costs an appointment."""

# Only slips that are nobody's real domain: a suggestion that is wrong is worse than none.
MISTYPED_DOMAINS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.comm": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotamil.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "outlok.com": "outlook.com",
    "outllok.com": "outlook.com",
    "outlook.con": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "iclod.com": "icloud.com",
    "icoud.com": "icloud.com",
    "icloud.con": "icloud.com",
}


def likely_meant(email: str) -> str | None:
    """Return the address that was probably meant by `email`, or None if it looks right."""
    local, _, domain = email.rpartition("@")
    meant = MISTYPED_DOMAINS.get(domain.lower())
    return f"{local}@{meant}" if local and meant else None
