"""The slice of botocore's models is what botocore has, and all else is botocore's own."""

from botocore.loaders import Loader

from handlers.aws.service_models import SLICE_FILE, SlicedLoader, slices
from ops.packaging.service_models import OPERATIONS, rendered, sliced_models


def test_the_slice_is_what_the_installed_botocore_has() -> None:
    assert SLICE_FILE.read_text() == rendered(), "run iot-pipeline service-models and read the diff"
    assert slices() == sliced_models()


def test_operations_errors_and_nested_shapes_are_as_they_were() -> None:
    for service, names in OPERATIONS.items():
        whole, slice_ = Loader().load_service_model(service, "service-2"), slices()[service]
        assert set(slice_["operations"]) == set(names)
        for name in names:
            operation = {key: value for key, value in whole["operations"][name].items() if "documentation" not in key}
            kept = slice_["operations"][name]
            assert {key: kept[key] for key in ("input", "http")} == {key: operation[key] for key in ("input", "http")}
            assert set(operation) == set(kept)


def test_another_type_or_service_is_botocores_own() -> None:
    ours, theirs = SlicedLoader(), Loader()
    for service, kind in (("sqs", "endpoint-rule-set-1"), ("s3", "service-2")):
        assert ours.load_service_model(service, kind) == theirs.load_service_model(service, kind)
