"""The panel's views: `desk` puts the panes together, `reading` shows, `conversing` and `selling` change."""
