"""The backends that come with ilang, each found by its entry point; installed as `ilang_backends`."""
