"""What people, programs and attackers put where something else was meant."""

from hypothesis import strategies as st

LONG = "long " * 2000

KNOWN = (
    "", " ", "0", "-1", "1", "9" * 30, "9223372036854775807", "9223372036854775808", "1e999", "NaN", "٣", "²", "1.5",
    "\0", "a\0b", "\ud800", "\udcff", "\u202egnp.exe", "\ufeff", "e\u0301" * 40, "🙂" * 60, "\r\nSet-Cookie: a=b", LONG,
    "../../etc/passwd", "/etc/localtime", "Europe/../../etc/passwd", "posix/Europe/Madrid", "Europe/Madrid", "Zulu",
    "C:\\windows", "<script>alert(1)</script>", "{{ 7 }}{% now 'Y' %}", "' OR 1=1 --", "%", "%s%n", "%2e%2e%2f", "+",
    "&", "2026-11-26", "2026-11", "2026-02-30", "2026-13", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01",
    "9999-12", "0001-01", "2026-W48", "20261126", "2026-11-26T09:00Z", "2026-03-29T01:30Z", "0001-01-01T00:00Z",
    "9999-12-31T23:59Z",
    "2026-11-26T24:00Z", "2026-11-26T09:00:00+99:99", "24:00", "23:59", "99:99",
    "a@b", "ada@example.org", "ada@exämple.org", "ſ@example.org", "a" * 250 + "@example.org", "a@b\r\nBcc: c@d.example",
    "//elsewhere.example", "https://elsewhere.example/", "javascript:alert(1)", "\\\\elsewhere.example", "/\\elsewhere",
    "https://", "https://[", "https://[::1", "http:///x", "https://user:word@host:99999999/", "https://☃.example/☃",
    "https://example.org/" + "x" * 3000, "jitsi", "zoom", "manual", "none", "owner", "superusers", "en", "es", "xx",
    "dark",
)  # fmt: skip

texts = st.one_of(
    st.sampled_from(KNOWN),
    st.text(max_size=40),
    st.integers().map(str),
    st.dates().map(str),
    st.datetimes().map(lambda instant: instant.strftime("%Y-%m-%dT%H:%MZ")),
    st.binary(max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
)

# A header's or a cookie's text: any byte but those that end it.
header_texts = st.one_of(
    st.sampled_from(
        ["", "*", "es", "xx-YY;q=2", "en;q=NaN", "es-" * 400, ",,,;;;===", "de, " * 300, "en;q=0.8,es;q=1.0.0"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
)
