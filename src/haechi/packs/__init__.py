"""Law packs: one folder a law, `pack.yaml` in it, and the schema they follow. Data only; `haechi.law` reads it."""
