// One country over all its sectors.

const countriesThere = () => [...new Set(unitsOfPeriod[state.period].map(countryOf))];

function drawCountryChoice() {
  const there = countriesThere();
  if (!there.includes(state.country)) state.country = countryOf(rankedUnits()[0] ?? unitsOfPeriod[state.period][0] ?? 0);
  options(byId("country-choice"), inOrder(there.map((code) => [code, countryName(code)])), state.country);
  drawCountry();
}

function drawCountry() {
  const { risk, rank, isModel } = state.scores;
  const mine = rankedUnits().filter((unit) => countryOf(unit) === state.country);
  mine.sort((a, b) => risk[b] - risk[a] || a - b);
  const ranked = mine.filter((unit) => rank[unit] !== null);
  const [first] = ranked.length ? ranked : mine;
  fill(byId("country-says"), t(ranked.length ? "country_says" : "country_says_unranked", {
    country: countryName(state.country), sectors: number(mine.length, 0), ranked: number(ranked.length, 0),
    sector: first === undefined ? "–" : sectorName(sectorOf(first)), risk: first === undefined ? "–" : number(risk[first]),
  }));
  fill(byId("country-head"), el("tr", {},
    head(t("sector")), head(riskName(), { class: "num" }), head(t("rank"), { class: "num" }),
    head(t("interval"), { class: "num wide" }), pillars.map((code) => head(nodeName(code), { class: "num wide" })),
    head(t("statements"), { class: "num wide" }), head(t("rests_on"), { class: "wide" })));
  fill(byId("country-body"), mine.map((unit) => el("tr", {},
    el("th", { scope: "row" }, sectorName(sectorOf(unit))),
    el("td", { class: "num risk" }, bar(risk[unit]), follow(number(risk[unit]),
      t("follow_risk", { value: number(risk[unit]), unit: unitTitle(unit) }), () => openUnit(unit))),
    el("td", { class: "num" }, rank[unit] === null ? "–" : number(rank[unit], 0)),
    el("td", { class: "num wide" }, isModel ? range(units.rank_low[unit], units.rank_high[unit]) : "–"),
    pillars.map((code) => el("td", { class: "num wide" }, number(units.nodes[code][unit]))),
    el("td", { class: "num wide" }, number(units.mentions[unit], 0)),
    el("td", { class: "wide quiet" }, standingOf(unit)))));
}
