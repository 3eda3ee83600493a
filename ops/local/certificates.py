"""A certificate authority of its own for each embedded AWS, and the server's certificate from it."""

from pathlib import Path

import trustme

from ops.local.layout import Layout

_NAMES = ("localhost", "*.execute-api.localhost", "127.0.0.1", "::1")


def certificate_files(layout: Layout) -> tuple[Path, Path]:
    """The server's certificate and its key; made, with their authority, where they are missing."""
    certificate = layout.certificates / "server.pem"
    key = layout.certificates / "server.key"
    if not (layout.authority.is_file() and certificate.is_file() and key.is_file()):
        layout.certificates.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority = trustme.CA()
        issued = authority.issue_cert(*_NAMES)
        key.touch(mode=0o600)
        issued.private_key_pem.write_to_path(key)
        certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
        authority.cert_pem.write_to_path(layout.authority)
    return certificate, key
