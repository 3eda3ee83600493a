"""The module `layer`: what the functions import beyond the runtime's own packages."""

from generate.builders.common import new_module
from generate.builders.setting_variables import setting_variable
from generate.naming import LAYER_PACKAGE, resource_name
from generate.settings import Functions
from generate.terraform import Document


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("layer")
    package = document.variable(
        "package", "string", "Path of the zip.", nullable=False, example=f"build/packages/dev/{LAYER_PACKAGE}"
    )
    digest = document.variable(
        "package_digest",
        "string",
        "Digest that changes when the content changes.",
        nullable=False,
        example="sha256 ...",
    )
    layer = document.resource(
        "aws_lambda_layer_version",
        "this",
        layer_name=resource_name("layer", suffix),
        description="What the handlers import beyond the runtime's own packages.",
        filename=package,
        source_code_hash=digest,
        compatible_runtimes=[setting_variable(document, Functions, "runtime")],
        compatible_architectures=[setting_variable(document, Functions, "architecture")],
    )
    document.output("layer_arn", layer.arn, "ARN of the layer's version.")
    return document
