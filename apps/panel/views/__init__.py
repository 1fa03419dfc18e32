"""The panel's views: `reading` shows, `conversing` and `selling` change."""
