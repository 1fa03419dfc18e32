"""What a bot knows: what its business gave it, how it is read and how it is found. Owns Source, Page, Chunk, Fact."""
