"""授权委托书, 紧急信息报告, 建议书: what their acts ask, hold back and do (domain.md §5A 19, 22, 23)."""
