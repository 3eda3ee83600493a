"""What an entry point asks for: the domain's decisions carried out on the AWS side."""
