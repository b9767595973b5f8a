"""How many times a request asks the database, counted in an installation: `python -m bench.queries [form] <path>…`."""

import json
import sys
from typing import Any
from urllib.parse import parse_qsl

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client


def count(path: str, form: str) -> int:
    """Return the number of statements, without those that only begin a transaction."""
    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    browser = Client(headers={"host": "localhost"})
    with connection.execute_wrapper(note):
        response = browser.post(path, dict(parse_qsl(form))) if form else browser.get(path)
    if response.status_code not in {200, 303}:
        raise RuntimeError(f"{path} was answered with {response.status_code}")
    return sum(not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")) for sql in statements)


if __name__ == "__main__":
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    print(json.dumps([count(path, sys.argv[1]) for path in sys.argv[2:]]))
