"""View furniture that knows no table."""
