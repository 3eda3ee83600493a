"""The generator: typed settings -> builders -> Terraform JSON."""
