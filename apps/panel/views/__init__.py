"""The panel's views: `desk` puts the panes together; `reading`, `printing` show; `conversing`, `selling` change."""
