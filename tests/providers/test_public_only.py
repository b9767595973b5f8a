"""Addresses that people of an account type lead to the world and never to our own network."""

import pytest

from convoca.providers.contract import Exchange, NotSent, Request
from convoca.providers.public_only import NotPublic, is_public
from convoca.providers.wire import carry_out
from tests.providers.raw_server import raw_server, saying

OK = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_the_world_s_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "",
        "example.org",
    ],
)
def test_our_own_network_is_not_public_in_whatever_way_it_is_written(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433"])
def test_nothing_is_sent_to_our_own_network(host: str) -> None:
    with raw_server(saying(OK)) as server:
        url = server.url.replace("127.0.0.1", host)

        with pytest.raises(NotSent) as refused:
            carry_out(post(url), seconds=5, only_public=True)

        assert isinstance(refused.value.__cause__, NotPublic)
        assert server.requests == []
        assert carry_out(post(server.url), seconds=5) == 204


def post(url: str) -> Exchange[int]:
    return (yield Request(method="POST", url=url, body=b"{}")).status
