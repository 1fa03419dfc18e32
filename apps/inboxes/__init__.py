"""Inboxes: the numbers, pages and widgets a business connected. Owns Inbox, and its Hook and Route rows."""
