"""One builder for each capability: pure functions from settings to Terraform documents."""
