"""Problems of one, two and three weights."""
