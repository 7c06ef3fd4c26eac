"""Parts that the pipelines of mylib share."""
