"""For the eyes of people: tables, figures, pages of the diagnostic codes."""
