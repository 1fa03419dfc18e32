"""The answerer that needs no account and no network: it quotes the business's own sentences.

Owns reading questions, choosing passages, wording replies and the hashing embedder. It is no language model.
"""
