"""What the bot knows about English, Spanish and Portuguese without a model.

Owns folding, stemming, stop words, the table of concepts and language detection. No I/O.
"""
