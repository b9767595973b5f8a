"""The environment is read once; what is wrong is refused with the variable's name, its value and an example."""

from pathlib import Path

import pytest

from convoca.config.env import VARIABLES, EnvironmentRefused, Variable, read_environment
from convoca.config.env_values import Engine, MailKind, Tls
from convoca.config.keys import fresh_keys

KEYS = fresh_keys()


def refusal(**variables: str) -> str:
    with pytest.raises(EnvironmentRefused) as refused:
        read_environment(KEYS | variables)
    return str(refused.value)


def test_two_keys_are_enough_to_start() -> None:
    environment = read_environment(KEYS)

    assert environment.secret_key == KEYS["CONVOCA_SECRET_KEY"]
    assert environment.encryption_keys == (KEYS["CONVOCA_ENCRYPTION_KEYS"],)
    assert environment.base_url == "http://localhost:8000"
    assert environment.database.engine is Engine.SQLITE
    assert environment.database.name == str(Path("var/convoca.sqlite3").absolute())
    assert environment.email.kind is MailKind.OUTBOX
    assert environment.endpoints["zoom_api"] == "https://api.zoom.us/v2"


@pytest.mark.parametrize("name", KEYS)
def test_without_keys_of_its_own_nothing_starts(name: str) -> None:
    with pytest.raises(EnvironmentRefused, match=rf"^{name} is missing: .* Example: {name}="):
        read_environment({key: value for key, value in KEYS.items() if key != name})


def test_a_wrong_value_is_named_with_an_example() -> None:
    assert (
        refusal(PORT="eighty") == "PORT is 'eighty', but it must be a whole number from 1 to 65535. Example: PORT=8000"
    )


def test_a_refusal_never_shows_a_secret() -> None:
    assert "hunter2" not in refusal(CONVOCA_SECRET_KEY="hunter2")
    assert "hunter2" not in refusal(CONVOCA_ENCRYPTION_KEYS="hunter2")
    assert "hunter2" not in refusal(DATABASE_URL="mysql://convoca:hunter2@db.example.org/convoca")
    assert "hunter2" not in refusal(DATABASE_URL="postgres://convoca:hunter2@h:x/convoca")
    assert "hunter2" not in refusal(EMAIL_URL="smtp:convoca:hunter2@mail.example.org")
    assert "mysql://…@db.example.org/convoca" in refusal(DATABASE_URL="mysql://convoca:hunter2@db.example.org/convoca")


def test_a_printed_environment_shows_no_secret() -> None:
    environment = read_environment(
        KEYS
        | {
            "DATABASE_URL": "postgres://convoca:hunter2@localhost/convoca",
            "EMAIL_URL": "smtp://convoca:hunter2@localhost",
            "CONVOCA_ZOOM_CLIENT_ID": "id",
            "CONVOCA_ZOOM_CLIENT_SECRET": "hunter2",
        }
    )

    shown = f"{environment} {environment.zoom} {environment.database} {environment.email}"

    assert "hunter2" not in shown
    assert KEYS["CONVOCA_SECRET_KEY"] not in shown
    assert KEYS["CONVOCA_ENCRYPTION_KEYS"] not in shown


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(KEYS["CONVOCA_SECRET_KEY"] + "\n")
    others = {"CONVOCA_ENCRYPTION_KEYS": KEYS["CONVOCA_ENCRYPTION_KEYS"]}

    assert read_environment(others | {"CONVOCA_SECRET_KEY_FILE": str(file)}).secret_key == KEYS["CONVOCA_SECRET_KEY"]
    assert refusal(CONVOCA_SECRET_KEY_FILE=str(file)).startswith("CONVOCA_SECRET_KEY and CONVOCA_SECRET_KEY_FILE")
    with pytest.raises(EnvironmentRefused, match="which cannot be read"):
        read_environment(others | {"CONVOCA_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read_environment(KEYS | {"PORT": "", "EMAIL_URL": " "}) == read_environment(KEYS)


@pytest.mark.parametrize("variable", [each for each in VARIABLES if each.name.endswith("_URL")], ids=lambda v: v.name)
def test_every_address_s_example_is_accepted(variable: Variable) -> None:
    read_environment(KEYS | {variable.name: variable.example})


def test_plain_http_is_for_loopback_alone() -> None:
    for loopback in (
        "http://localhost:8001/zoom",
        "http://127.0.0.1:8001",
        "http://[::1]:8001",
        "http://zoom.localhost",
    ):
        assert read_environment(KEYS | {"CONVOCA_ZOOM_API_URL": loopback}).endpoints["zoom_api"] == loopback

    for elsewhere in (
        "http://api.zoom.us/v2",
        "http://192.0.2.1",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
    ):
        assert "plain http is accepted for loopback addresses only" in refusal(CONVOCA_ZOOM_API_URL=elsewhere)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org",
        "example.org",
        "https://",
        "https://u:p@example.org",
        "https://example.org?a=b",
        "https://[x",
    ],
)
def test_what_is_no_base_address_is_refused(address: str) -> None:
    assert refusal(CONVOCA_GRAPH_URL=address).startswith("CONVOCA_GRAPH_URL is ")


def test_a_base_address_loses_its_trailing_slash() -> None:
    environment = read_environment(
        KEYS | {"CONVOCA_BASE_URL": "https://book.example.org/", "CONVOCA_GRAPH_URL": "https://graph.example.org/v1.0/"}
    )

    assert environment.base_url == "https://book.example.org"
    assert environment.endpoints["graph"] == "https://graph.example.org/v1.0"
    assert environment.allowed_hosts == ["book.example.org", "localhost", "127.0.0.1", "[::1]"]
    assert environment.is_https


def test_a_postgresql_address_is_taken_apart() -> None:
    database = read_environment(
        KEYS | {"DATABASE_URL": "postgresql://con%40voca:p%2Fw@db.example.org:5433/book?sslmode=require"}
    ).database

    assert (database.engine, database.name, database.host, database.port) == (
        Engine.POSTGRES,
        "book",
        "db.example.org",
        5433,
    )
    assert (database.user, database.password, dict(database.options)) == ("con@voca", "p/w", {"sslmode": "require"})


def test_a_postgresql_socket_is_named_as_the_host() -> None:
    database = read_environment(KEYS | {"DATABASE_URL": "postgres:///convoca?host=/run/postgresql"}).database

    assert (database.host, database.port, database.name) == ("/run/postgresql", None, "convoca")


def test_behind_a_pooler_that_knows_no_prepared_statements_nothing_is_prepared() -> None:
    addresses = {"postgres://db/convoca": True, "postgres://db/convoca?prepare=no": False}

    for address, prepares in addresses.items():
        database = read_environment(KEYS | {"DATABASE_URL": address}).database
        assert (database.prepares, dict(database.options)) == (prepares, {})
    assert "prepare must be yes or no" in refusal(DATABASE_URL="postgres://db/convoca?prepare=perhaps")


def test_an_sqlite_address_names_a_file() -> None:
    assert read_environment(KEYS | {"DATABASE_URL": "sqlite:////srv/book.sqlite3"}).database.name == "/srv/book.sqlite3"
    assert read_environment(KEYS | {"CONVOCA_VAR": "/srv/var"}).database.name == "/srv/var/convoca.sqlite3"
    for address in ("sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/file"):
        assert "it must name a file" in refusal(DATABASE_URL=address)


@pytest.mark.parametrize(
    ("address", "tls", "port"),
    [
        ("smtp://mail.example.org", Tls.NONE, 25),
        ("smtp://mail.example.org:2525", Tls.NONE, 2525),
        ("smtp+tls://mail.example.org", Tls.STARTTLS, 587),
        ("smtps://mail.example.org", Tls.IMPLICIT, 465),
    ],
)
def test_a_mail_server_s_scheme_chooses_its_encryption(address: str, tls: Tls, port: int) -> None:
    mail = read_environment(KEYS | {"EMAIL_URL": address}).email

    assert (mail.kind, mail.host, mail.tls, mail.port) == (MailKind.SMTP, "mail.example.org", tls, port)


def test_a_sender_is_an_address_and_nothing_more() -> None:
    assert read_environment(KEYS | {"CONVOCA_EMAIL_FROM": "a@example.org"}).email_from == "a@example.org"
    for sender in ("nobody", "a@example.org\nBcc: b@example.org", "ñ@example.org"):
        assert "CONVOCA_EMAIL_FROM is " in refusal(CONVOCA_EMAIL_FROM=sender)


def test_half_of_an_application_s_keys_is_refused() -> None:
    assert refusal(CONVOCA_ZOOM_CLIENT_ID="id") == (
        "CONVOCA_ZOOM_CLIENT_ID is set but CONVOCA_ZOOM_CLIENT_SECRET is not: set both or none."
    )


def test_keys_that_open_nothing_are_refused() -> None:
    good = KEYS["CONVOCA_ENCRYPTION_KEYS"]

    assert read_environment(KEYS | {"CONVOCA_ENCRYPTION_KEYS": f"{good}, {good}"}).encryption_keys == (good, good)
    for keys in (",", f"{good},short", good[:-1], "é" * 44):
        assert "CONVOCA_ENCRYPTION_KEYS is " in refusal(CONVOCA_ENCRYPTION_KEYS=keys)


def test_an_account_at_zoom_needs_the_application_that_acts_for_it() -> None:
    both = {"CONVOCA_ZOOM_CLIENT_ID": "id", "CONVOCA_ZOOM_CLIENT_SECRET": "secret"}

    assert "CONVOCA_ZOOM_ACCOUNT_ID is set but" in refusal(CONVOCA_ZOOM_ACCOUNT_ID="account")
    assert read_environment(KEYS | both | {"CONVOCA_ZOOM_ACCOUNT_ID": "account"}).zoom.account_id == "account"
