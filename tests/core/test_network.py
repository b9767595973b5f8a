"""Whether an address lies in a network: of both versions, single or in CIDR, however it is written."""

import re

import pytest

from convoca.core.network import lies_within, read_networks

OFFICE = "192.0.2.0/24, 198.51.100.7\n2001:db8:a::/48"


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("192.0.2.0", True),
        ("192.0.2.255", True),
        ("192.0.3.0", False),
        ("198.51.100.7", True),
        ("198.51.100.8", False),
        ("2001:db8:a::1", True),
        ("2001:db8:a:ffff:ffff:ffff:ffff:ffff", True),
        ("2001:db8:b::1", False),
        ("::ffff:192.0.2.9", True),
        ("::ffff:203.0.113.9", False),
        ("fe80::1%eth0", False),
        ("192.0.2.9:4711", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_an_address_lies_in_one_of_several_networks_or_in_none(address: str, is_inside: bool) -> None:
    assert lies_within(address, read_networks(OFFICE)) is is_inside


def test_nobody_is_inside_of_nothing() -> None:
    assert not lies_within("192.0.2.1", read_networks(" "))


def test_networks_are_read_in_order_each_once_and_by_their_first_address() -> None:
    assert [str(each) for each in read_networks("192.0.2.77/24; 192.0.2.0/24 2001:DB8::1")] == [
        "192.0.2.0/24",
        "2001:db8::1/128",
    ]


@pytest.mark.parametrize("text", ["office", "192.0.2.0/33", "192.0.2", "192.0.2.0/24/8", "\x00"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)) as refused:
        read_networks(f"192.0.2.0/24 {text}")

    assert refused.value.args == (text,)
