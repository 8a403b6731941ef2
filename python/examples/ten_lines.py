"""The sample's scores as a data frame, in ten lines."""

import sys

import goulet

results = goulet.run(sys.argv[1] if len(sys.argv) > 1 else "seeds")
scores = results.scores.to_pandas()
print(scores[["rank", "sector", "country", "risk", "export_controls", "concentration", "coercion"]].head(10).to_string(index=False))
first = scores.iloc[0]
for mention in results.evidence(first.sector, first.country).to_pandas().head(3).itertuples():
    print(f"{mention.date} {mention.publisher}: {mention.evidence}")
