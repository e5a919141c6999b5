"""Handling at the unit: its duties, the checklist of an inquiry, the opinion, the report, what waits for approval."""
