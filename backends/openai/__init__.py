"""OpenAI's Chat Completions, there and at any server that speaks them. Knows no other provider."""
