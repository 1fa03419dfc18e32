"""Pages in a real browser on real processes. A package, so that its files share one installation and one browser."""
