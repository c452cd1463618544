"""The whole product on one machine, without AWS: the real functions behind a small gateway, on a local engine."""
