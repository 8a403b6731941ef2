# ---
# A tour of goulet for Python: open it in a notebook (Jupyter with jupytext, VS Code, PyCharm), or run it in the repository.
# ---

# %% [markdown]
# # Supply-chain risk from documents
# `goulet.run` reads documents and scores every sector and country that they, or structural data, speak of.

# %%
import warnings

import pandas as pd
import pyarrow as pa

import goulet

results = goulet.run("seeds")
results.scores.to_pandas().head()

# %% [markdown]
# Every score leads back to sentences and data rows.

# %%
evidence = results.evidence("critical_minerals", "CHN").to_pandas()
print(evidence[["date", "publisher", "channel", "status", "evidence"]].head(3).to_string())
indicators = results.indicators.to_pandas()
print(indicators.query("sector == 'critical_minerals' and country == 'CHN'")[["indicator", "value", "basis", "provenance"]].to_string())

# %% [markdown]
# Documents may be a data frame of pandas or polars, a table of pyarrow, or anything else that speaks Arrow. Only `text` is required.

# %%
news = pd.DataFrame(
    {
        "published": pd.to_datetime(["2024-12-03", "2025-04-04"]),
        "headline": ["China bans exports of gallium to the United States", "Pékin soumet sept terres rares à des licences"],
        "body": [
            "Beijing has banned exports of gallium, germanium and antimony to the United States, the Ministry of Commerce said.",
            "Le ministère chinois du Commerce soumet à licence les exportations de sept terres rares.",
        ],
        "outlet": ["Strait Ledger", "Carnet des Métaux"],
    }
)
columns = {"date": "published", "title": "headline", "text": "body", "source": "outlet"}
mentions = goulet.extract(news, map=columns)
mentions.to_pandas()[["date", "channel", "sector", "material", "origin", "target", "status"]]

# %% [markdown]
# A table may be larger than memory: a stream of batches is read once, a batch at a time.

# %%
batches = (pa.record_batch({"text": [f"India restricts exports of rice, notice {number}."]}) for number in range(1_000))
stream = pa.RecordBatchReader.from_batches(pa.schema({"text": pa.string()}), batches)
with warnings.catch_warnings():
    # These documents have no date, which is said.
    warnings.simplefilter("ignore", goulet.GouletWarning)
    many = goulet.extract(stream)
many.to_polars().group_by("channel", "sector", "origin").len()

# %% [markdown]
# The model is yours: weights, goalposts, means. What changed in the ranking?

# %%
geometric = goulet.run("seeds", model={"aggregate": {"method": "geometric"}, "normalise": {"range": [1, 100]}})
unit = ["sector", "country", "period"]
moved = results.scores.to_pandas().merge(geometric.scores.to_pandas(), on=unit, suffixes=("", "_geometric"))
moved = moved.assign(shift=moved["rank_geometric"] - moved["rank"]).dropna(subset=["shift"])
moved.sort_values("shift", key=abs, ascending=False)[[*unit, "rank", "rank_geometric"]].head()

# %% [markdown]
# The composite engine alone, on any table.

# %%
data = pd.DataFrame({"uCode": ["A", "B", "C"], "reserves": [10.0, 30.0, 20.0], "price": [5.0, 1.0, 3.0]})
meta = [
    {"iCode": "reserves", "Type": "Indicator", "Parent": "index", "Weight": 2, "Direction": 1},
    {"iCode": "price", "Type": "Indicator", "Parent": "index", "Weight": 1, "Direction": -1},
    {"iCode": "index", "Type": "Aggregate"},
]
goulet.score(data, meta).scores.to_pandas()
