"""信访件 and 信访事项: petitions, the matters they raise, their people, claims and dispatches."""
