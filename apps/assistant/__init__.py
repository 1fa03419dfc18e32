"""The AI reply: what the model is told of a conversation, what its answer asks for. Sends nothing, owns no table."""
