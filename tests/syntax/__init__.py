"""Tests of the room `ilang/syntax`."""
