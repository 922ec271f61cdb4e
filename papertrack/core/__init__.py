"""Values, fields, ids, dates and text that every other package uses. No clock, no environment, no output."""
