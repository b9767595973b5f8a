"""What every command does before it touches the database."""

import gc
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from convoca.config.env import Environment
from convoca.config.env_values import Engine

# How many objects are made before Python looks for cyclic garbage where next to none is made; usually 2,000.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


def set_up_django(environment: Environment) -> None:
    """Make the folders that are written to, and load Django. What is written is for its owner's eyes alone."""
    os.umask(0o077)
    environment.var.mkdir(parents=True, exist_ok=True)
    if environment.database.engine is Engine.SQLITE:
        Path(environment.database.name).parent.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convoca.config.settings")

    import django

    django.setup()


def make_tables(*, verbosity: int) -> None:
    """Make or update every table: those of the migrations, and the cache's, which Django makes apart from them."""
    from django.core.management import call_command

    if not verbosity and not has_tables():
        # To the errors, for some who call keep what is printed.
        print("Making the tables of the database, once: half a minute or so…", file=sys.stderr, flush=True)
    # Django makes its models anew after each of hundreds of steps; to look for garbage after every few thousand objects
    # takes an eighth of it all.
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=0)
    finally:
        gc.set_threshold(*usual)


def has_tables() -> bool:
    """Say whether anything was ever made in the database."""
    from django.db import connection

    return bool(connection.introspection.table_names())


def tables_are_current() -> bool:
    """Say whether every migration has been applied; if not, print what to do."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    # A connection must not be shared with the processes that the web server forks.
    connections.close_all()
    if missing:
        sentence = f"The database lacks {len(missing)} changes of this version. Run `convoca migrate` first."
        print(sentence, file=sys.stderr)
    return not missing


def load_what_is_shared() -> None:
    """Load views, templates, languages and patterns, once, for the processes that this one starts.

    Else each of them does, and its first visitors wait. What is loaded stays: processes that never look through it for
    garbage go on sharing its memory.
    """
    from babel.dates import format_date
    from django.conf import settings
    from django.core.validators import validate_email
    from django.template.loader import get_template
    from django.urls import reverse
    from django.utils.translation import override

    reverse("front")
    for folder in settings.PACKAGE.glob("*/templates"):
        for template in (*folder.rglob("*.html"), *folder.rglob("*.svg")):
            get_template(template.relative_to(folder).as_posix())
    for language, _ in settings.LANGUAGES:
        with override(language):
            format_date(date(2000, 1, 1), locale=language)
    _learn_how_models_relate()
    # Patterns are compiled at their first use. That of an e-mail address alone takes as long as four bookings.
    validate_email("ada@example.org")
    datetime.strptime("2000-01-01T00:00Z", "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    gc.collect()
    gc.freeze()


def _learn_how_models_relate() -> None:
    """Let Django find out what it otherwise finds out in each process at its first query, 7 MB of it."""
    from django.apps import apps

    for model in apps.get_models():
        str(model._default_manager.all().query)
