"""A slice of botocore's service models: only the operations that the functions call.

Reading botocore's whole models would take most of a cold start's time and memory (`docs/performance.md`).
`iot-pipeline service-models` renews the slice; a test compares it with the installed botocore.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from botocore.loaders import Loader
from typing_extensions import override

SLICE_FILE: Final = Path(__file__).with_suffix(".json")
_SERVICE_MODEL: Final = "service-2"


class SlicedLoader(Loader):
    """Loads the slices instead of the models; all other data, such as endpoints and defaults, is botocore's own."""

    @override
    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """Return a service's model of one type."""
        model = slices().get(service_name)
        if model is None:
            return super().load_service_model(service_name, type_name, api_version)
        if type_name == _SERVICE_MODEL:
            return model
        return self.load_data(f"{service_name}/{model['metadata']['apiVersion']}/{type_name}")


@cache
def slices() -> dict[str, Any]:
    """Return the slices by service."""
    models: dict[str, Any] = json.loads(SLICE_FILE.read_text(encoding="utf-8"))
    return models
