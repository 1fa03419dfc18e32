"""What a bot knows: the texts its business gave it, and how they are found. Owns Source and Chunk."""
