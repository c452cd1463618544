"""Muster's one package: the rule language, its engine, storage and wire. Deployed as one Lambda layer."""
