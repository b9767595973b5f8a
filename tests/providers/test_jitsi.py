"""Jitsi: links that are computed."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.providers.contract import Application, Found, Misconfigured
from convoca.providers.jitsi import Jitsi
from tests.providers.recorded import ALL, SPEC
from tests.providers.replay import replay

JITSI = Jitsi()
APPLICATION = Application(endpoints={"jitsi": "https://meet.example.org"}, secret="installation-secret")


def link_of(marker: UUID, application: Application = APPLICATION) -> str:
    return replay(JITSI.create(replace(SPEC, marker=marker), application=application, token="")).link


@given(marker=st.uuids())
def test_a_room_has_a_name_that_servers_take_and_nobody_guesses(marker: UUID) -> None:
    """B4: lower-case letters, digits and hyphens, of at least 128 random bits."""
    link = link_of(marker)

    assert re.fullmatch(r"https://meet\.example\.org/[a-z0-9-]+", link)
    letters = link.rpartition("/")[2].replace("-", "")
    assert len(letters) * 5 >= 128
    assert str(marker) not in link


@given(markers=st.lists(st.uuids(), min_size=2, max_size=10, unique=True))
def test_every_meeting_has_a_room_of_its_own_and_keeps_it(markers: list[UUID]) -> None:
    links = [link_of(marker) for marker in markers]

    assert len(set(links)) == len(markers)
    assert [link_of(marker) for marker in markers] == links


def test_the_room_depends_on_the_installations_secret() -> None:
    other = replace(APPLICATION, secret="another-secret")

    assert link_of(SPEC.marker) != link_of(SPEC.marker, other)


def test_without_a_secret_no_room_is_made() -> None:
    with pytest.raises(Misconfigured):
        link_of(SPEC.marker, replace(APPLICATION, secret=""))


def test_a_room_is_always_found_and_nothing_else_is_ever_asked_of_a_vendor() -> None:
    facts = replay(JITSI.create(SPEC, application=APPLICATION, token=""))

    assert replay(JITSI.look(SPEC, application=APPLICATION, token="")) == Found(meetings=(facts,))
    replay(JITSI.update(facts.remote_id, SPEC, changed=ALL, application=APPLICATION, token=""))
    replay(JITSI.delete(facts.remote_id, application=APPLICATION, token=""))


def test_links_of_the_configured_server_and_of_the_public_ones_are_known() -> None:
    assert JITSI.owns_link(link_of(SPEC.marker), application=APPLICATION)
    assert JITSI.owns_link("https://meet.jit.si/room", application=APPLICATION)
    assert not JITSI.owns_link("https://meet.example.com/room", application=APPLICATION)
    assert not JITSI.owns_link("http://meet.example.org/room", application=APPLICATION)


def test_the_public_server_is_used_where_none_is_configured() -> None:
    assert link_of(SPEC.marker, Application(secret="s")).startswith("https://meet.jit.si/")
