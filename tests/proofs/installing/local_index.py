"""A package index on this machine: a folder of wheels made for the test, served as a simple index."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override


@dataclass(frozen=True)
class Release:
    """A release of a package, as a wheel for every platform.

    Attributes:
        name: The package's name.
        version: Its version.
        requires: Its requirements, with their extras.
        extras: Its extras.
        scripts: The programs that it installs, by name.
    """

    name: str
    version: str
    requires: Sequence[str] = ()
    extras: Sequence[str] = ()
    scripts: Mapping[str, str] | None = None

    @property
    def file(self) -> str:
        return f"{self.name}-{self.version}-py3-none-any.whl"

    @property
    def pin(self) -> str:
        """Its line in a requirements file."""
        return f"{self.name}=={self.version} --hash=sha256:{hashlib.sha256(self.wheel()).hexdigest()}\n"

    def wheel(self) -> bytes:
        """The wheel, which always has the same bytes."""
        stem = f"{self.name}-{self.version}"
        metadata = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        metadata += [f"Provides-Extra: {extra}" for extra in self.extras]
        metadata += [f"Requires-Dist: {requirement}" for requirement in self.requires]
        files = {
            f"{self.name}.py": f"version = {self.version!r}\n",
            f"{stem}.dist-info/METADATA": "\n".join(metadata) + "\n",
            f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            **{f"{stem}.data/scripts/{name}": text for name, text in (self.scripts or {}).items()},
        }
        files[f"{stem}.dist-info/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{stem}.dist-info/RECORD"))
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in files.items():
                entry = zipfile.ZipInfo(name)
                entry.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
                archive.writestr(entry, text)
        return content.getvalue()


@contextmanager
def serve(folder: Path, releases: Sequence[Release]) -> Iterator[tuple[str, list[str]]]:
    """Serve releases as a simple index.

    Args:
        folder: An empty folder for the files.
        releases: The releases in the index.

    Yields:
        The index's address, and the paths that were requested so far.
    """
    for release in releases:
        target_folder = folder / "simple" / release.name
        target_folder.mkdir(parents=True, exist_ok=True)
        (target_folder / release.file).write_bytes(release.wheel())
    requested: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        @override
        def log_message(self, format: str, *arguments: Any) -> None:
            requested.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple", requested
        finally:
            server.shutdown()
            thread.join()
