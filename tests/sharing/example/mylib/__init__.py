"""Pipelines to share: `use majority from mylib.voting`."""
