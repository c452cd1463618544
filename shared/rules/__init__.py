"""The rule language, pure: parse, check, optimize, compile, link, load, evaluate, explain."""
