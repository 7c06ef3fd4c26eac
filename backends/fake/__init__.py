"""`fake`: a model that says what it is told to, for tests and documentation."""
