"""The laws of a backend, as a test class. `ilang.testing` has it for users; `book` says how a law is written."""
