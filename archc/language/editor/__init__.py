"""The schema of the language as an editor wants it: with what ships, completion texts, and a twin in draft 07."""
