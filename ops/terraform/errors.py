"""What can go wrong with Terraform."""

from ops.errors import OpsError


class TerraformError(OpsError):
    """Terraform is missing, or it refused; the message carries its reason and, where one is known, the remedy."""
