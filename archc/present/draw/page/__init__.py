"""What the page of a figure is made of: its frame, its style, its behaviour."""
