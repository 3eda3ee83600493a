"""What runs inside MiniStack's own virtual environment."""
