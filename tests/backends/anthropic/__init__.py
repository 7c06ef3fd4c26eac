"""Tests of the provider `anthropic`."""
