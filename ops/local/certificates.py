"""A certificate authority for each embedded AWS, and the server's certificate from it."""

import trustme

from ops.local.layout import Layout

_NAMES = ("localhost", "*.execute-api.localhost", "127.0.0.1", "::1")


def ensure_certificate(layout: Layout) -> None:
    """Make the authority, the certificate and its key where one of them is missing."""
    if layout.authority.is_file() and layout.certificate.is_file() and layout.key.is_file():
        return
    layout.certificates.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = trustme.CA()
    issued = authority.issue_cert(*_NAMES)
    layout.key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(layout.key)
    layout.certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(layout.authority)
