"""Follow-up: return visits, what may be concluded, what may go to the archive."""
