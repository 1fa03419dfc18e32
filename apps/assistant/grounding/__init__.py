"""Whether the values of a reply stand in what it may rest on. Pure: knows no table, no model, no clock of its own."""
