"""Who can be notified of alerts: what SNS refuses as an endpoint is refused while generating."""

import pytest

from generate.rules.subscriptions import https_problem, subscription_rules
from generate.settings import Subscription


@pytest.mark.parametrize(
    "endpoint",
    ["a@b.example", "first.last+tag@mail.example.co.uk", "o'neil@example.com", "x_y@xn--bcher-kva.example"],
)
def test_an_address_is_accepted(endpoint: str) -> None:
    assert list(subscription_rules([Subscription("email", endpoint)])) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        *(
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a@@b.example",
            "a b@c.example",
            "a@b..example",
            "a@.example",
            "a@-b.example",
        ),
        *("a@b.example.", "a..b@c.example", ".a@c.example", "a@1.2.3.4", "a@b_c.example", "\u00e9@b.example", "a@b.1"),
        *(f"{'a' * 65}@b.example", f"a@{'b' * 64}.example", "mailto:a@b.example", "a@b.example\n", "<a@b.example>"),
    ],
)
def test_what_is_no_address_is_refused(endpoint: str) -> None:
    (broken,) = subscription_rules([Subscription("email", endpoint)])

    assert broken.keys == ("queueing.subscriptions.0.endpoint",)
    assert broken.allowed == "an e-mail address, as protocol 'email' asks"


@pytest.mark.parametrize(
    "endpoint",
    [
        *("https://example.com", "https://example.com/", "https://example.com:8443/a?b=c&d=%20"),
        *("https://user:password@example.com/x", "https://8.8.8.8/x", "https://[2606:4700::1111]/x"),
    ],
)
def test_a_public_https_address_is_accepted(endpoint: str) -> None:
    assert https_problem(endpoint) is None


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        *(
            (endpoint, "begins with https://, in ASCII")
            for endpoint in (
                "http://example.com",
                "HTTPS://example.com",
                "https://a b.example",
                "https://\u00e9.example",
            )
        ),
        *(
            (endpoint, "a public host's name or address")
            for endpoint in (
                *("https://", "https:///x", "https://localhost/x", "https://host/x", "https://my_host.example.com"),
                *("https://10.0.0.1/x", "https://127.0.0.1", "https://169.254.169.254/", "https://1.2.3.999"),
                *("https://[::1]/x", "https://alerts.internal/x", "https://printer.local", "https://a..example"),
            )
        ),
        ("https://example.com:99999/", "a port of 1 to 65535"),
        ("https://example.com:x/", "a port of 1 to 65535"),
        ("https://[::1/", "a port of 1 to 65535"),
        ("https://example.com:0/", "a port from 1 to 65535"),
        ("https://example.com/#a", "without #"),
        ("https://example.com/#", "without #"),
    ],
)
def test_what_sns_cannot_reach_is_refused(endpoint: str, reason: str) -> None:
    (broken,) = subscription_rules([Subscription("https", endpoint)])

    assert reason in broken.allowed


def test_an_address_in_another_case_is_the_same_subscription() -> None:
    endpoints = [("email", "a@b.example"), ("email", "A@B.example"), ("https", "https://b.example/a")]
    endpoints.append(("https", "https://b.example/A"))

    found = list(subscription_rules([Subscription(protocol, endpoint) for protocol, endpoint in endpoints]))  # type: ignore[arg-type]

    assert [(broken.keys, broken.allowed) for broken in found] == [
        (("queueing.subscriptions.1",), "each subscription once")
    ]
