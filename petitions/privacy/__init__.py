"""Personal information: what a person may ask about their own data, and disposing of what is no longer needed."""
