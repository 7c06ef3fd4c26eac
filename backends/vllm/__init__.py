"""vLLM, in process or as a server. Known from the start, so that programs can be checked; not called yet."""
