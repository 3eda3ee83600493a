"""Nothing acknowledged is lost, and nothing is there twice, whatever breaks in between."""
