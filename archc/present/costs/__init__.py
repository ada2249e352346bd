"""What networks cost, as text for a terminal (`text.py`), and as JSON, CSV and Markdown (`forms.py`)."""

__all__ = ["forms", "text"]
