"""The screens of the admin, a module per list. None edits a row freely: acts go through services."""
