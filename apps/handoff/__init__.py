"""When people take over: Handoff, from asked for to resolved, and the list of who waits."""
