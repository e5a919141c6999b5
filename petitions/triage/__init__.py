"""Triage: comparing with earlier matters (筛重), classification, the suggestion of a unit, the queue (分办)."""
