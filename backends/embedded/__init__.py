"""The embedded backend: a small real language model, run in this process."""
