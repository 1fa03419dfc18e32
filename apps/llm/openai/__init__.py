"""Language models behind OpenAI's API: OpenAI, OpenRouter, DeepSeek, Anthropic's compatible endpoint, Ollama, vLLM.

Owns the prompt's rendering, the reading of answers, the providers' differences and the only use of the SDK.
"""
