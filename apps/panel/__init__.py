"""The screens on which vendors work: conversations, who waits, leads. Composite, without models of its own."""
