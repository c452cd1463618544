"""The linter: what a rule that has no problems still says in vain, proven by case analysis (docs/linter.md)."""
