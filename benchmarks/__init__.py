"""How fast it is, as tables beside a bare page measured in the same run. Never a timed test."""
