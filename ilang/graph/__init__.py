"""lower: from a Program to a Graph. Knows operations and the data between them; nothing of how they are scheduled."""
