"""What a user, or a project, has settled once for all runs."""
