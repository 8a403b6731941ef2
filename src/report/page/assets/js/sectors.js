// Sectors side by side, and over time.

const MOST_COMPARED = 4;
const TOP_COUNTRIES = 6;

/** The two that analysts ask for first; where they are not there, those with most documents. */
function firstCompared() {
  const there = new Set(sectorRows().map((row) => row.sector));
  const wanted = ["semiconductors", "critical_minerals"].filter((code) => there.has(code));
  const others = sectorRows().filter((row) => !wanted.includes(row.sector) && row.sector !== "general");
  others.sort((a, b) => b.documents - a.documents || a.sector.localeCompare(b.sector));
  return [...wanted, ...others.map((row) => row.sector)].slice(0, 2);
}

/** Rows of sectors.csv of the period. */
const sectorRows = () => core.sectors.filter((row) => row.period === codes.period[state.period]);

const sectorRow = (sector) => sectorRows().find((row) => row.sector === sector);

const sectorNumber = (sector) => codes.sector.indexOf(sector);

/** Risk or a pillar of a sector under the weights set; those of sectors.csv under the model's. */
function sectorValue(sector, node, period = state.period) {
  const valueOf = node === tree.root ? (unit) => state.scores.risk[unit] : (unit) => units.nodes[node][unit];
  return sectorMean(sectorNumber(sector), period, valueOf);
}

function drawCompared() {
  const choices = inOrder(codes.sector.map((code) => [code, sectorName(code)]));
  const lists = state.compared.map((sector, at) => {
    const id = `compare-${at}`;
    const select = el("select", { id, on: { change: (event) => compareWith(at, event.target.value) } });
    options(select, choices, sector);
    return el("div", { class: "field" },
      el("label", { for: id }, el("span", { class: `key key-${at}`, "aria-hidden": "true" }), t("sector_n", { n: at + 1 })),
      select);
  });
  const add = state.compared.length < Math.min(MOST_COMPARED, codes.sector.length) &&
    el("button", { type: "button", on: { click: addCompared } }, t("add_sector"));
  const less = state.compared.length > 2 &&
    el("button", { type: "button", on: { click: dropCompared } }, t("drop_sector"));
  fill(byId("compare-choice"), lists, el("div", { class: "buttons" }, add, less));
  drawComparison();
}

function compareWith(at, sector) {
  state.compared[at] = sector;
  drawComparison();
  drawTimes();
}

function addCompared() {
  state.compared.push(codes.sector.find((code) => !state.compared.includes(code)));
  drawCompared();
  drawTimes();
  byId(`compare-${state.compared.length - 1}`).focus();
}

function dropCompared() {
  state.compared.pop();
  drawCompared();
  drawTimes();
  byId(`compare-${state.compared.length - 1}`).focus();
}

/** Measures of the compared sectors: name, values, and how a value is written. */
function measures() {
  const of = (node) => ({
    name: nodeName(node), values: state.compared.map((sector) => sectorValue(sector, node)), node,
  });
  const beside = tree.nodes.filter((node) => node.parent === null && node.code !== tree.root).map((node) => of(node.code));
  return [of(tree.root), ...pillars.map(of), ...beside];
}

function drawComparison() {
  const sectors = state.compared.map((code) => ({ code, name: sectorName(code), row: sectorRow(code) }));
  const all = measures();
  drawPillars(byId("compare-pillars"), t("pillars_chart", { sectors: sectors.map((of) => of.name).join(", ") }), sectors,
    all.slice(0, 1 + pillars.length));
  fill(byId("compare-head"), el("tr", {}, head(t("measure")), sectors.map((of, at) =>
    head(el("span", { class: "keyed" }, el("span", { class: `key key-${at}`, "aria-hidden": "true" }), of.name), { class: "num" }))));
  const followed = (measure, at) => {
    const text = number(measure.values[at]);
    const label = t("follow_sector", { measure: measure.name, value: text, sector: sectors[at].name });
    return measure.values[at] === null ? "–" : follow(text, label, () => openSector(sectors[at].code, measure.node));
  };
  const line = (title, cell) => el("tr", {}, el("th", { scope: "row" }, title),
    sectors.map((of, at) => el("td", { class: "num" }, cell(of, at))));
  const row = (of) => of.row ?? {};
  fill(byId("compare-body"),
    all.map((measure) => line(measure.name, (_, at) => followed(measure, at))),
    line(t("hhi"), (of) => number(row(of).hhi, 2)),
    line(t("top_supplier"), (of) => (row(of).top_country
      ? `${countryName(row(of).top_country)} (${percent(row(of).top_share)})` : "–")),
    line(t("countries_scored"), (of) => number(unitsOf(of.code).length, 0)),
    line(t("documents"), (of) => number(row(of).documents, 0)));
  drawTopCountries(sectors);
}

const unitsOf = (sector) => rankedUnits().filter((unit) => sectorOf(unit) === sector);

function drawTopCountries(sectors) {
  const tops = sectors.map((of) => unitsOf(of.code).filter((unit) => state.scores.rank[unit] !== null).slice(0, TOP_COUNTRIES));
  const high = (unit) => (state.scores.isModel && units.rank_high[unit]) || state.scores.rank[unit];
  const last = Math.max(10, ...tops.flat().map(high));
  fill(byId("compare-top"), sectors.map((of) => el("section", { class: "top" },
    el("h4", {}, of.name), el("figure", {}), topTable(tops[sectors.indexOf(of)]))));
  sectors.forEach((of, at) => {
    if (tops[at].length === 0) return;
    const rows = tops[at].map((unit) => ({
      name: countryName(countryOf(unit)), rank: state.scores.rank[unit],
      low: state.scores.isModel ? units.rank_low[unit] : null, high: units.rank_high[unit],
    }));
    const figure = byId("compare-top").querySelectorAll("figure")[at];
    drawRanks(figure, t("ranks_chart", { sector: of.name }), rows, at, last);
  });
}

function topTable(top) {
  if (top.length === 0) return el("p", { class: "quiet" }, t("none_ranked"));
  const { risk, rank, isModel } = state.scores;
  return el("table", {},
    el("thead", {}, el("tr", {}, head(t("country")), head(riskName(), { class: "num" }),
      head(t("rank"), { class: "num" }), head(t("interval"), { class: "num wide" }))),
    el("tbody", {}, top.map((unit) => el("tr", {},
      el("th", { scope: "row" }, countryName(countryOf(unit))),
      el("td", { class: "num" }, follow(number(risk[unit]),
        t("follow_risk", { value: number(risk[unit]), unit: unitTitle(unit) }), () => openUnit(unit))),
      el("td", { class: "num" }, number(rank[unit], 0)),
      el("td", { class: "num wide" }, isModel ? range(units.rank_low[unit], units.rank_high[unit]) : "–")))));
}

/** Periods with sectors: those of sectors.csv, in order. */
const allPeriods = [...new Set(core.sectors.map((row) => row.period))];

/** A sector's risk in a period: as in sectors.csv, or under the weights set where the page holds the units. */
function riskOver(sector, period) {
  if (state.scores.isModel) return core.sectors.find((row) => row.sector === sector && row.period === period)?.risk ?? null;
  const at = codes.period.indexOf(period);
  return at < 0 ? null : sectorValue(sector, tree.root, at);
}

function drawTimes() {
  byId("timeline").hidden = allPeriods.length < 2;
  byId("to-timeline").hidden = allPeriods.length < 2;
  if (allPeriods.length < 2) return;
  const sectors = state.compared.map((code) => ({
    name: sectorName(code), values: allPeriods.map((period) => riskOver(code, period)),
  }));
  fill(byId("timeline-legend"), sectors.map((of, at) =>
    el("li", {}, el("span", { class: `key key-${at}`, "aria-hidden": "true" }), of.name)));
  drawTimeline(byId("timeline-figure"), t("timeline_chart", { sectors: sectors.map((of) => of.name).join(", ") }),
    allPeriods, sectors);
  fill(byId("timeline-head"), el("tr", {}, head(t("period")), sectors.map((of) => head(of.name, { class: "num" }))));
  fill(byId("timeline-body"), allPeriods.map((period, place) => el("tr", {},
    el("th", { scope: "row" }, period), sectors.map((of) => el("td", { class: "num" }, number(of.values[place]))))));
}
