"""What is due, for whom: WorkItem, Bucket and Pulse (shared schema), claims, and the relay that rings the hands."""
