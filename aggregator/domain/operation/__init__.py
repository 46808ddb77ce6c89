"""Records of runs, health, metrics, alerts, work units and the operator’s own decisions."""
