"""The front door: takes a program through all phases and runs it. The command line and the Python API stand on it."""
