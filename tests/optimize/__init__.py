"""The passes, each by itself: what it does, and what it leaves alone."""
