"""A petition and complaint case system (信访与调解办案系统)."""
