"""Tests of the provider `vllm`."""
