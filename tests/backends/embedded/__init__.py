"""Tests of the embedded backend, with the real weights."""
