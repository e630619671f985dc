"""What several boards draw."""
