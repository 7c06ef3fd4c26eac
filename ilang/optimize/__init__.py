"""optimize: from a Graph to a Graph of the same meaning, with fewer and better calls. Knows nodes and facts; names no stage."""
