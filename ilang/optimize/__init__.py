"""optimize: from a Graph to a Graph of the same meaning, with fewer and better calls. Names no stage."""
