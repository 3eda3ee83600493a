"""Rules for the alert topic's subscriptions: who can be reached by e-mail and https."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from generate.rules.broken import Broken
from generate.settings import Subscription

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+(?![0-9]+$){_LABEL}")
_MAILBOX = re.compile(r"(?=.{1,64}$)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")
_URL_CHARACTERS = re.compile(r"[!-~]+")
_PRIVATE_HOSTS = (".local", ".internal", ".localhost", ".localdomain", ".lan", ".home.arpa")
_FIRST_PORT, _LAST_PORT = 1, 65535


def subscription_rules(subscriptions: Sequence[Subscription]) -> Iterator[Broken]:
    """Yield each subscription that SNS would refuse, and each that is there twice."""
    seen: set[tuple[str, str]] = set()
    for index, subscription in enumerate(subscriptions):
        key = f"queueing.subscriptions.{index}"
        is_email = subscription.protocol == "email"
        problem = _email_problem(subscription.endpoint) if is_email else https_problem(subscription.endpoint)
        if problem:
            allowed = f"{problem}, as protocol {subscription.protocol!r} asks"
            yield Broken((f"{key}.endpoint",), subscription.endpoint, allowed)
        identity = (subscription.protocol, subscription.endpoint.lower() if is_email else subscription.endpoint)
        if identity in seen:
            yield Broken((key,), subscription.endpoint, "each subscription once")
        seen.add(identity)


def _email_problem(address: str) -> str | None:
    mailbox, _, host = address.rpartition("@")
    return None if _MAILBOX.fullmatch(mailbox) and _HOST.fullmatch(host) else "an e-mail address"


def https_problem(address: str) -> str | None:
    """What SNS would read in place of an https address; None where it is one.

    SNS reaches public hosts alone, and no name with an underscore (AWS re:Post, "How do I troubleshoot HTTP or HTTPS
    endpoint subscription notification issues").
    """
    if not address.startswith("https://") or not _URL_CHARACTERS.fullmatch(address):
        return "an address that begins with https://, in ASCII and without spaces"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "an address that begins with https://, a host and, after it, a port of 1 to 65535 at most"
    if port is not None and not _FIRST_PORT <= port <= _LAST_PORT:
        return f"a port from {_FIRST_PORT} to {_LAST_PORT}"
    if "#" in address:
        return "an address without #, which is never sent"
    if not _is_public(host):
        return "an address that begins with https:// and a public host's name or address"
    return None


def _is_public(host: str) -> bool:
    if ":" in host or _ADDRESS.fullmatch(host):
        import ipaddress  # noqa: PLC0415 - hardly anybody needs it

        try:
            return ipaddress.ip_address(host).is_global
        except ValueError:
            return False
    return bool(_HOST.fullmatch(host)) and not host.endswith(_PRIVATE_HOSTS)
