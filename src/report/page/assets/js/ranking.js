// The ranking: units by risk, each number to be followed.

const PAGE = 25;

/** Units of the period with a score: ranked ones by rank, then the others by risk. */
function rankedUnits() {
  const { rank, risk } = state.scores;
  const key = (unit) => rank[unit] ?? Infinity;
  return unitsOfPeriod[state.period]
    .filter((unit) => risk[unit] !== null)
    .sort((a, b) => (key(a) === key(b) ? risk[b] - risk[a] || a - b : key(a) - key(b)));
}

const plainWords = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function matchesFilter(unit, words) {
  const [sector, country] = [sectorOf(unit), countryOf(unit)];
  const text = plainWords(`${sectorName(sector)} ${countryName(country)} ${sector} ${country}`);
  return words.every((word) => text.includes(word));
}

function drawRanking() {
  const words = plainWords(byId("ranking-filter").value).split(/\s+/).filter(Boolean);
  const all = rankedUnits();
  const found = words.length ? all.filter((unit) => matchesFilter(unit, words)) : all;
  const shown = found.slice(0, state.rankingRows);
  byId("ranking-interval").textContent = t("rank_interval", { percent: percent(core.made.interval) });
  fill(byId("ranking-head"), el("tr", {},
    head(t("rank"), { class: "num" }), head(t("interval"), { class: "num wide" }), head(t("sector")), head(t("country")),
    head(riskName(), { class: "num" }),
    pillars.map((code) => head(nodeName(code), { class: "num wide" })),
    head(t("documents"), { class: "num wide" })));
  fill(byId("ranking-body"), shown.map(rankingRow));
  byId("ranking-count").textContent = t("shown_of", { shown: number(shown.length, 0), all: number(found.length, 0) });
  byId("ranking-more").hidden = shown.length === found.length;
}

function rankingRow(unit) {
  const { risk, rank, isModel } = state.scores;
  const title = unitTitle(unit);
  const pillar = (code) => {
    const value = units.nodes[code][unit];
    if (value === null) return el("td", { class: "num wide" }, "–");
    const label = t("follow_pillar", { pillar: nodeName(code), value: number(value), unit: title });
    return el("td", { class: "num wide" }, follow(number(value), label, () => openUnit(unit, code)));
  };
  const label = t("follow_risk", { value: number(risk[unit]), unit: title });
  return el("tr", { "data-unit": `${sectorOf(unit)}/${countryOf(unit)}` },
    el("td", { class: "num rank" }, rank[unit] === null ? "–" : number(rank[unit], 0)),
    el("td", { class: "num wide" }, isModel ? range(units.rank_low[unit], units.rank_high[unit]) : "–"),
    el("th", { scope: "row" }, sectorName(sectorOf(unit))),
    el("td", {}, countryName(countryOf(unit))),
    el("td", { class: "num risk" }, bar(risk[unit]), follow(number(risk[unit]), label, () => openUnit(unit))),
    pillars.map(pillar),
    el("td", { class: "num wide" }, number(units.documents[unit], 0)));
}

const unitTitle = (unit) => `${sectorName(sectorOf(unit))} – ${countryName(countryOf(unit))}`;

/** What the score rests on; whether it is ranked depends on the weights. */
function standingOf(unit) {
  const basis = codes.status[units.status[unit]].replace(/, not ranked$/, "");
  const words = standing(basis);
  return state.scores.rank[unit] === null ? t("not_ranked", { basis: words }) : words;
}
