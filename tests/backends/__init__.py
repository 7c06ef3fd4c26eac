"""Tests of the backends; every folder mirrors one of `backends/`."""
