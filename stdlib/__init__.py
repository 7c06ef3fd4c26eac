"""The standard library of pipelines, found by its entry point; installed as `ilang_stdlib`."""
